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
from django.db import close_old_connections
from django.utils import timezone

from scheduler.claim import Claim, announce, claim_next
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
                claimed = self._perform(claimed)
                self.pipe.send(claimed.bare() if claimed else IDLE)

    def _following(self) -> Claim | None:
        return None if self.is_retired else claim_next(timezone.now(), self.worker)

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

    def _perform(self, claim: Claim) -> Claim | None:
        """Perform a run to its end and return the next one, announced.

        When the end cannot be written, this process dies of it, and the parent gives the run back.
        """
        self.pulse = Pulse(claim)
        try:
            claimed = execute(claim, self.pulse, following=self._following)
        finally:
            self.pulse = None
        if claimed is not None:
            announce(claimed)
        return claimed

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """Unwind a `perform` that did not stop when it was asked; a second step, SIGKILL, needs no consent."""
        if self.pulse is not None and self.pulse.performing:
            if self.pulse.stopping is None:
                self.pulse.stop(StopReason.TIMEOUT if self.pulse.is_out_of_time else StopReason.DRAIN)
            raise Interrupted
