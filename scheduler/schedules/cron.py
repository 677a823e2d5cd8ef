"""Five-field cron in a zone: croniter walks naive wall time, walltime.py applies the zone (R8, R9).

Schedules that name no day of the month are walked by daily.py, which is quicker.
"""

from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from datetime import datetime, timedelta
from functools import cached_property
from heapq import merge
from itertools import dropwhile
from typing import Final
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter

from scheduler.schedules.base import Schedule
from scheduler.schedules.daily import DailyTimes
from scheduler.schedules.describe import describe
from scheduler.schedules.fields import (
    DAY,
    HOUR,
    LAST,
    MINUTE,
    MONTH,
    CronFields,
    Spec,
    cron_text,
    is_impossible,
    parse_fields,
)
from scheduler.schedules.walltime import ascending, descending, distinct, instants, readings

MINUTE_LENGTH: Final = timedelta(minutes=1)
SOME_DAY: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - croniter wants a start; every walk sets its own
RAREST_YEARS: Final = 40  # 29 February on a given weekday returns after 28 years, or 40 around 2100


class CronSchedule(Schedule):
    """`text` is any cron text of R7. Raises InvalidSchedule."""

    def __init__(self, text: str, zone: ZoneInfo) -> None:
        super().__init__(cron_text(text), zone)
        self.fields = parse_fields(self.text)
        self._daily = None if self.fields.names_days_of_month else DailyTimes(self.fields)
        self._answer: tuple[datetime | None, datetime | None] = (None, None)

    def next_after(self, moment: datetime) -> datetime | None:
        """As of every schedule; the last answer is kept, because many jobs that are due at once ask the same."""
        asked, tick = self._answer
        if asked != moment:
            tick = super().next_after(moment)
            self._answer = moment, tick
        return tick

    @cached_property
    def _walkers(self) -> "list[croniter[datetime]]":
        return [
            croniter(expression, SOME_DAY, ret_type=datetime, max_years_between_matches=RAREST_YEARS)
            for expression in _expressions(self.fields)
        ]

    def ticks_after(self, moment: datetime) -> Iterator[datetime]:
        walls = self._forward(readings(moment, self.zone).earliest)
        return dropwhile(lambda tick: tick <= moment, distinct(ascending(self._occurrences(walls))))

    def ticks_until(self, moment: datetime) -> Iterator[datetime]:
        walls = self._backward(readings(moment, self.zone).latest)
        return dropwhile(lambda tick: tick > moment, distinct(descending(self._occurrences(walls))))

    def _forward(self, start: datetime) -> Iterator[datetime]:
        if self._daily:
            return self._daily.forward(start)
        return merge(*(_walk_forward(walker, start) for walker in self._walkers))

    def _backward(self, start: datetime) -> Iterator[datetime]:
        if self._daily:
            return self._daily.backward(start)
        return merge(*(_walk_backward(walker, start) for walker in self._walkers), reverse=True)

    def describe(self, language: str) -> str:
        return describe(self.fields, language)

    def _occurrences(self, walls: Iterator[datetime]) -> Iterator[tuple[datetime, ...]]:
        for wall in walls:
            yield instants(wall, self.zone, by_elapsed_time=self.fields.runs_by_elapsed_time)


def _expressions(fields: CronFields) -> Iterator[str]:
    """One expression for each alternative of the day, because croniter reads `1 * 5#2` as "and"."""
    minutes, hours, months = (
        _canonical(spec, values)
        for spec, values in ((MINUTE, fields.minutes), (HOUR, fields.hours), (MONTH, fields.months))
    )
    if fields.is_every_day:
        yield f"{minutes} {hours} * {months} *"
    if fields.has_last_day:
        yield f"{minutes} {hours} L {months} *"
    if fields.days and not is_impossible(fields.days, fields.months):
        yield f"{minutes} {hours} {_canonical(DAY, fields.days)} {months} *"
    if fields.weekdays:
        yield f"{minutes} {hours} * {months} {','.join(map(str, fields.weekdays))}"
    if fields.nth_weekdays:
        nth = ",".join(f"L{day}" if n == LAST else f"{day}#{n}" for day, n in fields.nth_weekdays)
        yield f"{minutes} {hours} * {months} {nth}"


def _canonical(spec: Spec, values: tuple[int, ...]) -> str:
    return "*" if values == spec.all_values else ",".join(map(str, values))


def _walk_forward(walker: "croniter[datetime]", start: datetime) -> Iterator[datetime]:
    """Matching wall times after the minute of `start`. The copy keeps a shared schedule thread-safe."""
    walker = copy(walker)
    walker.set_current(start.replace(second=0, microsecond=0))
    with suppress(CroniterBadDateError):
        while True:
            yield walker.get_next()


def _walk_backward(walker: "croniter[datetime]", start: datetime) -> Iterator[datetime]:
    """Matching wall times from the minute of `start` downwards, that minute included."""
    walker = copy(walker)
    walker.set_current(start.replace(second=0, microsecond=0) + MINUTE_LENGTH)
    with suppress(CroniterBadDateError):
        while True:
            yield walker.get_prev()
