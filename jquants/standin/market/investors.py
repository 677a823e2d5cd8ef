"""What kinds of investors sold and bought in a week, by section of the market.

A section's turnover is taken from its largest issues on the week's last session. It is of the order of what
daily bars add up to, as the exchange's own figures are, which leave out the smaller brokers.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from jquants.standin.market.calendar import (
    MARKET_OPENS,
    ONE_DAY,
    Sessions,
    trading_day_from,
    trading_day_until,
)
from jquants.standin.market.issues import RESTRUCTURED, Issue
from jquants.standin.market.prices import Prices
from jquants.standin.market.tape import MASK, Tape

PUBLISHED_AFTER: Final = 4  # trading days from the end of a week
CORRECTIONS_FROM: Final = date(2023, 4, 3)
CORRECTED: Final = 0.03
THOUSAND: Final = 1e3
LARGEST: Final = 12
ALL_SECTIONS: Final = "TokyoNagoya"
SECTIONS_BEFORE: Final = {
    "TSE1st": ("0101",),
    "TSE2nd": ("0102",),
    "TSEMothers": ("0104",),
    "TSEJASDAQ": ("0106", "0107"),
}
SECTIONS: Final = {"TSEPrime": ("0111",), "TSEStandard": ("0112",), "TSEGrowth": ("0113",)}
PROPRIETARY: Final = 0.11
# Of the whole turnover, what goes through brokers.
KINDS: Final = {
    "Ind": 0.22,
    "Frgn": 0.56,
    "SecCo": 0.01,
    "InvTr": 0.025,
    "BusCo": 0.012,
    "OthCo": 0.005,
    "InsCo": 0.005,
    "Bank": 0.006,
    "TrstBnk": 0.04,
    "OthFin": 0.007,
}


class Week(NamedTuple):
    first: date
    last: date

    @property
    def published(self) -> date:
        return _published(self.last)


@lru_cache(maxsize=1 << 12)
def _published(last: date) -> date:
    day = last
    for _ in range(PUBLISHED_AFTER):
        day = trading_day_from(day + ONE_DAY)
    return day


class Traded(NamedTuple):
    """Thousand yen by kind of investor: (sold, bought)."""

    section: str
    proprietary: tuple[int, int]
    kinds: dict[str, tuple[int, int]]


class Investors:
    def __init__(self, tape: Tape, sessions: Sessions, prices: Prices, issues: list[Issue]) -> None:
        self._noise = tape.noise
        self._sessions = sessions
        self._prices = prices
        self._scales: dict[str, tuple[list[Issue], float]] = {}
        for sections, before in ((SECTIONS_BEFORE, True), (SECTIONS, False)):
            for name, markets in sections.items():
                members = [i for i in issues if (i.market_before if before else i.market) in markets]
                lasting = sorted(members, key=_usual, reverse=True)[: 4 * LARGEST]
                whole = (
                    sum(_usual(issue) for issue in members) * 0.7
                )  # the others: not all are listed at once
                self._scales[name] = lasting, whole
        # A week is told twice, by itself and with its corrections, and all weeks in each answer.
        self.week: Final = lru_cache(maxsize=1 << 11)(self._week)

    def _week(self, week: Week) -> list[Traded]:
        """By section; the last is all of them, and Nagoya."""
        names = SECTIONS if week.last.toordinal() >= RESTRUCTURED else SECTIONS_BEFORE
        turnovers = {name: self._turnover(name, week) for name in names}
        turnovers[ALL_SECTIONS] = 1.0004 * sum(turnovers.values())
        return [self._traded(name, week, turnover) for name, turnover in turnovers.items()]

    def is_corrected(self, section: str, week: Week) -> bool:
        """Whether the week's figures were published again with those of the next week."""
        at = self._place(section, week) + 40
        return week.published >= CORRECTIONS_FROM and self._noise[at & MASK] < CORRECTED

    def _turnover(self, name: str, week: Week) -> float:
        """In yen."""
        issues, whole = self._scales[name]
        session = self._sessions.number(week.last)
        day = self._sessions.ordinals[session]
        listed = [issue for issue in issues if issue.is_listed(day)][:LARGEST]
        traded = ((issue, self._prices.quote(issue, session)) for issue in listed)
        value = sum(quote.value for _, quote in traded if quote)
        usual = sum(_usual(issue) for issue in listed)
        return value / usual * whole * len(self._sessions.between(week.first, week.last))

    def _traded(self, section: str, week: Week, turnover: float) -> Traded:
        at = self._place(section, week)
        draws = iter([self._noise[at + n & MASK] for n in range(2 * len(KINDS) + 2)])

        def part(share: float) -> int:
            return int(turnover / THOUSAND * share * (0.94 + 0.12 * next(draws)))

        kinds = {kind: (part(share), part(share)) for kind, share in KINDS.items()}
        sold = part(PROPRIETARY)
        # Brokers themselves took the other side, but for what smaller brokers did.
        through = sum(sell for sell, _ in kinds.values()) - sum(buy for _, buy in kinds.values())
        bought = max(sold + through + int(turnover / THOUSAND * 0.002 * next(draws)), 0)
        return Traded(section, (sold, bought), kinds)

    def _place(self, section: str, week: Week) -> int:
        return 101 * (week.last.toordinal() // 7) + 8_009 * len(section) + 31 * ord(section[-1])


def _usual(issue: Issue) -> float:
    """Yen traded on a usual day, in a market that does not move."""
    return issue.lots * issue.lot * issue.base


@lru_cache(maxsize=1 << 12)
def week_of(day: date) -> Week | None:
    """None for a week without a session."""
    monday = day - timedelta(days=day.weekday())
    first, last = trading_day_from(monday), trading_day_until(monday + timedelta(days=4))
    return Week(first, last) if first <= last else None


def weeks_published(first: date, last: date) -> Iterator[Week]:
    """Those whose figures came out in the span, oldest first."""
    day = max(first, MARKET_OPENS) - timedelta(days=28)
    while day <= last:
        if (week := week_of(day)) and week.last >= MARKET_OPENS and first <= week.published <= last:
            yield week
        day += timedelta(days=7)
