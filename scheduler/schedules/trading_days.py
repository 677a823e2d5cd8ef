"""Which trading days a schedule picks, period by period (R10). Dates only: no clock, no zone."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import ClassVar, Final, Protocol

from scheduler.schedules.trading_text import Period, TradingText

# A search ends after so long without a day. No month has 23 trading days from April 2021 to July 2029.
SILENT_YEARS: Final = 12
DAYS_IN_WEEK: Final = 7
MONTHS_IN_YEAR: Final = 12


class OpenDays(Protocol):
    def is_open(self, day: date, /) -> bool: ...


class Rule(ABC):
    """At most one day for each period; periods are numbered without holes, and later ones have later days."""

    silent_periods: ClassVar[int]

    @abstractmethod
    def period_of(self, day: date) -> int: ...

    @abstractmethod
    def day_of(self, period: int, calendar: OpenDays) -> date | None:
        """The day picked for a period; None when it has none."""

    def ascending(self, first: date, calendar: OpenDays) -> Iterator[date]:
        """Picked days from `first` on, possibly after a few that are earlier."""
        return self._days(self._first_period(first, calendar), 1, calendar)

    def descending(self, last: date, calendar: OpenDays) -> Iterator[date]:
        """Picked days from `last` downwards, possibly after a few that are later."""
        return self._days(self.period_of(last), -1, calendar)

    def _first_period(self, day: date, calendar: OpenDays) -> int:
        """The first period that may have its day on `day` or later."""
        return self.period_of(day)

    def _days(self, period: int, step: int, calendar: OpenDays) -> Iterator[date]:
        silent = 0
        while silent <= self.silent_periods:
            day = self.day_of(period, calendar)
            if day is None:
                silent += 1
            else:
                silent = 0
                yield day
            period += step


class EveryDay(Rule):
    silent_periods = SILENT_YEARS * 366

    def period_of(self, day: date) -> int:
        return day.toordinal()

    def day_of(self, period: int, calendar: OpenDays) -> date | None:
        day = date.fromordinal(period)
        return day if calendar.is_open(day) else None


EVERY_DAY: Final = EveryDay()


class NthOfWeek(Rule):
    """The n-th open day counted from Monday; where the week has fewer, counting goes on into the next.

    A week that is closed altogether has no day of its own: counted from its Monday, it is the next week's.
    """

    silent_periods = SILENT_YEARS * 53

    def __init__(self, nth: int) -> None:
        self._nth = nth

    def period_of(self, day: date) -> int:
        return (day.toordinal() - 1) // DAYS_IN_WEEK  # day 1 of the calendar, 0001-01-01, was a Monday

    def day_of(self, period: int, calendar: OpenDays) -> date | None:
        monday = period * DAYS_IN_WEEK + 1
        days = _open_days(monday, monday + DAYS_IN_WEEK, calendar)
        if not days:
            return None
        if len(days) >= self._nth:
            return days[self._nth - 1]
        later = EVERY_DAY.ascending(date.fromordinal(monday + DAYS_IN_WEEK), calendar)
        return next(islice(later, self._nth - len(days) - 1, None), None)

    def _first_period(self, day: date, calendar: OpenDays) -> int:
        """The week in which the n-th open day before `day` lies: earlier weeks have counted to n by then."""
        *_, earliest = day, *islice(EVERY_DAY.descending(day, calendar), self._nth + 1)
        return self.period_of(earliest)


class NthOfMonth(Rule):
    """The n-th open day, or from the end when negative; a month that has fewer is passed over."""

    silent_periods = SILENT_YEARS * MONTHS_IN_YEAR

    def __init__(self, nth: int) -> None:
        self._at_least = abs(nth)
        self._index = nth - 1 if nth > 0 else nth

    def period_of(self, day: date) -> int:
        return day.year * MONTHS_IN_YEAR + day.month - 1

    def day_of(self, period: int, calendar: OpenDays) -> date | None:
        days = _open_days(_first_of_month(period), _first_of_month(period + 1), calendar)
        return days[self._index] if len(days) >= self._at_least else None


def rule_of(text: TradingText) -> Rule:
    match text.period:
        case Period.DAY:
            return EVERY_DAY
        case Period.WEEK:
            return NthOfWeek(text.nth)
        case Period.MONTH:
            return NthOfMonth(text.nth)


def _open_days(start: int, end: int, calendar: OpenDays) -> list[date]:
    """The open days in [start, end), given as ordinals."""
    return [day for day in map(date.fromordinal, range(start, end)) if calendar.is_open(day)]


def _first_of_month(period: int) -> int:
    year, month = divmod(period, MONTHS_IN_YEAR)
    return date(year, month + 1, 1).toordinal()
