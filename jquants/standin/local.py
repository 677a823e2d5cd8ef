"""A server on a port of this machine, between start() and stop()."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import Final, Self

from jquants.standin.app import ROOT, Request
from jquants.standin.errors import StandinError, gettext_noop
from jquants.standin.replies import Reply
from jquants.standin.wire import HOST, Listener

STALL_SECONDS: Final = 120.0  # twice what patient clients wait
POLL_SECONDS: Final = 0.05  # at most this long stop() takes


class LocalServer(ABC):
    """Serves from threads of its own; `port` 0 picks a free one. A subclass says what is answered."""

    def __init__(
        self,
        *,
        port: int = 0,
        stall_seconds: float = STALL_SECONDS,
        log: Callable[[str], object] | None = None,
    ) -> None:
        self._port = port
        self._stall_seconds = stall_seconds
        self._log = log
        self._listener: Listener | None = None

    @abstractmethod
    def _answer(self, request: Request) -> Reply:
        """Return what a request is answered with; called from many threads at once."""

    @property
    def base_url(self) -> str:
        """With the port that was picked, once started."""
        port = self._listener.server_port if self._listener else self._port
        return f"http://{HOST}:{port}{ROOT}"

    def start(self) -> None:
        """Return once the port accepts connections. Raises StandinError when it is taken."""
        try:
            listener = Listener(self._port, self._answer, stall_seconds=self._stall_seconds, log=self._log)
        except (OSError, OverflowError) as error:
            raise StandinError(
                gettext_noop(
                    "Port %(port)s cannot be used (%(error)s). Choose another, or 0 for any free one."
                ),
                port=self._port,
                error=error,
            ) from error
        self._listener = listener
        Thread(
            target=listener.serve_forever, args=(POLL_SECONDS,), name="jquants-standin", daemon=True
        ).start()

    def stop(self) -> None:
        if self._listener:
            self._listener.stop()
            self._listener = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
