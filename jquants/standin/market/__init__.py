"""A made-up stock market: the same for the same seed, on real trading days, with the oddities of the real one."""

from bisect import bisect_left, bisect_right
from datetime import date
from functools import cached_property, lru_cache
from typing import Final

from jquants.standin.market import universe
from jquants.standin.market.calendar import OUTAGE, Sessions
from jquants.standin.market.flows import Flows
from jquants.standin.market.indices import Indices
from jquants.standin.market.investors import Investors
from jquants.standin.market.issues import Issue
from jquants.standin.market.margins import Margins
from jquants.standin.market.prices import Prices
from jquants.standin.market.sample import sample
from jquants.standin.market.shorts import Shorts
from jquants.standin.market.tape import Tape
from jquants.standin.market.trades import Trades

__all__ = ["OUTAGE", "Issue", "Market", "market"]


class Market:
    """`size` is about how many issues are listed at a time; None for as many as on the real market."""

    def __init__(self, seed: int, size: int | None = None) -> None:
        self.seed: Final = seed
        issues = universe.build(seed)
        listed = issues if size is None else sample(issues, size, seed)
        self.issues: Final = {issue.code: issue for issue in listed}
        self.sessions: Final = Sessions()
        self.tape: Final = Tape(seed)
        self.prices: Final = Prices(self.tape, self.sessions)
        self.trades: Final = Trades(self.tape, self.prices, self.sessions.ordinals)

    @cached_property
    def flows(self) -> Flows:
        return Flows(self.tape, self.sessions, self.prices, list(self.issues.values()))

    @cached_property
    def margins(self) -> Margins:
        return Margins(self.tape, self.sessions, self.prices)

    @cached_property
    def shorts(self) -> Shorts:
        return Shorts(self.tape, self.sessions)

    @cached_property
    def investors(self) -> Investors:
        return Investors(self.tape, self.sessions, self.prices, list(self.issues.values()))

    @cached_property
    def indices(self) -> Indices:
        return Indices(self.tape, self.sessions, self.prices, list(self.issues.values()))

    def listed(self, day: date, code: str | None = None) -> list[Issue]:
        """What is listed on the day, in the order of codes; of `code` only, when given."""
        ordinal = day.toordinal()
        if code is not None:
            issue = self.issues.get(code)
            return [issue] if issue and issue.is_listed(ordinal) else []
        return [issue for issue in self.issues.values() if issue.listed <= ordinal <= issue.delisted]

    def count_listed(self, day: date) -> int:
        """How many issues are listed on the day, without looking at each."""
        listed, delisted = self._lives
        return bisect_right(listed, day.toordinal()) - bisect_left(delisted, day.toordinal())

    @cached_property
    def _lives(self) -> tuple[list[int], list[int]]:
        issues = self.issues.values()
        return sorted(issue.listed for issue in issues), sorted(issue.delisted for issue in issues)


@lru_cache(maxsize=4)
def market(seed: int, size: int | None = None) -> Market:
    """The same object for the same arguments: it takes a quarter of a second to draw, and never changes."""
    return Market(seed, size)
