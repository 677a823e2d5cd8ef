"""Where rows come from: the generated market, or recorded files."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from jquants.standin.endpoints import Endpoint, Row
from jquants.standin.market import Market
from jquants.standin.market.calendar import MARKET_OPENS, days_between
from jquants.standin.questions import Question


class Source(Protocol):
    def rows(self, endpoint: Endpoint, question: Question) -> Iterable[Row]: ...

    def newest_day(self, endpoint: Endpoint, moment: datetime) -> date:
        """The last day whose rows are there. Raises Refusal (210) outside the hours an endpoint serves."""
        ...

    def days(self, endpoint: Endpoint, first: date, moment: datetime) -> list[date]:
        """Days from `first` on that bulk files hold rows of, at that moment."""
        ...

    def most_rows(self, endpoint: Endpoint, days: list[date]) -> int:
        """How many rows these days have at most."""
        ...


class Generated:
    def __init__(self, market: Market) -> None:
        self._market = market

    def rows(self, endpoint: Endpoint, question: Question) -> Iterable[Row]:
        return endpoint.rows(self._market, question)

    def newest_day(self, endpoint: Endpoint, moment: datetime) -> date:
        return endpoint.newest_day(moment)

    def days(self, endpoint: Endpoint, first: date, moment: datetime) -> list[date]:
        newest = endpoint.newest_day(moment)
        return [day for day in days_between(max(first, MARKET_OPENS), newest) if endpoint.publishes(day)]

    def most_rows(self, endpoint: Endpoint, days: list[date]) -> int:
        if not days:
            return 0
        if endpoint.bulk and endpoint.bulk.rows_on:
            return sum(map(endpoint.bulk.rows_on, days))
        # A month has at most a few dozen listings and delistings.
        issues = max(map(self._market.count_listed, (days[0], days[-1]))) + 50
        return round(len(days) * issues * (endpoint.bulk.rows_an_issue if endpoint.bulk else 1))
