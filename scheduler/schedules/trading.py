"""Schedules that follow a calendar's trading days, at a wall time in a zone (R10)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from itertools import dropwhile
from zoneinfo import ZoneInfo

from scheduler.schedules.base import Schedule
from scheduler.schedules.describe import describe_trading
from scheduler.schedules.trading_days import OpenDays, rule_of
from scheduler.schedules.trading_text import TradingText
from scheduler.schedules.walltime import distinct, instants, readings


class TradingSchedule(Schedule):
    """`calendar` is called once for each computation, so that a schedule, however long it is kept, follows the
    calendar as it is then. A wall time follows R9 like a fixed hour. Two trading days whose times fall on one
    instant, which only a whole day without a clock time can cause, share one tick.
    """

    def __init__(self, meaning: TradingText, zone: ZoneInfo, calendar: Callable[[], OpenDays]) -> None:
        super().__init__(str(meaning), zone)
        self.meaning = meaning
        self._rule = rule_of(meaning)
        self._calendar = calendar

    def ticks_after(self, moment: datetime) -> Iterator[datetime]:
        first = self._day_of(readings(moment, self.zone).earliest)
        days = self._rule.ascending(first, self._calendar())
        return dropwhile(lambda tick: tick <= moment, distinct(self._instants(days)))

    def ticks_until(self, moment: datetime) -> Iterator[datetime]:
        last = self._day_of(readings(moment, self.zone).latest)
        days = self._rule.descending(last, self._calendar())
        return dropwhile(lambda tick: tick > moment, distinct(self._instants(days)))

    def describe(self, language: str) -> str:
        return describe_trading(self.meaning, language)

    def trading_date(self, tick: datetime) -> date:
        """The trading day of a tick, even of one promised before the calendar closed that day."""
        return self._day_of(tick.astimezone(self.zone).replace(tzinfo=None))

    def _day_of(self, wall: datetime) -> date:
        """The newest day whose time has come at a wall time."""
        return (wall - self.meaning.since_midnight).date()

    def _instants(self, days: Iterable[date]) -> Iterator[datetime]:
        for day in days:
            wall = datetime.combine(day, time.min) + self.meaning.since_midnight
            yield from instants(wall, self.zone, by_elapsed_time=False)
