"""The pulse of one attempt: heartbeat, progress, log lines and the wish to stop, on a thread of its own.

A handler that computes for an hour still beats, and still learns within a second that it should stop (R36). Most
handlers are done before the first beat is due; for those no thread is started.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from scheduler import log_lines
from scheduler.claim import Claim
from scheduler.database_clock import database_time
from scheduler.models import ExecutionLog, JobExecution, Status
from scheduler.models.status import HELD

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 1.0
LOG_LIMIT = 10_000  # lines an attempt stores; what comes later is counted
CUT = gettext_noop("The log is cut here: more than %(lines)s lines.")


class StopReason(Enum):
    CANCEL = "cancel"
    TIMEOUT = "timeout"
    DRAIN = "drain"
    LOST = "lost"  # the row is not ours any more: stop, and write nothing


class Metronome:
    """One thread a process, which starts the beating of attempts that are still there when it looks."""

    def __init__(self) -> None:
        self._pulses: set[Pulse] = set()
        self._lock = threading.Lock()
        self._pid: int | None = None  # whose thread it is: a fork has none

    def add(self, pulse: Pulse) -> None:
        with self._lock:
            self._pulses.add(pulse)
            if self._pid != os.getpid():
                self._pid = os.getpid()
                threading.Thread(target=self._run, name="metronome", daemon=True).start()

    def remove(self, pulse: Pulse) -> None:
        with self._lock:
            self._pulses.discard(pulse)

    def _run(self) -> None:
        while True:
            time.sleep(INTERVAL_SECONDS)
            with self._lock:
                pulses = list(self._pulses)
            for pulse in pulses:
                pulse.start_beating()


class Pulse(logging.Handler):
    """A context manager around `perform`; also the logging handler that captures its lines."""

    def __init__(self, claim: Claim, *, clock: Callable[[], datetime] = timezone.now) -> None:
        super().__init__(level=logging.INFO)
        self.claim = claim
        self.clock = clock
        self.performing = False  # between enter and exit: the time in which a signal may interrupt
        self.stopping: StopReason | None = None
        self.stop_asked = threading.Event()
        self._ends_at = time.monotonic() + claim.timeout_seconds
        self._beat_due_at = time.monotonic() + settings.SCHEDULER_HEARTBEAT_SECONDS
        self._changes: dict[str, Any] = {}
        self._lines: deque[ExecutionLog] = deque()
        self._line_count = 0
        self.over = threading.Event()
        self._thread: threading.Thread | None = None
        self._thread_lock = threading.Lock()
        self._changes_lock = threading.Lock()

    def __enter__(self) -> Pulse:
        logging.getLogger().addHandler(self)
        metronome.add(self)
        self.performing = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.performing = False
        metronome.remove(self)
        with self._thread_lock:
            self.over.set()
        if self._thread is not None:
            self._thread.join()
        self._try(self.flush_log)
        logging.getLogger().removeHandler(self)

    def start_beating(self) -> None:
        """Start the thread, unless it runs or the attempt is over."""
        with self._thread_lock:
            if self._thread is None and not self.over.is_set():
                self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
                self._thread.start()

    @property
    def is_out_of_time(self) -> bool:
        return time.monotonic() >= self._ends_at

    def stop(self, reason: StopReason) -> None:
        """Ask the run to stop; the first reason counts, but a lost row beats all."""
        if self.stopping is None or reason is StopReason.LOST:
            self.stopping = reason
        self.stop_asked.set()

    def write(self, **fields: Any) -> None:
        """Write `fields` of the execution with the next beat; later values replace earlier ones."""
        with self._changes_lock:
            self._changes.update(fields)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line for the execution's log, up to LOG_LIMIT, and then a note. Never raises, as with any handler."""
        self._line_count += 1
        if self._line_count > LOG_LIMIT + 1:
            return
        try:
            if self._line_count > LOG_LIMIT:
                fields = log_lines.worded(CUT, {"lines": LOG_LIMIT})
            else:
                fields = self._worded(record)
        except Exception:  # what the job logs must not end it
            self.handleError(record)
            return
        self._lines.append(
            ExecutionLog(
                execution_id=self.claim.execution_id,
                at=datetime.fromtimestamp(record.created, UTC),
                level=record.levelno,
                **fields,
            )
        )

    def _worded(self, record: logging.LogRecord) -> dict[str, Any]:
        """Return what the line says: lines with named parameters may have a translation."""
        told = self.format(record)
        if record.args and not isinstance(record.args, Mapping):
            return log_lines.worded(told, {})
        params = record.args if isinstance(record.args, Mapping) else {}
        rest = told.removeprefix(record.getMessage())  # a traceback
        return log_lines.worded(str(record.msg), params, rest=rest)

    def _run(self) -> None:
        try:
            while not self.over.is_set():
                self._try(self.beat)
                self.over.wait(INTERVAL_SECONDS)
        finally:
            connection.close()

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except DatabaseError:  # the next beat tries again; silence for a minute is what rescue is for
            logger.warning(
                gettext_noop("heartbeat failed"), exc_info=True, extra={"action": "heartbeat_failed"}
            )
            connection.close()

    def _mine(self) -> QuerySet[JobExecution]:
        return JobExecution.objects.filter(
            pk=self.claim.execution_id, token=self.claim.token, status__in=HELD
        )

    def beat(self) -> None:
        """Write what has changed, renew the lease when it is due, and learn whether to stop."""
        if self.is_out_of_time:
            self.stop(StopReason.TIMEOUT)
        if time.monotonic() >= self._beat_due_at:
            self.write(heartbeat_at=database_time(self.clock()))
            self._beat_due_at = time.monotonic() + settings.SCHEDULER_HEARTBEAT_SECONDS
        with self._changes_lock:
            changes, self._changes = self._changes, {}
        if changes and not self._mine().update(**changes):
            self.stop(StopReason.LOST)
        status = self._mine().values_list("status", flat=True).first()
        if status is None:
            self.stop(StopReason.LOST)
        elif status == Status.CANCELLING:
            self.stop(StopReason.CANCEL)
        self.flush_log()

    def flush_log(self) -> None:
        """Store the lines of this attempt; those of a run that was taken from us are dropped (R37)."""
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        if lines and self._mine().exists():
            ExecutionLog.objects.bulk_create(lines)

    def unwritten(self) -> dict[str, Any]:
        """Return what no beat has written yet, for the final write."""
        with self._changes_lock:
            changes, self._changes = self._changes, {}
        return changes


metronome = Metronome()
