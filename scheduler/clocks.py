"""Watch the clock of this machine: against the database's, and against itself (R16, R41)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection

from scheduler.models import SchedulerEvent
from scheduler.models.process import SKEW_SECONDS, SchedulerProcess

logger = logging.getLogger(__name__)

JUMP_SECONDS = 5.0


def offset_seconds(clock: Callable[[], datetime]) -> float:
    """Return by how much `clock` is ahead of the database's, behind when negative; a query.

    The time that the query takes is not counted: what is left is wrong for sure.
    """
    before = clock()
    theirs = _database_now()
    after = clock()
    return round((max(before - theirs, timedelta(0)) + min(after - theirs, timedelta(0))).total_seconds(), 3)


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            moment: datetime = cursor.fetchone()[0]
            return moment.astimezone(UTC)
        cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)


class ClockWatch:
    """Of one process: says once what is wrong, and once that it is right again."""

    def __init__(
        self, clock: Callable[[], datetime], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._seen: tuple[datetime, float] | None = None
        self._is_off = False

    def look(self, now: datetime, process: str) -> bool:
        """Return whether the wall clock, which says `now`, has jumped since the last look, and record it as an event.

        What is not recorded, because the database is out of reach, is found by the next look.
        """
        moment = self._monotonic()
        wall, steady = self._seen or (now, moment)
        jump = (now - wall).total_seconds() - (moment - steady)
        has_jumped = abs(jump) > JUMP_SECONDS
        if has_jumped:
            self._record(now, process, jump)
        self._seen = (now, moment)
        return has_jumped

    def _record(self, now: datetime, process: str, jump: float) -> None:
        code = "clock_jumped_ahead" if jump > 0 else "clock_set_back"
        SchedulerEvent.record(now, process, code, seconds=round(abs(jump)))
        logger.warning(
            "the clock jumped by %+.0f seconds, or the machine slept", jump, extra={"action": "clock_jumped"}
        )

    def compare(self, process: SchedulerProcess) -> None:
        """Note in `process`, unsaved, how far its clock is from the database's."""
        process.clock_offset_seconds = offset_seconds(self._clock)
        if process.is_clock_off and not self._is_off:
            logger.warning(
                "the clock of this machine differs from the database's by %+.1f seconds, more than %s: ticks would "
                "start at the wrong time; set the clocks by NTP",
                process.clock_offset_seconds,
                SKEW_SECONDS,
                extra={"action": "clock_differs"},
            )
        elif self._is_off and not process.is_clock_off:
            logger.info("the clock agrees with the database's again", extra={"action": "clock_agrees"})
        self._is_off = process.is_clock_off
