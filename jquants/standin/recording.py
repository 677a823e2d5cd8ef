"""Recording: requests are passed on to the real API, and what it answers is kept for later replay."""

import hashlib
import hmac
import json
import os
import re
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import requests

from jquants.standin import refusals
from jquants.standin.app import ROOT, Request
from jquants.standin.endpoints import NAMES
from jquants.standin.errors import StandinError, gettext_noop
from jquants.standin.local import LocalServer
from jquants.standin.refusals import Refusal
from jquants.standin.replies import JSON_TYPE, Reply

TIMEOUT: Final = (10.0, 120.0)  # seconds to connect, and from one byte to the next
SHOWN: Final = 60  # characters of the question in a file's name, at most
PATHS: Final = {path: name for name, path in NAMES.items()}


class RecordingServer(LocalServer):
    """Passes each request on to `upstream` with `upstream_key`, and keeps successful answers in `folder`.

    A client must show `key` or the upstream's own: whoever else is on this machine shall not use it up. Nothing is
    limited, delayed or changed here. The files are what StandinServer serves with `data`; the same question
    asked again replaces its file. Files of /bulk/get come from where the answer says, past us, and are not kept.

    Raises StandinError: no key for the upstream, a folder that cannot be written to.
    """

    def __init__(
        self,
        folder: Path,
        *,
        upstream: str,
        upstream_key: str,
        key: str = "standin",
        port: int = 0,
        log: Callable[[str], object] | None = None,
    ) -> None:
        super().__init__(port=port, log=log)
        if not upstream_key:
            raise StandinError(
                gettext_noop("Recording asks the real API and needs its key; set JQUANTS_API_KEY.")
            )
        self._folder = _made(folder)
        self._upstream = upstream.rstrip("/")
        self._upstream_key = upstream_key
        self._keys = (key, upstream_key)

    def _answer(self, request: Request) -> Reply:
        try:
            return self._recorded(request)
        except Refusal as refusal:
            return Reply.message(refusal.status, refusal.message)

    def _recorded(self, request: Request) -> Reply:
        if request.method != "GET" or not request.path.startswith(f"{ROOT}/"):
            raise refusals.unknown_endpoint()
        if not request.key:
            raise refusals.key_missing()
        if not any(hmac.compare_digest(request.key.encode(), key.encode()) for key in self._keys):
            raise refusals.key_wrong()
        path = request.path.removeprefix(ROOT)
        response = self._ask(path, request.parameters)
        if response.status_code == HTTPStatus.OK and path in PATHS:
            self._keep(path, request.parameters, response)
        asked_to_wait = response.headers.get("Retry-After")
        headers = (("Retry-After", asked_to_wait),) if asked_to_wait else ()
        content_type = response.headers.get("Content-Type", JSON_TYPE)
        return Reply(response.status_code, response.content, content_type, headers)

    def _ask(self, path: str, parameters: Mapping[str, str]) -> requests.Response:
        """Raises Refusal (502) where nothing answers; what it says holds no key."""
        try:
            return requests.get(
                self._upstream + path,
                params=dict(parameters),
                headers={"x-api-key": self._upstream_key},
                auth=lambda prepared: prepared,  # otherwise requests adds what ~/.netrc has for the host
                timeout=TIMEOUT,
                allow_redirects=False,  # the key would go along
            )
        except requests.RequestException as error:
            raise Refusal(
                HTTPStatus.BAD_GATEWAY, f"{self._upstream} does not answer: {type(error).__name__}"
            ) from error

    def _keep(self, path: str, parameters: Mapping[str, str], response: requests.Response) -> None:
        """Write the answer if it is an envelope of rows, whole or not at all."""
        if not _is_envelope(response) or self._upstream_key.encode() in response.content:
            return
        file = self._folder / _file_name(path, parameters)
        unfinished = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            unfinished.write_bytes(response.content)
            unfinished.replace(file)
        except OSError as error:
            if self._log:
                self._log(f"{file} was not written: {error}")


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StandinError(
            gettext_noop("The folder %(folder)s cannot be used: %(error)s."), folder=folder, error=error
        ) from error
    return folder


def _is_envelope(response: requests.Response) -> bool:
    try:
        document: Any = json.loads(response.content)
    except ValueError:
        return False
    rows = document.get("data") if isinstance(document, dict) else None
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _file_name(path: str, parameters: Mapping[str, str]) -> str:
    """Return a name that tells the question to people, and is of no other question."""
    question = sorted(parameters.items())
    shown = re.sub(r"[^A-Za-z0-9]+", "-", "-".join(f"{name}-{value}" for name, value in question))
    digest = hashlib.sha256(json.dumps(question).encode()).hexdigest()[:12]
    return f"{PATHS[path]}-{shown[:SHOWN]}-{digest}.json".replace("--", "-")
