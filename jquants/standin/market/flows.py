"""Who was on either side of a session's trades: the same split for one issue and for a whole sector."""

from typing import Final, NamedTuple

from jquants.standin.market.calendar import Sessions
from jquants.standin.market.issues import Issue
from jquants.standin.market.prices import Prices
from jquants.standin.market.sectors import SECTOR_33
from jquants.standin.market.tape import MASK, Tape

LOANABLE, NO_MARGIN = "2", "3"
STRIDE: Final = 13  # where a session's flows read the tape


class Side(NamedTuple):
    """Seven parts of the day's trades; four are sold, three bought, and either come to the day's total."""

    long_sold: float
    short_sold: float  # but on margin
    margin_sold: float  # new short positions
    margin_sold_off: float  # long positions closed
    long_bought: float
    margin_bought: float
    margin_bought_back: float


class Flow(NamedTuple):
    volume: Side  # shares
    value: Side  # yen
    restricted: float  # of what was sold short, in yen, under price restrictions


class Sector(NamedTuple):
    """Yen sold in a session by the issues of a TSE-33 sector."""

    code: str
    long: float
    restricted: float
    free: float


class Flows:
    def __init__(self, tape: Tape, sessions: Sessions, prices: Prices, issues: list[Issue]) -> None:
        self._noise = tape.noise
        self._sessions = sessions
        self._prices = prices
        self._sectors: dict[str, list[Issue]] = {code: [] for code in SECTOR_33}
        for issue in issues:
            self._sectors[issue.sector].append(issue)

    def of(self, issue: Issue, session: int) -> Flow | None:
        """None when nobody traded."""
        quote = self._prices.quote(issue, session)
        if quote is None:
            return None
        at = issue.noise + STRIDE * session & MASK
        short, new, closed, bought = self._noise[at : at + 4]
        lots = int(quote.volume) // issue.lot
        on_margin = 0.0 if issue.margin == NO_MARGIN else 1.0
        parts = (
            int(lots * (0.25 + 0.3 * short)),
            int(lots * 0.06 * new) if issue.margin == LOANABLE else 0,
            int(lots * 0.14 * closed * on_margin),
            int(lots * 0.14 * bought * on_margin),
            int(lots * 0.05 * closed) if issue.margin == LOANABLE else 0,
        )
        value = _side(quote.value, [round(quote.value * part / lots) for part in parts])
        volume = _side(quote.volume, [part * issue.lot for part in parts])
        restricted = float(round((value.short_sold + value.margin_sold) * (0.7 + 0.25 * closed)))
        return Flow(volume, value, restricted)

    def sector(self, code: str, session: int) -> Sector:
        day = self._sessions.ordinals[session]
        long = short = restricted = 0.0
        for issue in self._sectors[code]:
            if issue.listed <= day <= issue.delisted and (flow := self.of(issue, session)):
                long += flow.value.long_sold + flow.value.margin_sold_off
                short += flow.value.short_sold + flow.value.margin_sold
                restricted += flow.restricted
        return Sector(code, long, restricted, short - restricted)


def _side(total: float, parts: list[int]) -> Side:
    short, new, closed, bought, bought_back = (float(part) for part in parts)
    sold_long = total - short - new - closed
    return Side(sold_long, short, new, closed, total - bought - bought_back, bought, bought_back)
