"""What every kind of schedule answers, from two ordered streams of ticks."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from typing import Final
from zoneinfo import ZoneInfo

HORIZON: Final = timedelta(days=5 * 365 + 2)  # five years: a schedule silent for longer is refused (R8)


class Schedule(ABC):
    """Ticks of one schedule text in one zone. All moments are aware; all ticks are UTC, on whole minutes."""

    def __init__(self, text: str, zone: ZoneInfo) -> None:
        self.text = text
        self.zone = zone

    @abstractmethod
    def ticks_after(self, moment: datetime) -> Iterator[datetime]:
        """Ticks later than `moment`, lazily, strictly increasing."""

    @abstractmethod
    def ticks_until(self, moment: datetime) -> Iterator[datetime]:
        """Ticks up to and including `moment`, lazily, strictly decreasing."""

    @abstractmethod
    def describe(self, language: str) -> str:
        """The schedule in words, "ja" or "en", without its zone."""

    def next_after(self, moment: datetime) -> datetime | None:
        """The first tick later than `moment`; None when the next five years have none."""
        tick = next(self.ticks_after(moment), None)
        return tick if tick is not None and tick - moment <= HORIZON else None

    def latest_until(self, moment: datetime, *, since: datetime) -> datetime | None:
        """The newest tick in (since, moment], found backwards (R22)."""
        tick = next(self.ticks_until(moment), None)
        return tick if tick is not None and tick > since else None

    def newest_until(self, moment: datetime, *, since: datetime, limit: int) -> list[datetime]:
        """The newest `limit` ticks in (since, moment], oldest first, found backwards (R22)."""
        newest = takewhile(lambda tick: tick > since, self.ticks_until(moment))
        return list(islice(newest, limit))[::-1]

    def count_between(self, start_exclusive: datetime, end_inclusive: datetime, limit: int = 1000) -> int:
        """How many ticks lie in (start, end]; counting stops at `limit` (R22)."""
        ticks = takewhile(lambda tick: tick <= end_inclusive, self.ticks_after(start_exclusive))
        return sum(1 for _ in islice(ticks, limit))

    def trading_date(self, tick: datetime) -> date | None:
        """The trading day that a tick belongs to; None for schedules that follow no calendar."""
        return None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.text!r} {self.zone.key}>"
