"""On which days of a week rows of a data set are expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias

# Of a whole week's days, Monday to Sunday, and those of them on which stocks are traded.
DayRule: TypeAlias = Callable[[Sequence[date], Sequence[date]], Sequence[date]]

FEWEST_FOR_A_WEEK = 3  # trading days; shorter weeks have no weekly figures


def trading_days(_week: Sequence[date], trading: Sequence[date]) -> Sequence[date]:
    return trading


def weekdays(week: Sequence[date], _trading: Sequence[date]) -> Sequence[date]:
    """For what is filed or announced: offices may be open on days without trading."""
    return week[:5]


def every_day(week: Sequence[date], _trading: Sequence[date]) -> Sequence[date]:
    """For what companies disclose: they hardly ever do at a weekend, but may."""
    return week


def ends_of_weeks(_week: Sequence[date], trading: Sequence[date]) -> Sequence[date]:
    return trading[-1:]


def weekly_until(last_weekly: date) -> DayRule:
    """The last trading day of each week up to `last_weekly`, each trading day after it."""

    def rule(_week: Sequence[date], trading: Sequence[date]) -> Sequence[date]:
        daily = [day for day in trading if day > last_weekly]
        weekly = [day for day in trading if day <= last_weekly]
        if daily or len(weekly) < FEWEST_FOR_A_WEEK:
            return daily
        return weekly[-1:]

    return rule
