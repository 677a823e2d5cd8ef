"""The child process that performs runs, one after another, until its parent is gone.

Parent -> child: a Claim to perform, or a StopReason. Child -> parent: the id of the execution that ended.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

import django
from django.db import close_old_connections

from scheduler.claim import Claim
from scheduler.connections import keep_connection
from scheduler.errors import Interrupted
from scheduler.pulse import Pulse, StopReason
from scheduler.runner import execute


def main(pipe: Connection[Any, Any]) -> None:
    """Entry point of the process; `pipe` is its end of the connection to the parent."""
    django.setup()
    keep_connection()
    Child(pipe).serve()


class Child:
    def __init__(self, pipe: Connection[Any, Any]) -> None:
        self.pipe = pipe
        self.claims: queue.SimpleQueue[Claim] = queue.SimpleQueue()
        self.pulse: Pulse | None = None

    def serve(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
        signal.signal(signal.SIGTERM, self._interrupt)
        threading.Thread(target=self._listen, name="parent", daemon=True).start()
        while True:
            self._perform(self.claims.get())

    def _listen(self) -> None:
        """Take messages; when the parent dies, however it died, end at once and leave nothing behind."""
        while True:
            try:
                message = self.pipe.recv()
            except (EOFError, OSError):
                os._exit(1)
            if isinstance(message, Claim):
                self.claims.put(message)
            elif self.pulse is not None:
                self.pulse.stop(message)

    def _perform(self, claim: Claim) -> None:
        close_old_connections()
        self.pulse = Pulse(claim)
        try:
            execute(claim, self.pulse)
        finally:
            self.pulse = None
        # Not when the end could not be written: then this process dies of it, and the parent gives the run back.
        self.pipe.send(claim.execution_id)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """Unwind a `perform` that did not stop when it was asked; a second step, SIGKILL, needs no consent."""
        if self.pulse is not None and self.pulse.performing:
            if self.pulse.stopping is None:
                self.pulse.stop(StopReason.DRAIN)
            raise Interrupted
