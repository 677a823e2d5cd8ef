"""The default executor: warm child processes on this machine, which can be killed (R32)."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from django.conf import settings
from django.db.models import Q

from scheduler import outcomes, rescue, runner
from scheduler.claim import Claim, claim, worker_name
from scheduler.executors import Executor, child
from scheduler.models import JobExecution, Status
from scheduler.pulse import StopReason

logger = logging.getLogger(__name__)

TERM_SECONDS = 5.0  # between SIGTERM and SIGKILL


@dataclass
class Slot:
    """A child process and what it performs."""

    process: BaseProcess
    pipe: Connection[Any, Any]
    claim: Claim | None = None
    # time.monotonic() of: the moment to send SIGTERM if it has not stopped by then, and of having sent it
    term_at: float = 0.0
    termed_at: float | None = None
    killed_for: StopReason | None = None
    asked: StopReason | None = None


class EmbeddedExecutor(Executor):
    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._slots: list[Slot] = []
        self._is_retired = False
        # A fork server never holds database connections or threads, so what it forks is clean and quick.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["scheduler.executors.preload"])

    def start(self) -> None:
        with contextlib.chdir(settings.BASE_DIR):  # the fork server finds our modules by its folder only
            forkserver.ensure_running()
        while len(self._slots) < self.workers:
            self._slots.append(self._new_slot())

    def _new_slot(self) -> Slot:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=child.main, args=(theirs, worker_name()), name="execution", daemon=True
        )
        process.start()
        theirs.close()  # so that the child sees the end of the pipe when we are gone
        slot = Slot(process, ours)
        if self._is_retired:
            self._tell(slot, child.RETIRE)
        return slot

    def _tell(self, slot: Slot, message: Any) -> None:
        with contextlib.suppress(OSError):  # it has died; `collect` finds out, and what becomes of its run
            slot.pipe.send(message)

    @property
    def has_room(self) -> bool:
        return len(self.busy) < len(self._slots)

    @property
    def busy(self) -> list[Slot]:
        return [slot for slot in self._slots if slot.claim is not None]

    def work(self, now: datetime, *, only: int | None = None) -> None:
        """Claim as many runs as there are free children, and hand them over; they claim the following ones."""
        if only is not None:
            self.retire()
        free = [slot for slot in self._slots if slot.claim is None]
        if free:
            for slot, claimed in zip(free, claim(now, limit=len(free), only=only), strict=False):
                self._submit(slot, claimed)

    def _submit(self, slot: Slot, claim: Claim) -> None:
        self._note(slot, claim)
        self._tell(slot, claim)

    def _note(self, slot: Slot, claim: Claim) -> None:
        slot.claim = claim
        slot.asked = slot.termed_at = slot.killed_for = None
        slot.term_at = time.monotonic() + claim.timeout_seconds + settings.SCHEDULER_KILL_AFTER_SECONDS

    def waitables(self) -> Iterator[Connection[Any, Any] | int]:
        """Yield what becomes readable when a child has something to say or has died."""
        for slot in self._slots:
            yield slot.pipe
            yield slot.process.sentinel

    def collect(self, now: datetime) -> bool:
        """Note what children say they do now; replace those that died. Returns whether one became free."""
        was_free = self.workers - len(self.busy)
        for index, slot in enumerate(self._slots):
            self._listen(slot)
            if not slot.process.is_alive():
                self._bury(slot, now)
                self._slots[index] = self._new_slot()
        return self.workers - len(self.busy) > was_free

    def _listen(self, slot: Slot) -> None:
        with contextlib.suppress(EOFError, OSError):  # it is dead, as `collect` finds
            while slot.pipe.poll():
                message = slot.pipe.recv()
                if isinstance(message, Claim):
                    self._note(slot, message)
                else:
                    slot.claim = None

    def _bury(self, slot: Slot, now: datetime) -> None:
        """Write the end of what the child held when it died: by our signal, or by itself."""
        self._listen(slot)
        held = Q(worker=child.worker_name(worker_name(), slot.process.pid))  # it may not have told us yet
        if slot.claim is not None:
            held |= Q(pk=slot.claim.execution_id, token=slot.claim.token)
        for run in JobExecution.objects.held().filter(held):
            self._write_end(slot, run, now)
        slot.pipe.close()

    def _write_end(self, slot: Slot, run: JobExecution, now: datetime) -> None:
        assert run.token is not None  # it is held
        claim = Claim(run.pk, run.token, run.timeout_seconds)
        logger.warning(
            "%s: the process of execution %s ended with %s",
            run.job_name,
            run.pk,
            slot.process.exitcode,
            extra={"action": "child_died"},
        )
        if slot.killed_for is StopReason.TIMEOUT and claim == slot.claim:
            runner.end(run, claim, outcomes.timed_out(run, now), now)
        elif slot.killed_for is StopReason.DRAIN:
            runner.end(run, claim, outcomes.drained(run, now), now)
        else:
            rescue.lose(run, now)

    def enforce(self) -> None:
        """Stop by force what does not stop when asked: SIGTERM, then SIGKILL (R32)."""
        if not self.busy:
            return
        by_id = {slot.claim.execution_id: slot for slot in self.busy if slot.claim}
        rows = JobExecution.objects.filter(pk__in=by_id).values_list("pk", "token", "status")
        for pk, token, status in rows:
            if (claim := by_id[pk].claim) and token != claim.token:
                self._ask(by_id[pk], StopReason.LOST, patience=TERM_SECONDS)  # or it has just ended
            elif status == Status.CANCELLING:
                self._ask(by_id[pk], StopReason.CANCEL)
        for slot in self.busy:
            self._force(slot)

    def _ask(self, slot: Slot, reason: StopReason, *, patience: float | None = None) -> None:
        """Ask the run to stop, once a reason; it gets `patience` seconds before it is made to."""
        if slot.asked is None or (reason is StopReason.LOST and slot.asked is not reason):
            slot.asked = reason
            patience = settings.SCHEDULER_KILL_AFTER_SECONDS if patience is None else patience
            slot.term_at = min(slot.term_at, time.monotonic() + patience)
            if slot.claim is not None:
                self._tell(slot, (reason, slot.claim.token))

    def _force(self, slot: Slot) -> None:
        moment = time.monotonic()
        if slot.termed_at is None and moment >= slot.term_at:
            slot.killed_for = slot.asked or StopReason.TIMEOUT
            slot.termed_at = moment
            slot.process.terminate()
        elif slot.termed_at is not None and moment >= slot.termed_at + TERM_SECONDS:
            slot.process.kill()

    def retire(self) -> None:
        """Tell the children once, also those to come, that what they do now is their last run."""
        if not self._is_retired:
            self._is_retired = True
            for slot in self._slots:
                self._tell(slot, child.RETIRE)

    def drain(self) -> None:
        """Ask every run to stop because we shut down; it is queued again without charge (R38)."""
        for slot in self.busy:
            self._ask(slot, StopReason.DRAIN)

    def stop(self, now: datetime) -> None:
        """Kill the children; what they still held is queued again."""
        for slot in self._slots:
            slot.killed_for = slot.asked or StopReason.DRAIN
            slot.process.kill()
        for slot in self._slots:
            slot.process.join()
            self._bury(slot, now)
        self._slots.clear()
