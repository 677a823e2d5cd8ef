"""The next ticks of a job, as a person wants to see them before trusting a schedule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from scheduler import calendars
from scheduler.models import Job

TICKS = 20


@dataclass(frozen=True)
class Tick:
    """One intended time. `trading_date` is the day it belongs to, None where no calendar decides.

    `is_open` is False for a tick that will be skipped as a holiday; `is_provisional` says that nobody has
    published the day yet (R11).
    """

    at: datetime
    trading_date: date | None
    is_open: bool
    is_provisional: bool


def upcoming(job: Job, now: datetime, count: int = TICKS) -> list[Tick]:
    """Return the next `count` ticks after `now`. Raises InvalidSchedule, UnknownCalendar."""
    return list(islice(_ticks(job, now), count))


def _ticks(job: Job, now: datetime) -> Iterator[Tick]:
    schedule = job.parsed_schedule
    if schedule is None:
        return
    is_open = job.opening()
    days = calendars.get(job.calendar) if job.calendar else None
    zone = ZoneInfo(job.timezone)
    for at in schedule.ticks_after(now):
        belongs_to = schedule.trading_date(at)
        day = belongs_to or at.astimezone(zone).date()
        yield Tick(at, belongs_to, is_open(at), days is not None and days.is_provisional(day))
