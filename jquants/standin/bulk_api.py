"""GET /bulk/list and /bulk/get, and the signed addresses files are downloaded from (https://jpx-jquants.com/en/spec/bulk-get)."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from threading import Lock
from typing import Final

from jquants.standin import refusals
from jquants.standin.bulk import File, Shelf, parse_span
from jquants.standin.cache import ByteCache
from jquants.standin.endpoints import ENDPOINTS, Endpoint
from jquants.standin.plans import Plan
from jquants.standin.replies import Reply
from jquants.standin.sources import Source

FILES: Final = "/_files/"
URL_SECONDS: Final = 300
CACHED_BYTES: Final = 64 << 20
DENIED: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>%s</Message></Error>'
)


class BulkApi:
    def __init__(
        self, source: Source, *, plan: Plan, now: Callable[[], datetime], clock: Callable[[], float]
    ) -> None:
        self._source = source
        self._plan = plan
        self._now = now
        self._clock = clock
        self._lock = Lock()
        self._signed: dict[str, tuple[File, float]] = {}  # signature: the file, when it expires by the clock
        self._cache = ByteCache[bytes](CACHED_BYTES, len)

    def list(self, parameters: Mapping[str, str]) -> Reply:
        endpoint, on = parameters.get("endpoint"), parameters.get("date")
        if endpoint and on:
            raise refusals.contradiction("endpoint", "date")
        shelf = self._shelf()
        if endpoint:
            files = shelf.files(_endpoint(endpoint), *_range(parameters))
        elif on:
            files = _of_every_endpoint(shelf, parse_span("date", on))
        else:
            raise refusals.parameter_missing(("endpoint", "date"))
        return Reply.json({"data": [file.listing() for file in files]})

    def get(self, parameters: Mapping[str, str], host: str) -> Reply:
        """A signed address for one file; of several that fit endpoint and date, the newest."""
        key, endpoint, on = (parameters.get(name) for name in ("key", "endpoint", "date"))
        if key and endpoint:
            raise refusals.contradiction("key", "endpoint")
        shelf = self._shelf()
        if key:
            files = _with_key(shelf, key)
        elif endpoint:
            files = shelf.files(_endpoint(endpoint), *(parse_span("date", on) if on else ()))
        else:
            raise refusals.parameter_missing(("key", "endpoint"))
        if not files:
            raise refusals.no_such_file()
        return Reply.json({"url": self._sign(files[-1], host)})

    def download(self, path: str, parameters: Mapping[str, str]) -> Reply:
        """Needs no key: the signature is worth one download within five minutes."""
        with self._lock:
            file, expires = self._signed.pop(parameters.get("X-Amz-Signature", ""), (None, 0.0))
        if file is None or path != FILES + file.key:
            return _denied(b"Access Denied")
        if self._clock() >= expires:
            return _denied(b"Request has expired")
        shelf = self._shelf()
        content = self._cache.get_or_make((file.key, file.size), lambda: shelf.content(file))
        return Reply(200, content, "binary/octet-stream")

    def _shelf(self) -> Shelf:
        return Shelf(self._source, self._plan, self._now())

    def _sign(self, file: File, host: str) -> str:
        signature = secrets.token_hex(16)
        now = self._clock()
        with self._lock:
            self._signed = {text: entry for text, entry in self._signed.items() if entry[1] > now}
            self._signed[signature] = (file, now + URL_SECONDS)
        return f"http://{host}{FILES}{file.key}?X-Amz-Expires={URL_SECONDS}&X-Amz-Signature={signature}"


def _endpoint(path: str) -> Endpoint:
    if (endpoint := ENDPOINTS.get(path)) is None or endpoint.bulk is None:
        raise refusals.no_such_file()
    return endpoint


def _of_every_endpoint(shelf: Shelf, span: tuple[date, date]) -> list[File]:
    """Of that month or day, and of every data set the plan may read."""
    readable = (endpoint for endpoint in ENDPOINTS.values() if shelf.may_read(endpoint))
    return [file for endpoint in readable for file in shelf.files(endpoint, *span)]


def _with_key(shelf: Shelf, key: str) -> list[File]:
    owners = (endpoint for endpoint in ENDPOINTS.values() if key.startswith(f"{endpoint.path[1:]}/"))
    return [file for endpoint in owners for file in shelf.files(endpoint) if file.key == key]


def _range(parameters: Mapping[str, str]) -> tuple[date, date]:
    since, until = parameters.get("from"), parameters.get("to")
    first = parse_span("from", since)[0] if since else date.min
    last = parse_span("to", until)[1] if until else date.max
    return first, last


def _denied(message: bytes) -> Reply:
    return Reply(403, DENIED % message, "application/xml")
