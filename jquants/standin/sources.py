"""Where rows come from: the generated market, or recorded files."""

from datetime import date, datetime
from functools import lru_cache
from typing import Protocol

from jquants.standin.endpoints import Endpoint, Row
from jquants.standin.endpoints.base import last_published
from jquants.standin.market import Market
from jquants.standin.market.calendar import MARKET_OPENS, days_between, is_trading
from jquants.standin.questions import Question


class Source(Protocol):
    def rows(self, endpoint: Endpoint, question: Question) -> list[Row]: ...

    def days(self, endpoint: Endpoint, first: date, moment: datetime) -> list[date]:
        """Days from `first` on that bulk files hold rows of, at that moment."""
        ...

    def most_rows(self, endpoint: Endpoint, days: list[date]) -> int:
        """How many rows these days have at most."""
        ...


class Generated:
    def __init__(self, market: Market) -> None:
        self._market = market
        self._listed = lru_cache(maxsize=1024)(lambda day: len(market.listed(day)))

    def rows(self, endpoint: Endpoint, question: Question) -> list[Row]:
        return endpoint.rows(self._market, question)

    def days(self, endpoint: Endpoint, first: date, moment: datetime) -> list[date]:
        newest = last_published(moment, endpoint.published_at)
        return [day for day in days_between(max(first, MARKET_OPENS), newest) if is_trading(day)]

    def most_rows(self, endpoint: Endpoint, days: list[date]) -> int:
        if not days:
            return 0
        # A month has at most a few dozen listings and delistings.
        return len(days) * (max(self._listed(days[0]), self._listed(days[-1])) + 50)
