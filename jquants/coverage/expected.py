"""Which days of a data set should be here: by its rule, the trading calendar and the time of day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from jquants import calendar
from jquants.calendar import TradingDays

if TYPE_CHECKING:
    from jquants.datasets import Dataset

A_WEEK = timedelta(days=7)
EARLIEST = date(2008, 5, 7)  # of anything J-Quants has


def expected_days(
    dataset: Dataset, first: date, last: date, *, known: TradingDays | None = None
) -> TradingDays:
    """Return the days from `first` to `last`, both included, that should have rows, in order.

    `known` are the trading days of at least the weeks in question; without them the calendar is read.
    """
    first = max(first, dataset.since or EARLIEST)
    if last < first:
        return TradingDays([], [])
    first_week, last_week = _monday(first), _monday(last)
    sunday = last_week + timedelta(days=6)
    trading = known.between(first_week, sunday) if known else calendar.trading_days(first_week, sunday)
    of_week: dict[date, list[date]] = defaultdict(list)
    for day in trading.days:
        of_week[_monday(day)].append(day)
    days = [
        day
        for week in _weeks(first_week, last_week)
        for day in dataset.expected(week, of_week[week[0]])
        if first <= day <= last
    ]
    provisional = set(trading.provisional)
    return TradingDays(days, [day for day in days if day in provisional])


def newest_expected_days(dataset: Dataset, count: int, last: date) -> TradingDays:
    """Return the `count` newest expected days not after `last`; fewer where the data set began."""
    first = last - timedelta(days=2 * count) - calendar.LONGEST_CLOSURE
    found = expected_days(dataset, first, last)
    while len(found.days) < count and first > (dataset.since or EARLIEST):
        first -= last - first
        found = expected_days(dataset, first, last)
    days = found.days[-count:]
    return TradingDays(days, [day for day in found.provisional if day >= days[0]] if days else [])


def newest_published(dataset: Dataset, now: datetime) -> date:
    """Return the newest day whose rows should be out at `now`, were it an expected day."""
    after = dataset.published_after
    local = now.astimezone(calendar.TOKYO)
    day = (local - after).date() if after is not None else local.date() - timedelta(days=1)
    if not dataset.lag:
        return day
    return calendar.newest_trading_days(dataset.lag + 1, day).days[0]


def published_at(dataset: Dataset, day: date) -> datetime:
    """Return when the rows of `day` should be out; where that is not known, when the day ends."""
    if dataset.lag:
        day = calendar.trading_days(day, day + calendar.LONGEST_CLOSURE * (dataset.lag + 1)).days[dataset.lag]
    return _at(day, dataset.published_after or timedelta(days=1))


def final_at(dataset: Dataset, day: date) -> datetime | None:
    """Return from when on a fetched day stays as it is; None where it does at once."""
    if dataset.final_after is None:
        return None
    return _at(day, dataset.final_after)


def is_final(dataset: Dataset, day: date, now: datetime) -> bool:
    """Whether what J-Quants has of `day` at `now` stays as it is."""
    since = final_at(dataset, day)
    return since is None or now >= since


def _at(day: date, after_midnight: timedelta) -> datetime:
    return datetime.combine(day, time.min, calendar.TOKYO) + after_midnight


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(monday: date, last_monday: date) -> Iterator[list[date]]:
    while monday <= last_monday:
        yield [monday + timedelta(days=offset) for offset in range(7)]
        monday += A_WEEK
