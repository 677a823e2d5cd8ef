"""Which days stocks are traded on: the stored calendar, and Japan's holidays where it ends (R11)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import jpholiday

from jquants.models import TradingDay

NAME = "jpx"  # under which schedules know these days
TOKYO = ZoneInfo("Asia/Tokyo")
LONGEST_CLOSURE = timedelta(days=14)  # the longest so far: 10 days, from 2019-04-27


@dataclass(frozen=True)
class TradingDays:
    """Trading days in order; `provisional` are those that the stored calendar does not have."""

    days: list[date]
    provisional: list[date]

    def between(self, first: date, last: date) -> TradingDays:
        return TradingDays(
            self.days[bisect_left(self.days, first) : bisect_right(self.days, last)],
            [day for day in self.provisional if first <= day <= last],
        )


def today(now: datetime) -> date:
    """Return the date in Tokyo at `now`."""
    return now.astimezone(TOKYO).date()


def trading_days(first: date, last: date) -> TradingDays:
    """Return the trading days from `first` to `last`, both included; empty when they are in wrong order."""
    stored = TradingDay.objects.filter(date__range=(first, last))
    known = {day.date: day.is_trading_day for day in stored}
    days = [
        day
        for day in _each_day(first, last)
        if (known[day] if day in known else is_probable_trading_day(day))
    ]
    return TradingDays(days, [day for day in days if day not in known])


def newest_trading_days(count: int, last: date) -> TradingDays:
    """Return the `count` newest trading days not after `last`."""
    found = trading_days(last - timedelta(days=2 * count) - LONGEST_CLOSURE, last)
    days = found.days[-count:]
    return TradingDays(days, [day for day in found.provisional if day >= days[0]])


def next_trading_day(day: date) -> date:
    """Return `day` if stocks are traded on it, else the first such day after it."""
    return trading_days(day, day + LONGEST_CLOSURE).days[0]


def is_probable_trading_day(day: date) -> bool:
    """Tell by weekday, Japan's holidays and the exchange's own days off around New Year."""
    is_new_year = (day.month, day.day) in {(12, 31), (1, 1), (1, 2), (1, 3)}
    return day.weekday() < 5 and not is_new_year and not jpholiday.is_holiday(day)


def _each_day(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
