"""Connections over which the API key reaches one host only, and what may be connected to."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import requests

from jquants.errors import ApiKeyError, MalformedError, UnreadableError
from moo_markets import __version__

BASE_URL = "https://api.jquants.com/v2"
PIECE = 1 << 18  # bytes of a body that are read at a time


class Session(requests.Session):
    """A session that sends the key to one host only, and no credentials but the key."""

    def __init__(self, api_key: str, base_url: str) -> None:
        super().__init__()
        self.headers["Accept"] = "application/json"
        self.headers["Accept-Encoding"] = "gzip"
        self.headers["User-Agent"] = f"moo-markets/{__version__}"
        self.headers["x-api-key"] = api_key
        # Proxies and certificates of the environment, read once: requests reads them before each question.
        environment = self.merge_environment_settings(base_url, {}, None, None, None)
        self.proxies, self.verify = environment["proxies"], environment["verify"]
        self.trust_env = False  # which also keeps what ~/.netrc has for the host out

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Follow no redirect: requests would take the x-api-key header along to any host."""


def keyless() -> requests.Session:
    """Return a session that sends no credentials at all."""
    session = requests.Session()
    session.headers["User-Agent"] = f"moo-markets/{__version__}"
    session.headers["Accept-Encoding"] = "identity"  # a file is kept as it is
    session.auth = lambda request: request
    return session


def save(response: requests.Response, target: Path, path: str, most_bytes: int) -> None:
    """Write the body into `target`; raises UnreadableError where it is cut, MalformedError where it is too long."""
    length, written = response.headers.get("Content-Length", ""), 0
    with target.open("wb") as file:
        for piece in response.iter_content(PIECE):
            written += len(piece)
            if written > most_bytes:
                raise MalformedError(path=path, detail=f"the file has more than {most_bytes} bytes")
            file.write(piece)
    if length.isdecimal() and int(length) != written:
        raise UnreadableError(path=path, detail=f"{written} of {length} bytes arrived")


def checked_key(api_key: str) -> str:
    """Return the key; raises ApiKeyError for what no header can carry."""
    if not api_key:
        raise ApiKeyError(detail="it is empty")
    if not re.fullmatch(r"[!-~]+", api_key):
        raise ApiKeyError(detail="it holds blanks, line ends or other characters that no key has")
    return api_key


def checked_url(base_url: str) -> str:
    """Return the URL without a slash at its end; raises ValueError."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{base_url!r} is no base URL; write it like {BASE_URL}")
    if parts.username or parts.password:
        raise ValueError(f"the base URL of {parts.hostname} holds a login; J-Quants knows only the API key")
    return base_url.rstrip("/")
