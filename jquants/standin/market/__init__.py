"""A made-up stock market: the same for the same seed, on real trading days, with the oddities of the real one."""

from datetime import date
from functools import lru_cache
from typing import Final

from jquants.standin.market import universe
from jquants.standin.market.calendar import OUTAGE, Sessions
from jquants.standin.market.issues import Issue
from jquants.standin.market.prices import Prices
from jquants.standin.market.tape import Tape

__all__ = ["OUTAGE", "Issue", "Market", "market"]


class Market:
    def __init__(self, seed: int) -> None:
        self.seed: Final = seed
        self.issues: Final = universe.build(seed)
        self.sessions: Final = Sessions()
        self.tape: Final = Tape(seed)
        self.prices: Final = Prices(self.tape, self.sessions)

    def listed(self, day: date, code: str | None = None) -> list[Issue]:
        """What is listed on the day, in the order of codes; of `code` only, when given."""
        ordinal = day.toordinal()
        if code is not None:
            issue = self.issues.get(code)
            return [issue] if issue and issue.is_listed(ordinal) else []
        return [issue for issue in self.issues.values() if issue.listed <= ordinal <= issue.delisted]


@lru_cache(maxsize=4)
def market(seed: int) -> Market:
    """The same object for the same seed: it takes a quarter of a second to draw, and never changes."""
    return Market(seed)
