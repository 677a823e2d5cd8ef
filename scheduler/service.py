"""The scheduler process: dispatch what is due, work the queue, rescue, sleep until there is more."""

from __future__ import annotations

import logging
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from multiprocessing.connection import wait
from types import FrameType
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from scheduler import claim, dispatch, long_runs, rescue, retention, unresolved, wakeup
from scheduler.clocks import ClockWatch
from scheduler.connections import keep_connection
from scheduler.executors import Executor
from scheduler.models import JobExecution, SchedulerProcess
from scheduler.models.process import Role
from scheduler.statements import Selection

logger = logging.getLogger(__name__)

LONGEST_OUTAGE_PAUSE = 30.0  # seconds between tries while the database is out of reach (R39)
HURRY_SECONDS = 4.0  # what a run gets to stop in when the pass itself is limited


@cache
def _waiting() -> Selection:
    """Return what an idle scheduler asks every second besides: whether any run waits."""
    return Selection(JobExecution.objects.waiting().order_by().values_list("pk")[:1])


class Scheduler:
    """One scheduler process. Any number of them may run on one database (R17)."""

    def __init__(
        self,
        *,
        executor: Executor,
        role: Role = Role.SCHEDULER,
        only: int | None = None,
        clock: Callable[[], datetime] = timezone.now,
    ) -> None:
        self.executor = executor
        self.role = role
        self.only = only  # work on this one execution, dispatch nothing
        self.clock = clock
        self.signals = 0
        self._process: SchedulerProcess | None = None
        self._upkeep_due_at = 0.0  # time.monotonic()
        self._listener = wakeup.listener()
        self._outages = 0
        self._is_behind = False  # whether the last pass left ticks that are due
        self._clock_watch = ClockWatch(clock)
        self._jumped_at: float | None = None  # time.monotonic()

    # --- one pass ---------------------------------------------------------------------------------

    def step(self, now: datetime, *, claiming: bool = True) -> datetime | None:
        """Do all that can be done at `now`; return when the next known thing is due, within the poll interval."""
        ahead = timedelta(seconds=settings.SCHEDULER_POLL_SECONDS)
        if self._clock_watch.look(now, claim.worker_name()):
            self._jumped_at = time.monotonic()
        self._keep_up(now)
        self.executor.collect(now)
        self.executor.enforce()
        if not claiming:
            return None
        due = dispatch.tick(now, ahead=ahead) if self.only is None else None
        self._is_behind = due is not None and due <= now
        if not _waiting().rows():
            return due
        if self.only is None:
            claim.expire(now)
        self.executor.work(now, only=self.only)
        waiting = claim.next_available_at(now, ahead)
        return min((moment for moment in (due, waiting) if moment), default=None)

    def _keep_up(self, now: datetime) -> None:
        """Beat, rescue, warn, flag and prune, at the pace of the heartbeat."""
        if time.monotonic() < self._upkeep_due_at:
            return
        self._upkeep_due_at = time.monotonic() + settings.SCHEDULER_HEARTBEAT_SECONDS
        if self._process is None:
            self._process = SchedulerProcess.register(self.role, now)
        if self._clock_watch.compare(self._process):
            self._jumped_at = time.monotonic()
        shared = now - timedelta(seconds=self._process.clock_offset_seconds or 0.0)  # by the database's clock
        self._process.beat(shared)
        self._rescue(shared)
        long_runs.warn(now)
        if self.only is None:
            unresolved.flag(now)
            retention.step(now)

    def _rescue(self, now: datetime) -> None:
        """Take over what is lost at `now` of the database's clock, by which workers say that they live.

        After a jump, of a clock or of a machine that slept, everybody gets as long as ever to be heard of (R36, R41).
        """
        since_jump = math.inf if self._jumped_at is None else time.monotonic() - self._jumped_at
        rescue.rescue(now, hears=since_jump >= settings.SCHEDULER_ORPHAN_SECONDS)

    # --- the loop ---------------------------------------------------------------------------------

    def run(self, *, until: Callable[[], bool] = lambda: False, in_a_hurry: bool = False) -> None:
        """Work until a signal asks to stop, or `until`, asked after each pass, says so.

        `in_a_hurry`: what still runs then is put back into the queue after seconds, not given time to end.
        """
        keep_connection()
        with self._signals() as wakeup_fd:
            self.executor.start()
            logger.info("scheduler started (pid %s)", os.getpid(), extra={"action": "scheduler_started"})
            try:
                while not self.signals:
                    next_at = self._guarded_step()
                    if until():
                        break
                    self._sleep(next_at, wakeup_fd)
                self._drain(wakeup_fd, in_a_hurry=in_a_hurry)
            finally:
                self._close()

    def stop_now(self) -> None:
        """Stop without waiting for runs, as a second signal does; may be called from another thread."""
        self.signals = 2
        os.kill(os.getpid(), signal.SIGTERM)  # ends the sleep

    def is_idle(self) -> bool:
        """Whether nothing runs here; right after a pass that means that nothing could start either."""
        return not (self.executor.busy or self._outages or self._is_behind)

    def _guarded_step(self, *, claiming: bool = True) -> datetime | None:
        """Take a step. When it fails, above all because the database is out of reach, try again after a
        growing pause: nothing is held in memory that could be lost (R39).
        """
        close_old_connections()
        try:
            next_at = self.step(self.clock(), claiming=claiming)
        except Exception:
            logger.exception("a pass failed; it is tried again", extra={"action": "pass_failed"})
            connections.close_all()
            self._listener.close()
            self._outages += 1
            pause = min(2.0 ** (self._outages - 1), LONGEST_OUTAGE_PAUSE)
            return self.clock() + timedelta(seconds=pause)
        self._outages = 0
        return next_at

    def _sleep(self, next_at: datetime | None, wakeup_fd: int) -> None:
        """Wait for the next known time, a child, a signal, a notification, the poll interval or the next heartbeat."""
        longest = min(settings.SCHEDULER_POLL_SECONDS, settings.SCHEDULER_HEARTBEAT_SECONDS)
        if next_at is not None:
            until_next = (next_at - self.clock()).total_seconds()
            longest = until_next if self._outages else min(longest, until_next)
        ends_at = time.monotonic() + longest
        while True:
            ready = self._wait(wakeup_fd, max(0.0, ends_at - time.monotonic()))
            if wakeup_fd in ready:
                os.read(wakeup_fd, 1024)
                return
            if not self._are_going_on(ready):
                return

    def _are_going_on(self, ready: list[Any]) -> bool:
        """Whether all that woke us was children that have claimed their next run: nothing to do for us."""
        if self._outages or not ready or not set(ready) <= set(self.executor.waitables()):
            return False
        try:
            return not self.executor.collect(self.clock())
        except DatabaseError:  # one has died; the next pass tries again
            return False

    def _wait(self, wakeup_fd: int, seconds: float) -> list[Any]:
        if not self._outages:
            try:
                sources = [wakeup_fd, *self.executor.waitables()]
                # Without room no change can start anything: what children write all the time must not wake us.
                return (
                    self._listener.wait(sources, seconds)
                    if self.executor.has_room
                    else wait(sources, seconds)
                )
            except (DatabaseError, psycopg.Error):  # the next pass finds out, and waits for the database
                self._listener.close()
        return wait([wakeup_fd], seconds)

    def _drain(self, wakeup_fd: int, *, in_a_hurry: bool) -> None:
        """Let runs end, then ask them to stop; what still runs after that is killed. A second signal skips
        the waiting (R38).
        """
        logger.info(
            "stopping; %s runs are active", len(self.executor.busy), extra={"action": "scheduler_stopping"}
        )
        self.executor.retire()
        if not in_a_hurry:
            self._await_runs(settings.SCHEDULER_DRAIN_SECONDS, wakeup_fd)
        self.executor.drain()
        self._await_runs(HURRY_SECONDS if in_a_hurry else settings.SCHEDULER_KILL_AFTER_SECONDS, wakeup_fd)

    def _await_runs(self, seconds: float, wakeup_fd: int) -> None:
        ends_at = time.monotonic() + seconds
        while self.executor.busy and self.signals < 2 and time.monotonic() < ends_at:
            self._guarded_step(claiming=False)
            if self.executor.busy:
                self._sleep(None, wakeup_fd)

    def _close(self) -> None:
        self._listener.close()
        try:
            self.executor.stop(self.clock())
            if self._process is not None and self.role != Role.CRONTAB:
                self._process.delete()
        except DatabaseError:  # then our process is gone, which the next scheduler finds out (R36)
            logger.warning(
                "what still ran is left to the next scheduler", exc_info=True, extra={"action": "left_behind"}
            )
        logger.info("scheduler stopped (pid %s)", os.getpid(), extra={"action": "scheduler_stopped"})

    @contextmanager
    def _signals(self) -> Iterator[int]:
        """Count SIGTERM and SIGINT; yield what becomes readable when one arrives. Restores what was."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        os.set_blocking(reading, False)

        def count(number: int, frame: FrameType | None) -> None:
            self.signals += 1

        old_fd = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        old = {number: signal.signal(number, count) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield reading
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(old_fd)
            os.close(reading)
            os.close(writing)
