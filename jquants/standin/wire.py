"""HTTP/1.1 with keep-alive: bytes to requests, replies to bytes."""

import contextlib
import socket
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from jquants.standin.app import Request
from jquants.standin.replies import Delivery, Reply

HOST: Final = "127.0.0.1"
PIECES: Final = 4
PAUSE_SECONDS: Final = 0.03
Answer = Callable[[Request], Reply]


class Listener(ThreadingHTTPServer):
    """Raises OSError when the port is taken."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, answer: Answer, *, stall_seconds: float, log: Callable[[str], object] | None
    ) -> None:
        super().__init__((HOST, port), Handler)
        self.answer = answer
        self.stall_seconds = stall_seconds
        self.log = log
        self.stopping = Event()
        self._lock = Lock()
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Close the port and every connection, also those that are being stalled."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    server: Listener
    protocol_version = "HTTP/1.1"
    server_version = "jquants-standin"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # head and body in one segment when they are small

    def _serve(self) -> None:
        address = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=address.path,
            parameters=dict(parse_qsl(address.query, keep_blank_values=True)),
            key=self.headers.get("x-api-key", ""),
            host=self.headers.get("Host") or f"{HOST}:{self.server.server_port}",
        )
        # A body would be read as the next request; nobody sends one with GET.
        self.close_connection = self.close_connection or self.command != "GET"
        reply = self.server.answer(request)
        if reply.stalls:
            self.server.stopping.wait(self.server.stall_seconds)
        self._send(reply)
        if self.server.log:
            self.server.log(f"{self.command} {_shown(request)} {reply.status} {reply.delivery.value}")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - as the base class looks them up

    def _send(self, reply: Reply) -> None:
        if reply.delivery is Delivery.NONE:
            self.close_connection = True
            return
        takes_gzip = "gzip" in self.headers.get("Accept-Encoding", "")
        body = reply.body if takes_gzip else reply.plain()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(body)))
        if reply.is_gzipped and takes_gzip:
            self.send_header("Content-Encoding", "gzip")
        for name, value in reply.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if reply.delivery is Delivery.CUT:
            body = body[: len(body) // 2]
            self.close_connection = True
        if self.command == "HEAD":
            return
        if reply.delivery is Delivery.TRICKLE:
            self._trickle(body)
        else:
            self.wfile.write(body)

    def _trickle(self, body: bytes) -> None:
        size = len(body) // PIECES + 1
        for start in range(0, len(body), size):
            self.wfile.write(body[start : start + size])
            self.wfile.flush()
            self.server.stopping.wait(PAUSE_SECONDS)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Replies are logged by _serve, in one line each."""


def _shown(request: Request) -> str:
    """The address without what opens it."""
    shown = "&".join(
        f"{name}={value}" for name, value in request.parameters.items() if name != "X-Amz-Signature"
    )
    return f"{request.path}?{shown}" if shown else request.path
