"""What is bought and sold on margin and not yet settled, issue by issue; and which issues are watched for it."""

from math import exp
from typing import Final, NamedTuple

from jquants.standin.market.calendar import Sessions
from jquants.standin.market.issues import Issue
from jquants.standin.market.prices import Prices
from jquants.standin.market.tape import MASK, Tape

LOANABLE, NO_MARGIN = "2", "3"
# Of a usual day's volume.
LONG, SHORT, SHORT_UNLOANABLE = 6.0, 1.5, 0.05
MOVE: Final = 0.02  # of a balance with a step of its walk
SPELL: Final = 40  # sessions: each issue has one spell of being watched in so many, or none
WATCHED: Final = 0.03  # share of the spells that are used
CORRECTED: Final = 0.015  # share of the figures that are published again
LIFTED, SUPERVISED = "101", "102"
# (share of the spells, TSEMrgnRegCls): up to that share, a spell is of that kind.
CLASSES: Final = ((0.45, "002"), (0.65, "001"), (0.85, "003"), (0.92, "004"), (0.96, "005"), (1.0, "006"))


class Balance(NamedTuple):
    """Shares. Standardized credit has the exchange's terms, negotiable the broker's."""

    short_negotiable: float
    short_standardized: float
    long_negotiable: float
    long_standardized: float

    @property
    def short(self) -> float:
        return self.short_negotiable + self.short_standardized

    @property
    def long(self) -> float:
        return self.long_negotiable + self.long_standardized


class Watch(NamedTuple):
    classification: str  # TSEMrgnRegCls
    is_first: bool  # of a spell: nothing was published the day before


class Margins:
    def __init__(self, tape: Tape, sessions: Sessions, prices: Prices) -> None:
        self._noise = tape.noise
        self._walk = tape.walk
        self._ordinals = sessions.ordinals
        self._prices = prices

    def balance(self, issue: Issue, session: int) -> Balance:
        """At the end of the session, in the shares of that day."""
        at = issue.noise + session
        usual = issue.lots / (issue.factor(0, self._ordinals[session]) if issue.actions else 1.0)
        short = SHORT if issue.margin == LOANABLE else SHORT_UNLOANABLE
        longs = usual * LONG * exp(MOVE * self._walk[at & MASK])
        shorts = usual * short * exp(MOVE * self._walk[at + 20_011 & MASK])
        negotiable = 0.15 + 0.4 * self._noise[issue.noise + 5 & MASK]
        standardized = 1 - negotiable if issue.margin == LOANABLE else 0.0
        return Balance(
            float(int(shorts * (1 - standardized)) * issue.lot),
            float(int(shorts * standardized) * issue.lot),
            float(int(longs * negotiable) * issue.lot),
            float(int(longs * (1 - negotiable)) * issue.lot),
        )

    def price(self, issue: Issue, session: int) -> float:
        """By which balances are valued: the last close."""
        return self._prices.last(issue, session) or self._prices.close(issue, session)

    def watch(self, issue: Issue, session: int) -> Watch | None:
        """Why the balance of that session is published by itself; None when it is not."""
        slot, age = divmod(session + issue.phase, SPELL)
        at = issue.noise + 17 * slot
        if issue.margin == NO_MARGIN or self._noise[at & MASK] >= WATCHED:
            return None
        length = 4 + int(30 * self._noise[at + 1 & MASK])
        if age >= length:
            return None
        draw = self._noise[at + 2 & MASK]
        classification = next(name for share, name in CLASSES if draw <= share)
        if age == length - 1:
            classification = LIFTED
        elif age == 0 and draw > 0.9:
            classification = SUPERVISED
        return Watch(classification, age == 0)

    def is_corrected(self, issue: Issue, session: int) -> bool:
        """Whether figures published for that session were wrong, and were published again a day later."""
        return self._noise[issue.noise + 19 * session + 3 & MASK] < CORRECTED
