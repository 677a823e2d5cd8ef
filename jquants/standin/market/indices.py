"""Indices of the made-up market: each moves as the capitalisation-weighted prices of its members do.

Members are the issues that are listed throughout, and those that came later, which join at the close of
their first day without moving the index. The families of up to a hundred members (Core30, Large70, 100, and
most sectors) have them all; of larger ones the LARGEST members stand for the rest. Indices that include
dividends follow their parent and earn a yield. Highs, lows and opens lie around the closes: they are not
the sum of the members' own, which were not reached at the same moment.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from math import exp
from typing import Final, NamedTuple

from jquants.standin.market.calendar import MARKET_OPENS, Sessions
from jquants.standin.market.issues import NEVER, REIT, STOCK, Issue
from jquants.standin.market.prices import Prices
from jquants.standin.market.sectors import SECTOR_33
from jquants.standin.market.tape import MASK, Tape

TOPIX: Final = "0000"
LARGEST: Final = 40
SMALL_FAMILY: Final = 100
CACHED_CLOSES: Final = 1 << 18
YIELD, NET_YIELD = 0.021, 0.018  # a year, before and after tax
DAYS_A_YEAR: Final = 365.25
CORE, LARGE, MID, SMALL_1 = "TOPIX Core30", "TOPIX Large70", "TOPIX Mid400", "TOPIX Small 1"
SMALL: Final = frozenset({SMALL_1, "TOPIX Small 2"})
LARGEST_SCALES: Final = frozenset({CORE, LARGE})
ALL_OF_TOPIX: Final = SMALL | {CORE, LARGE, MID}
SECTORS_17: Final = tuple(str(number) for number in range(1, 18))


class Bar(NamedTuple):
    """None where an index is known by its close only."""

    open: float | None
    high: float | None
    low: float | None
    close: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    code: str
    has: Callable[[Issue], bool] = lambda _issue: False
    parent: str = ""  # of an index that includes dividends
    earns: float = 0.0  # a year
    starts: date = MARKET_OPENS
    bars_from: date | None = MARKET_OPENS  # until then the close only; None for ever
    ends: date = date.max
    level: float = 1_000.0  # about, at first
    is_premium: bool = False


def _scaled(*scales: str) -> Callable[[Issue], bool]:
    return lambda issue: issue.scale in scales


def _in_sector(code: str) -> Callable[[Issue], bool]:
    return lambda issue: issue.product == STOCK and issue.sector == code


def _in_sector_17(code: str) -> Callable[[Issue], bool]:
    return lambda issue: issue.product == STOCK and SECTOR_33[issue.sector][1] == code


def _listed_on(*markets: str) -> Callable[[Issue], bool]:
    return lambda issue: issue.product == STOCK and issue.market in markets


def _once_on(*markets: str) -> Callable[[Issue], bool]:
    return lambda issue: issue.product == STOCK and issue.market_before in markets


def _reit(part: int | None = None) -> Callable[[Issue], bool]:
    return lambda issue: issue.product == REIT and part in {None, issue.phase % 3}


def _styled(is_value: bool, *scales: str) -> Callable[[Issue], bool]:
    return lambda issue: issue.scale in (scales or ALL_OF_TOPIX) and (issue.phase % 2 == 0) == is_value


def _own() -> list[Index]:
    large, core = (CORE, LARGE, MID), date(2018, 10, 9)
    style, styles = date(2009, 2, 9), (CORE, LARGE, MID)
    segment, reit = date(2022, 6, 27), {"starts": date(2010, 3, 1), "bars_from": date(2010, 3, 8)}
    found = [
        Index(code=TOPIX, has=_scaled(*ALL_OF_TOPIX), level=1_400.0),
        Index(code="0001", has=_once_on("0102"), ends=date(2022, 4, 1), level=2_600.0),
        Index(code="0028", has=_scaled(CORE), level=750.0),
        Index(code="0029", has=_scaled(LARGE), level=1_150.0),
        Index(code="002A", has=_scaled(CORE, LARGE), level=900.0),
        Index(code="002B", has=_scaled(MID), level=1_300.0),
        Index(code="002C", has=_scaled(*large), level=1_050.0),
        Index(code="002D", has=_scaled(*SMALL), level=1_400.0),
        Index(code="002E", has=_scaled(*large, SMALL_1), level=1_300.0),
        Index(code="002F", has=_scaled(SMALL_1), starts=date(2018, 9, 3), bars_from=core),
        Index(code="0070", has=_once_on("0104"), level=650.0),
        Index(code="0075", has=_reit(), level=1_500.0),
        Index(code="0091", has=_once_on("0106"), ends=date(2022, 4, 1), level=60.0),
        Index(code="0500", has=_listed_on("0111"), starts=segment, bars_from=segment),
        Index(code="0501", has=_listed_on("0112"), starts=segment, bars_from=segment),
        Index(code="0502", has=_listed_on("0113"), starts=segment, bars_from=segment),
        Index(code="0503", has=_scaled(*large), starts=date(2023, 5, 29), bars_from=date(2023, 7, 3)),
        Index(code="0504", has=_listed_on("0113"), starts=date(2026, 4, 6), bars_from=date(2026, 4, 6)),
    ]
    sectors = [code for code in SECTOR_33 if code != "9999"]
    found += [
        Index(code=f"{0x40 + n:04X}", has=_in_sector(code), level=500.0 + 60 * n)
        for n, code in enumerate(sectors)
    ]
    found += [
        Index(
            code=f"{0x80 + n:04X}",
            has=_in_sector_17(code),
            starts=date(2009, 2, 2),
            bars_from=date(2009, 2, 2),
            level=400.0 + 50 * n,
        )
        for n, code in enumerate(SECTORS_17)
    ]
    for prefix, is_value in (("81", True), ("82", False)):
        for code, scales in ((f"{prefix}00", ()), (f"{prefix}2C", styles), (f"{prefix}2D", tuple(SMALL))):
            found.append(Index(code=code, has=_styled(is_value, *scales), starts=style, bars_from=style))
    return found + [Index(code=f"850{n + 1}", has=_reit(n), **reit) for n in range(3)]  # type: ignore[arg-type]


def _with_dividends(own: dict[str, Index]) -> list[Index]:
    """Of every plan the first four; the others for Premium."""
    nikkei = _scaled(CORE, LARGE, MID)  # stands for the JPX-Nikkei 400
    found = [
        Index(code="6000", parent="0000", earns=YIELD),
        Index(code="6095", parent="0000", earns=NET_YIELD),
        Index(code="B507", has=nikkei, earns=YIELD, level=12_000.0),
        Index(code="6096", has=nikkei, earns=NET_YIELD, level=12_000.0),
    ]
    parents = {
        f"60{code[2:]}": code
        for code in own
        if code[:2] == "00" and code not in {"0000", "0001", "0070", "0091"}
    }
    del parents["602F"]
    parents |= {"6503": "0503", "6504": "0504"} | {f"700{n}": f"050{n}" for n in range(3)}
    parents |= {f"B{code[1:]}": code for code in own if code[:2] in {"81", "82"}}
    parents |= {f"B50{n}": f"850{n}" for n in (1, 2, 3)}
    found += [
        Index(code=code, parent=parent, earns=YIELD, is_premium=True) for code, parent in parents.items()
    ]
    found.append(Index(code="B500", has=nikkei, earns=2 * YIELD, is_premium=True))
    return [
        replace(index, bars_from=None, starts=own[index.parent].starts if index.parent else index.starts)
        for index in found
    ]


def _all() -> dict[str, Index]:
    own = {index.code: index for index in _own()}
    together = own | {index.code: index for index in _with_dividends(own)}
    return {code: together[code] for code in sorted(together)}


INDICES: Final = _all()


class Indices:
    def __init__(self, tape: Tape, sessions: Sessions, prices: Prices, issues: list[Issue]) -> None:
        self._noise = tape.noise
        self._sessions = sessions
        self._prices = prices
        self._issues = issues
        self._members = lru_cache(maxsize=None)(self._find_members)
        self._segments = lru_cache(maxsize=None)(self._find_segments)
        self._capital = lru_cache(maxsize=CACHED_CLOSES)(self._find_capital)
        self._close = lru_cache(maxsize=CACHED_CLOSES)(self._find_close)

    def bar(self, code: str, session: int) -> Bar:
        index = INDICES[code]
        close = self._close(code, session)
        if index.bars_from is None or self._sessions.days[session] < index.bars_from:
            return Bar(None, None, None, close)
        before = self._close(code, session - 1) if session else close
        at = 41 * session + sum(code.encode()) * 53
        u_open, u_high, u_low = (self._noise[at + n & MASK] for n in range(3))
        first = before + (close - before) * u_open
        high = max(first, close) * (1 + 0.006 * u_high)
        low = min(first, close) * (1 - 0.006 * u_low)
        return Bar(round(first, 2), round(high, 2), round(low, 2), close)

    def on_outage(self, code: str, session: int) -> Bar:
        """The exchange stood still on the day after the session: all is as it closed."""
        close = self._close(code, session)
        if INDICES[code].bars_from is None:
            return Bar(None, None, None, close)
        return Bar(close, close, close, close)

    def members(self, code: str) -> list[Issue]:
        """An index that includes dividends has those of its parent."""
        return self._members(INDICES[code].parent or code)

    def _find_close(self, code: str, session: int) -> float:
        index = INDICES[code]
        own = INDICES[index.parent] if index.parent else index
        level = own.level * self._growth(own.code, session)
        if index.earns:
            days = self._sessions.ordinals[session] - MARKET_OPENS.toordinal()
            level *= exp(index.earns * days / DAYS_A_YEAR)
        return round(level, 2)

    def _growth(self, code: str, session: int) -> float:
        """Of the members' capital since the market opened, chained where a member joined."""
        growth = 1.0
        for start, end, count in self._segments(code):
            if start >= session:
                break
            last = min(end, session)
            growth *= self._capital(code, last, count) / self._capital(code, start, count)
        return growth

    def _find_segments(self, code: str) -> list[tuple[int, int, int]]:
        """(first session, last session, number of members): the founders first, then one after the other."""
        opened = MARKET_OPENS.toordinal()
        days = [date.fromordinal(max(issue.listed, opened)) for issue in self._members(code)]
        joined = [self._sessions.number(day) for day in days]
        edges = sorted({session for session in joined if session > 0})
        return [
            (start, end, sum(at <= start for at in joined))
            for start, end in zip([0, *edges], [*edges, 1 << 30], strict=True)
        ]

    def _find_capital(self, code: str, session: int, count: int) -> float:
        """In yen, of the first members to be listed."""
        day = self._sessions.ordinals[session]
        close = self._prices.close
        return sum(
            close(issue, session) * issue.shares / (issue.factor(0, day) if issue.actions else 1.0)
            for issue in self._members(code)[:count]
        )

    def _find_members(self, code: str) -> list[Issue]:
        """In the order in which they were listed; those of TOPIX for an index that would have none."""
        has = INDICES[code].has
        lasting = [i for i in self._issues if i.delisted == NEVER and i.quiet == 1 and has(i)]
        founders = [issue for issue in lasting if not issue.listed]
        if not founders:
            return self._members(TOPIX)
        if len(founders) > SMALL_FAMILY:
            return sorted(founders, key=_capital_at_first)[-LARGEST:]
        return founders + sorted((i for i in lasting if i.listed and i.scale in LARGEST_SCALES), key=_listing)


def _capital_at_first(issue: Issue) -> float:
    return issue.base * issue.shares


def _listing(issue: Issue) -> int:
    return issue.listed
