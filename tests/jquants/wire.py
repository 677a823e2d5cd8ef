"""A real HTTP server on this machine that answers as it is told: what the client meets at the wire."""

import gzip
import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Reply:
    """One scripted answer.

    `sent` cuts the body after so many bytes and closes the connection; `stalls` keeps the rest back
    until the test ends; `silent` closes without a byte.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None
    stalls: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Seen:
    """One request as the server saw it; header names in lower case."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


def answer(payload: object, *, status: int = 200, **headers: str) -> Reply:
    """Return a JSON reply; header names with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(payload).encode(), {"Content-Type": "application/json", **named})


def rows(*found: dict[str, Any], **more: object) -> Reply:
    """Return a V2 envelope; `more` are its other members, e.g. pagination_key."""
    return answer({"data": list(found), **more})


def refusal(status: int, message: str, **headers: str) -> Reply:
    """Return an error the way J-Quants words it."""
    return answer({"message": message}, status=status, **headers)


def gzipped(payload: object, *, length: int | None = None) -> Reply:
    """Return a compressed reply that says so, its body cut to `length` bytes."""
    body = gzip.compress(json.dumps(payload).encode())
    return Reply(body=body[:length], headers={"Content-Encoding": "gzip"})


def csv_file(*found: dict[str, Any]) -> Reply:
    """Return a file of /bulk/get: rows with the same keys, compressed; null is an empty cell."""
    lines = [",".join("" if value is None else str(value) for value in row.values()) for row in found]
    return Reply(body=gzip.compress("\n".join([",".join(found[0]), *lines]).encode()))


class Wire:
    """The server: `reply` fills the script, `seen` lists the requests, the last reply is repeated for ever."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._script: deque[Reply] = deque([rows()])
        self._test_ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._test_ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v2"

    def reply(self, *replies: Reply) -> None:
        self._script = deque(replies)

    def _next(self) -> Reply:
        return self._script.popleft() if len(self._script) > 1 else self._script[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                wire.seen.append(Seen(parts.path, dict(parse_qsl(parts.query)), headers))
                wire._speak(self, wire._next())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep the test's output clean."""

        return Handler

    def _speak(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        handler.close_connection = reply.silent or reply.stalls or reply.sent is not None
        if reply.silent:
            return
        handler.send_response_only(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(reply.body[: reply.sent])
        if reply.stalls:
            self._test_ended.wait()
