"""Every trade of an issue in a session: together they make up its morning and its afternoon."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from math import isqrt
from typing import Final, NamedTuple

from jquants.standin.market.issues import Issue
from jquants.standin.market.prices import Prices, Quote, halves, spread
from jquants.standin.market.tape import MASK, Tape
from jquants.standin.market.ticks import step_at

# Seconds since midnight. With the longer afternoon came an auction at its end, and five minutes before it
# in which orders are only collected.
MORNING: Final = (9 * 3600.0, 11.5 * 3600.0)
AFTERNOON: Final = (12.5 * 3600.0, 15 * 3600.0)
LONG_AFTERNOON: Final = (12.5 * 3600.0, 15.5 * 3600.0)
LONG_FROM: Final = date(2024, 11, 5).toordinal()
BEFORE_AUCTION: Final = 300.0
LIQUID: Final = 40  # lots of half a day from which on there is a trade at its first and its last moment
OFF_CENTRE: Final = 900.0  # seconds by which the first and last trades of other issues lie inside
WANDERING: Final = 0.6  # of the half's range: how far trades stray from the way between its extremes
STRIDE: Final = 211  # where a session's trades read the tape


class Trade(NamedTuple):
    at: float  # seconds since midnight
    price: float
    lots: int


class Minute(NamedTuple):
    number: int  # since midnight
    open: float
    high: float
    low: float
    close: float
    volume: float
    value: float


class Trades:
    def __init__(self, tape: Tape, prices: Prices, ordinals: list[int]) -> None:
        self._noise = tape.noise[: MASK + 1] * 2
        self._prices = prices
        self._ordinals = ordinals

    def of(self, issue: Issue, session: int) -> Iterator[Trade]:
        """In the order of time. Half days are taken for whole ones: no minute is known of their times."""
        quote = self._prices.quote(issue, session)
        if quote is None:
            return iter(())
        day = self._ordinals[session]
        morning, afternoon = halves(issue, day, quote, half_day=False)
        start = issue.noise + STRIDE * session
        late = LONG_AFTERNOON if day >= LONG_FROM else AFTERNOON
        last_order = late[1] - (BEFORE_AUCTION if day >= LONG_FROM else 0)
        return chain(
            self._half(issue, day, morning, start, MORNING, MORNING[1]) if morning else (),
            self._half(issue, day, afternoon, start + 7_001, late, last_order) if afternoon else (),
        )

    def minutes(self, issue: Issue, session: int) -> Iterator[Minute]:
        """Those with trades; volume in shares, value in yen."""
        current, lot = -1, issue.lot
        first = high = low = last = paid = 0.0
        lots = 0
        for at, price, count in self.of(issue, session):
            number = int(at / 60)
            if number != current:
                if lots:
                    yield Minute(current, first, high, low, last, float(lots * lot), float(round(paid * lot)))
                current, first, high, low, paid, lots = number, price, price, price, 0.0, 0
            elif price > high:
                high = price
            elif price < low:
                low = price
            last = price
            paid += price * count
            lots += count
        if lots:
            yield Minute(current, first, high, low, last, float(lots * lot), float(round(paid * lot)))

    def _half(
        self, issue: Issue, day: int, half: Quote, start: int, hours: tuple[float, float], last_order: float
    ) -> Iterator[Trade]:
        lots = int(half.volume) // issue.lot
        at_open, at_high, at_low, at_close = spread(lots)
        first, last = hours
        at = start & MASK
        if lots < LIQUID:
            first += 60 + OFF_CENTRE * self._noise[at]
            last = last_order - 60 - OFF_CENTRE * self._noise[at + 1]
            last_order = last
        if not at_open:
            yield Trade(last, half.close, lots)
            return
        yield Trade(first, half.open, at_open)
        between = self._between(issue, day, half, at_high, at_low, at + 2)
        room = (last_order - first - 1) / len(between)
        noise = self._noise
        for number, (price, count) in enumerate(between):
            yield Trade(first + 0.5 + (number + noise[at + number]) * room, price, count)
        yield Trade(last, half.close, at_close)

    def _between(
        self, issue: Issue, day: int, half: Quote, at_high: int, at_low: int, at: int
    ) -> list[tuple[float, int]]:
        """The trades (price, lots) between the first and the last.

        Lots of the high and of the low move towards each other in pairs, by the same number of ticks: the
        sum paid stays what it is.
        """
        high, low = half.high, half.low
        table = issue.ticks(day)
        step = step_at(high, table)
        ticks = round((high - low) / step) if step == step_at(low, table) else 0
        pairs = min(isqrt(at_high + at_low) // 2, min(at_high, at_low) - 1)
        lots = min(at_high, at_low) // (pairs + 1)
        trades = [(high, at_high - pairs * lots), (low, at_low - pairs * lots)]
        noise = self._noise
        for number in range(at, at + pairs):
            shift = int(noise[number] * (ticks + 1)) * step
            trades.append((round(high - shift, 1), lots))
            trades.append((round(low + shift, 1), lots))
        sign = 1.0 if half.close >= half.open else -1.0
        stray = (high - low) * WANDERING
        keys = [sign * price + stray * noise[at + 3 * n] for n, (price, _) in enumerate(trades)]
        order = sorted(range(len(trades)), key=keys.__getitem__)
        return [trades[number] for number in order]
