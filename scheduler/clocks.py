"""Watch the clock of this machine: against the database's, and against itself (R16, R41)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from scheduler.database_clock import SKEW_SECONDS, offset_seconds
from scheduler.models import SchedulerEvent, SchedulerProcess

logger = logging.getLogger(__name__)

JUMP_SECONDS = 5.0


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

    def compare(self, process: SchedulerProcess) -> bool:
        """Note in `process`, unsaved, how far its clock is from the database's; return whether one of them has jumped."""
        before = process.clock_offset_seconds
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
        return before is not None and abs(process.clock_offset_seconds - before) > JUMP_SECONDS
