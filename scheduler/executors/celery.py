"""Executions on Celery workers, on any number of machines: `runscheduler` sends ids, the row decides."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from django.conf import settings
from kombu.exceptions import OperationalError

from moo_markets.celery import app
from scheduler import outcomes, rescue, runner
from scheduler.claim import Claim
from scheduler.concurrency import Places
from scheduler.executors import Executor
from scheduler.models import JobExecution
from scheduler.models.status import WAITING
from scheduler.pulse import Pulse, StopReason
from scheduler.tasks import perform, shutdown_began

logger = logging.getLogger(__name__)

BATCH = 500  # messages a pass
LONGEST_PAUSE = 30.0  # seconds between tries while the broker does not answer
LOST_SECONDS = 60  # a message that nobody has taken by then is dropped by Celery and sent again


class CeleryExecutor(Executor):
    """Tells Celery workers which rows may start; performs nothing in this process."""

    busy: tuple[()] = ()
    has_room = True

    def __init__(self) -> None:
        self._outages = 0
        self._broker_due_at = 0.0  # time.monotonic(): not asked before then

    def start(self) -> None:
        app.set_default()

    def work(self, now: datetime, *, only: int | None = None) -> None:
        """Send the id of each run that may start, once; again where the message must have been lost."""
        if time.monotonic() < self._broker_due_at:
            return
        unsent = JobExecution.objects.unsent(now, lost_after=timedelta(seconds=LOST_SECONDS))
        unsent = unsent.exclude(job_type__in=Places().full())
        for pk, sent_at, timeout in list(unsent.values_list("pk", "sent_at", "timeout_seconds")[:BATCH]):
            row = JobExecution.objects.filter(pk=pk, sent_at=sent_at, status__in=WAITING)
            if row.update(sent_at=now) and not self._send(pk, timeout):
                JobExecution.objects.filter(pk=pk, sent_at=now).update(sent_at=sent_at)
                return

    def _send(self, pk: int, timeout_seconds: int) -> bool:
        # By then its own process has ended it. One that is frozen has not: the worker replaces it.
        limit = timeout_seconds + 2 * settings.SCHEDULER_KILL_AFTER_SECONDS
        try:
            perform.apply_async((pk,), expires=LOST_SECONDS, retry=False, time_limit=limit)
        except OperationalError:
            logger.exception("the broker does not answer", extra={"action": "broker_outage"})
            self._broker_due_at = time.monotonic() + min(2.0**self._outages, LONGEST_PAUSE)
            self._outages += 1
            return False
        self._outages = 0
        return True

    def collect(self, now: datetime) -> bool:
        """The workers write the ends themselves."""
        return False

    def enforce(self) -> None:
        """Each worker watches over its own runs."""

    def waitables(self) -> Iterable[Connection[Any, Any] | int]:
        return ()

    def retire(self) -> None:
        """Nothing is sent but by `work`."""

    def drain(self) -> None:
        """Nothing runs here."""

    def stop(self, now: datetime) -> None:
        """Nothing runs here."""


def perform_here(claimed: Claim) -> None:
    """Perform a claimed run in this process of a Celery worker, under a guard that can end the process."""
    pulse = Pulse(claimed)
    threading.Thread(target=_guard, args=(pulse,), name="guard", daemon=True).start()
    runner.execute(claimed, pulse)


def _guard(pulse: Pulse) -> None:
    """Ask the run to stop when the worker does, and kill this process when it does not within its time (R32, R38).

    The end is written first, or left to rescue where that fails; Celery replaces the process.
    """
    while not pulse.stop_asked.wait(1):
        if pulse.over.is_set():
            return
        if _is_drained():
            pulse.stop(StopReason.DRAIN)
    if pulse.over.wait(settings.SCHEDULER_KILL_AFTER_SECONDS):
        return
    try:
        _write_end(pulse)
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


def _is_drained() -> bool:
    """Whether the worker shuts down, and its runs have had their time to end (R38)."""
    began = shutdown_began.value
    return bool(began) and time.monotonic() >= began + settings.SCHEDULER_DRAIN_SECONDS


def _write_end(pulse: Pulse) -> None:
    run = JobExecution.objects.get(pk=pulse.claim.execution_id)
    if run.token != pulse.claim.token:
        return
    now = pulse.clock()
    if pulse.stopping is StopReason.TIMEOUT:
        runner.end(run, pulse.claim, outcomes.timed_out(run, now), now)
    elif pulse.stopping is StopReason.DRAIN:
        runner.end(run, pulse.claim, outcomes.drained(run, now), now)
    else:
        rescue.lose(run, now)
