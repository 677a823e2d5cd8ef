"""The child process that performs runs, one after another, until its parent is gone.

Parent -> child: a Claim to perform, RETIRE, or a StopReason with the token of the run that it is for. Child -> parent: the
next Claim, which it has made itself as soon as a run had ended, or IDLE. With many short runs the parent is not needed.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any
from uuid import UUID

import django
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from scheduler.claim import Claim, claim
from scheduler.connections import keep_connection
from scheduler.errors import Interrupted
from scheduler.pulse import Pulse, StopReason
from scheduler.runner import execute

logger = logging.getLogger(__name__)

RETIRE = "retire"  # claim nothing more
IDLE = "idle"


def worker_name(parent: str, pid: int | None) -> str:
    """Return the name under which a child claims."""
    return f"{parent}/{pid}"


def main(pipe: Connection[Any, Any], parent: str) -> None:
    """Entry point of the process; `pipe` is its end of the connection to `parent`."""
    django.setup()
    keep_connection()
    Child(pipe, worker_name(parent, os.getpid())).serve()


class Child:
    def __init__(self, pipe: Connection[Any, Any], worker: str) -> None:
        self.pipe = pipe
        self.worker = worker
        self.is_retired = False
        self.claims: queue.SimpleQueue[Claim] = queue.SimpleQueue()
        self.pulse: Pulse | None = None

    def serve(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
        signal.signal(signal.SIGTERM, self._interrupt)
        threading.Thread(target=self._listen, name="parent", daemon=True).start()
        while True:
            claimed: Claim | None = self.claims.get()
            close_old_connections()
            while claimed is not None:
                self._perform(claimed)
                claimed = self._next()
                self.pipe.send(claimed or IDLE)

    def _next(self) -> Claim | None:
        if self.is_retired:
            return None
        try:
            claims = claim(timezone.now(), limit=1, worker=self.worker)
        except DatabaseError:  # the parent finds out as well, and claims when the database is back
            logger.warning("no run was claimed", exc_info=True, extra={"action": "claim_failed"})
            connection.close()
            return None
        return claims[0] if claims else None

    def _listen(self) -> None:
        """Take messages; when the parent dies, however it died, end at once and leave nothing behind."""
        while True:
            try:
                message = self.pipe.recv()
            except (EOFError, OSError):
                os._exit(1)
            if isinstance(message, Claim):
                self.claims.put(message)
            elif message == RETIRE:
                self.is_retired = True
            else:
                self._stop(*message)

    def _stop(self, reason: StopReason, token: UUID) -> None:
        pulse = self.pulse
        if pulse is not None and pulse.claim.token == token:
            pulse.stop(reason)

    def _perform(self, claim: Claim) -> None:
        """Perform a run to its end. When that cannot be written, this process dies of it, and the parent gives it back."""
        self.pulse = Pulse(claim)
        try:
            execute(claim, self.pulse)
        finally:
            self.pulse = None

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """Unwind a `perform` that did not stop when it was asked; a second step, SIGKILL, needs no consent."""
        if self.pulse is not None and self.pulse.performing:
            if self.pulse.stopping is None:
                self.pulse.stop(StopReason.TIMEOUT if self.pulse.is_out_of_time else StopReason.DRAIN)
            raise Interrupted
