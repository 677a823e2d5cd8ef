"""Which days the exchange trades on, and the numbering of its sessions."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from threading import Lock
from typing import Final

from jquants.standin.market.holidays import is_new_year, weekday_holidays

# HolDiv of /markets/calendar (https://jpx-jquants.com/en/spec/mkt-cal/holiday-division).
CLOSED, OPEN, HALF_DAY, HOLIDAY_TRADING = "0", "1", "2", "3"

MARKET_OPENS: Final = date(2008, 5, 7)  # the first list of issues J-Quants has
OUTAGE: Final = date(2020, 10, 1)  # the exchange stood still: rows without prices
HOLIDAY_TRADING_STARTS: Final = date(2022, 9, 23)
LAST_HALF_DAY: Final = date(2009, 1, 5)
ONE_DAY: Final = timedelta(days=1)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every calendar day, both ends included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@lru_cache(maxsize=1 << 14)
def is_trading(day: date) -> bool:
    return day.weekday() < 5 and not is_new_year(day) and day not in weekday_holidays(day.year)


def hol_div(day: date) -> str:
    if is_trading(day):
        return HALF_DAY if is_half_day(day) else OPEN
    return HOLIDAY_TRADING if _has_holiday_trading(day) else CLOSED


def is_half_day(day: date) -> bool:
    """The last session of a year and the first of the next were mornings only, for the last time in 2009."""
    if day > LAST_HALF_DAY or day.month not in {1, 12}:
        return False
    year = trading_days(day.year)
    return day == (year[0] if day.month == 1 else year[-1])


def _has_holiday_trading(day: date) -> bool:
    """Osaka's derivatives trade on closed weekdays, but never on Dec 31, Jan 1 and Jan 2."""
    if day < HOLIDAY_TRADING_STARTS or day.weekday() >= 5:
        return False
    return (day.month, day.day) not in {(12, 31), (1, 1), (1, 2)}


@lru_cache(maxsize=128)
def trading_days(year: int) -> tuple[date, ...]:
    return tuple(day for day in days_between(date(year, 1, 1), date(year, 12, 31)) if is_trading(day))


def trading_day_from(day: date) -> date:
    """The day itself when it trades, else the next one that does."""
    while not is_trading(day):
        day += ONE_DAY
    return day


def trading_day_until(day: date) -> date:
    """The day itself when it trades, else the last one that did."""
    while not is_trading(day):
        day -= ONE_DAY
    return day


class Sessions:
    """The market's sessions, numbered from 0 on MARKET_OPENS; the outage has no number.

    Grows by whole years as later days are asked for.
    """

    def __init__(self) -> None:
        self.days: list[date] = []
        self.ordinals: list[int] = []
        self._year = MARKET_OPENS.year - 1
        self._lock = Lock()

    def number(self, day: date) -> int:
        """Of the last session on `day` or before it; -1 before the market opened."""
        self._grow(day.year)
        return bisect_right(self.days, day) - 1

    def between(self, first: date, last: date) -> range:
        """Numbers of the sessions in the span, both ends included."""
        self._grow(last.year)
        return range(bisect_left(self.days, first), bisect_right(self.days, last))

    def _grow(self, year: int) -> None:
        if year <= self._year:
            return
        with self._lock:
            while self._year < year:
                new = [d for d in trading_days(self._year + 1) if d >= MARKET_OPENS and d != OUTAGE]
                self.days.extend(new)
                self.ordinals.extend(day.toordinal() for day in new)
                self._year += 1
