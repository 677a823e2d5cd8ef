"""Prices of contracts: the level of what they are on, and what a day's sessions made of a settlement price."""

from datetime import date
from itertools import chain
from math import exp
from typing import Any, Final, NamedTuple

from jquants.standin.derivatives.products import OLD_SESSIONS_UNTIL, UNDERLYINGS
from jquants.standin.market import OUTAGE, Market
from jquants.standin.market.tape import LENGTH, MASK, REACH

SPREAD: Final = 0.006  # of a session, around its ends
PANIC: Final = 2.9  # of the market's steps, from which margins are called at noon
COLUMNS: Final = tuple(session + price for session in ("", "M", "E", "A") for price in "OHLC")
NO_PRICES: Final = ("", "", "", "")
NOTHING: Final = (0.0, 0.0, 0.0, 0.0)
NORMAL, EMERGENCY = "002", "001"  # EmMrgnTrgDiv
YEAR: Final = 365.0  # days


class Trade(NamedTuple):
    """What there is to say of a contract's day before its prices are drawn."""

    settle: float
    previous: float  # settlement, of the session before; 0.0 on the first day
    lots: int
    tick: float
    key: int  # of its draws
    calm: float = 1.0  # shrinks the spread


class Quotes:
    def __init__(self, market: Market) -> None:
        self._market = market
        self._sessions = market.sessions
        self._tape = market.tape
        self._offsets = {name: place * 3_571 % (LENGTH - REACH) for place, name in enumerate(UNDERLYINGS, 1)}

    def session(self, day: date) -> int:
        return max(self._sessions.number(day), 0)

    def level(self, name: str, session: int) -> float:
        underlying, tape = UNDERLYINGS[name], self._tape
        if underlying.follows:
            return self._market.indices.bar(underlying.follows, session).close
        own = tape.walk[self._offsets[name] + session]
        moved = underlying.drift * session + underlying.beta * tape.market[session]
        return underlying.start * exp(moved + underlying.volatility * own)

    def forward(self, name: str, session: int, days: int) -> float:
        return self.level(name, session) * exp(UNDERLYINGS[name].carry * days / YEAR)

    def is_panic(self, session: int) -> bool:
        market = self._tape.market
        return session > 0 and abs(market[session] - 0.999 * market[session - 1]) > PANIC

    def draw(self, key: int, session: int, step: int) -> float:
        return self._tape.noise[(key * 613 + session * 11 + step) & MASK]

    def day(self, trade: Trade, day: date, session: int) -> dict[str, Any]:
        """The prices of the whole day and of each of its sessions, in the order of the columns."""
        is_first = trade.previous == 0.0
        night = NO_PRICES if is_first else NOTHING
        old = day <= OLD_SESSIONS_UNTIL
        if trade.lots == 0 or day == OUTAGE:
            morning = NOTHING if old else NO_PRICES
            return _columns(NOTHING, morning, night, NOTHING)
        opening = trade.settle if is_first else trade.previous
        middle = opening + (trade.settle - opening) * self.draw(trade.key, session, 1)
        if not is_first and trade.lots > 1:
            night = self._prices(trade, session, 2, opening, middle)
        if not old:
            after = self._prices(trade, session, 4, middle, trade.settle)
            return _columns(_together(night, after), NO_PRICES, night, after)
        noon = middle + (trade.settle - middle) / 2
        morning = self._prices(trade, session, 6, middle, noon)
        after = self._prices(trade, session, 8, noon, trade.settle)
        return _columns(_together(night, morning, after), morning, night, after)

    def _prices(
        self, trade: Trade, session: int, step: int, first: float, last: float
    ) -> tuple[float, float, float, float]:
        over, under = (SPREAD * trade.calm * self.draw(trade.key, session, step + side) for side in (0, 1))
        high, low = max(first, last) * (1 + over), min(first, last) * (1 - under)
        opening, top, bottom, close = (on_grid(price, trade.tick) for price in (first, high, low, last))
        return opening, top, bottom, close


def emergency(row: dict[str, Any]) -> dict[str, Any]:
    """The second record of a day whose margins were called at noon, from the price there was then."""
    settled = row["AO"] if row["Settle"] and row["AO"] else row["Settle"]
    return {**row, "EmMrgnTrgDiv": EMERGENCY, "Settle": settled}


def on_grid(price: float, tick: float) -> float:
    """Never below one tick."""
    return float(round(max(round(price / tick), 1) * tick, 6))


def _columns(*parts: tuple[Any, ...]) -> dict[str, Any]:
    """The prices of the whole day, the morning, the night and the afternoon."""
    return dict(zip(COLUMNS, chain(*parts), strict=True))


def _together(*sessions: tuple[Any, ...]) -> tuple[float, float, float, float]:
    traded = [prices for prices in sessions if prices[0]]
    return (
        traded[0][0],
        max(prices[1] for prices in traded),
        min(prices[2] for prices in traded),
        traded[-1][3],
    )
