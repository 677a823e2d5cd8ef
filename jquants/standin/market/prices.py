"""What an issue did in one session: any session of any issue, without computing those before it."""

from math import exp
from typing import Final, NamedTuple

from jquants.standin.market.calendar import Sessions
from jquants.standin.market.issues import Issue
from jquants.standin.market.tape import MASK, Tape
from jquants.standin.market.ticks import TickTable, at_or_below, limits, nearest

# A liquid issue has a slot for a day at the daily limit every SPACING sessions and uses some of them.
# The price keeps a part of the jump and loses it over FADE sessions. For SETTLING sessions after it,
# closes are held inside the limits; then they are back on the issue's path.
SPACING: Final = 64
USED: Final = 0.3
FADE: Final = 24
SETTLING: Final = 6
JUMP: Final = 0.10  # kept of the jump at first, as a logarithm
# With fewer lots the morning trades at the open only, and the afternoon at the close.
FEW: Final = 8
LOWEST_JUMPING: Final = 100.0  # yen: below it a limit is a third of the price and more


Prices4 = tuple[float, float, float, float]  # open, high, low, close


class Quote(NamedTuple):
    """A session with trades, or half of one. Prices in yen, volume in shares, value in yen."""

    open: float
    high: float
    low: float
    close: float
    limit_up: bool
    limit_down: bool
    volume: float
    value: float


class Prices:
    def __init__(self, tape: Tape, sessions: Sessions) -> None:
        self._walk = tape.walk
        self._market = tape.market
        self._noise = tape.noise
        self._ordinals = sessions.ordinals

    def quote(self, issue: Issue, session: int) -> Quote | None:
        """None when nobody traded."""
        if issue.quiet != 1 and not self._trades(issue, session):
            return None
        day = self._ordinals[session]
        table = issue.ticks(day)
        close = self.close(issue, session)
        at = issue.noise + 5 * session & MASK
        u_open, u_high, u_low, u_lots = self._noise[at : at + 4]
        base = self.base(issue, session)
        shares = issue.factor(0, day) if issue.actions else 1.0
        lots = int(issue.lots * (0.35 + 1.9 * u_lots * u_lots) / shares) + 1
        start = close if base is None or lots == 1 else base
        first = nearest(start + (close - start) * u_open, table)
        high, low = max(first, close), min(first, close)
        if lots >= FEW:
            spread = issue.volatility + 0.002
            high = nearest(high * (1 + spread * u_high), table)
            low = nearest(low * (1 - spread * u_low), table)
        limit_up = limit_down = False
        if base is not None:
            lowest, highest = limits(base, table)
            first = min(max(first, lowest), highest)
            high, low = min(high, highest), max(low, lowest)
            limit_up, limit_down = high == highest, low == lowest
        value = _value(lots, (first, high, low, close), table, issue.lot)
        return Quote(first, high, low, close, limit_up, limit_down, float(lots * issue.lot), value)

    def base(self, issue: Issue, session: int) -> float | None:
        """The price the day's limits are counted from: the last close, less what the shares lost since.

        None on an issue's first day of trading.
        """
        last = session - 1
        ordinals = self._ordinals
        while last >= 0 and ordinals[last] >= issue.listed:
            if issue.quiet == 1 or self._trades(issue, last):
                day = ordinals[session]
                factor = issue.factor(ordinals[last], day) if issue.actions else 1.0
                close = self.close(issue, last)
                return close if factor == 1.0 else nearest(close * factor, issue.ticks(day))
            last -= 1
        return None

    def last(self, issue: Issue, session: int) -> float | None:
        """The close of the session or, when nobody traded, the price the day started from.

        None before an issue's first trade.
        """
        if issue.quiet == 1 or self._trades(issue, session):
            return self.close(issue, session)
        return self.base(issue, session)

    def close(self, issue: Issue, session: int) -> float:
        """The last price of a session with trades."""
        age = (session + issue.phase) % SPACING
        if age < FADE and issue.quiet == 1 and (jump := self._jump(issue, session, age)):
            return self._close_after_jump(issue, session, age, jump)
        return nearest(self._path(issue, session), issue.ticks(self._ordinals[session]))

    def _close_after_jump(self, issue: Issue, session: int, age: int, jump: float) -> float:
        table = issue.ticks(self._ordinals[session])
        fair = nearest(self._path(issue, session) * exp(jump * (1 - age / FADE)), table)
        if age >= SETTLING or (base := self.base(issue, session)) is None:
            return fair
        lowest, highest = limits(base, table)
        if age == 0 and base >= LOWEST_JUMPING:
            return highest if jump > 0 else lowest
        return min(max(fair, lowest), highest)

    def _jump(self, issue: Issue, session: int, age: int) -> float:
        """The jump whose slot lies `age` sessions back; 0.0 when it is not used or came before the listing."""
        slot = (session + issue.phase) // SPACING
        lottery = self._noise[issue.noise + 7 * slot & MASK]
        before = session - age - 1
        if lottery >= USED or before < 0 or self._ordinals[before] < issue.listed:
            return 0.0
        return JUMP if lottery < USED / 2 else -JUMP

    def _path(self, issue: Issue, session: int) -> float:
        """The price off the grid."""
        one, other = issue.walks
        walk = self._walk
        level = issue.volatility * (walk[one + session] + walk[other + session])
        price = issue.base * exp(level + issue.beta * self._market[session])
        return price * issue.factor(0, self._ordinals[session]) if issue.actions else price

    def _trades(self, issue: Issue, session: int) -> bool:
        if (session + issue.phase) % issue.quiet == 0:
            return True
        return self._noise[issue.noise + 3 * session + 1 & MASK] < issue.trade_chance


def halves(issue: Issue, day: int, quote: Quote, *, half_day: bool) -> tuple[Quote | None, Quote | None]:
    """The morning and the afternoon: their volumes, values and extremes make up the day's.

    None where there was no trade, and for the afternoon of a half day.
    """
    if half_day:
        return quote, None
    lots = int(quote.volume) // issue.lot
    if lots == 1:
        return None, quote
    early = _early(lots)
    morning, afternoon = _split(lots, quote[:4], issue.ticks(day))
    return (
        _part(quote, morning, early, issue.lot),
        _part(quote, afternoon, lots - early, issue.lot),
    )


def spread(lots: int) -> tuple[int, int, int, int]:
    """How many of a half's lots change hands at its open, high, low and close."""
    if lots < 4:
        return 0, 0, 0, lots
    ends = max(lots // 8, 1)
    high = (lots - 2 * ends) // 2
    return ends, high, lots - 2 * ends - high, ends


def _early(lots: int) -> int:
    return lots * 11 // 20 if lots >= FEW else lots // 2


def _split(lots: int, prices: Prices4, table: TickTable) -> tuple[Prices4, Prices4]:
    """Open, high, low and close of the morning and of the afternoon. A rising day has its low in the
    morning and its high in the afternoon, a falling one the reverse.
    """
    first, high, low, last = prices
    if lots < FEW:
        return (first,) * 4, (last,) * 4
    noon = max(at_or_below((first + high + low + last) / 4, table), low)
    if last >= first:
        return (first, max(first, noon), low, noon), (noon, high, min(noon, last), last)
    return (first, high, min(first, noon), noon), (noon, max(noon, last), low, last)


def _value(lots: int, prices: Prices4, table: TickTable, lot: int) -> float:
    """Yen of a day: what its trades come to."""
    if lots == 1:
        return float(round(prices[3] * lot))
    early = _early(lots)
    morning, afternoon = _split(lots, prices, table)
    return _paid(early, morning, lot) + _paid(lots - early, afternoon, lot)


def _paid(lots: int, prices: Prices4, lot: int) -> float:
    first, high, low, last = prices
    at_open, at_high, at_low, at_close = spread(lots)
    return float(round((at_open * first + at_high * high + at_low * low + at_close * last) * lot))


def _part(day: Quote, prices: Prices4, lots: int, lot: int) -> Quote:
    touched_up = day.limit_up and prices[1] == day.high
    touched_down = day.limit_down and prices[2] == day.low
    return Quote(*prices, touched_up, touched_down, float(lots * lot), _paid(lots, prices, lot))
