"""Which issues were ever listed: drawn from the seed alone, the same whatever day it is asked for."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final, NamedTuple

from jquants.standin.market.calendar import MARKET_OPENS
from jquants.standin.market.famous import FAMOUS, Famous
from jquants.standin.market.issues import (
    FOREIGN,
    FUND,
    NEVER,
    REIT,
    REVERSE_SPLIT,
    RIGHTS_ISSUE,
    SPLIT,
    STOCK,
    Action,
    Issue,
    Name,
)
from jquants.standin.market.names import NameMaker
from jquants.standin.market.sectors import SECTOR_33
from jquants.standin.market.tape import MASK, Tape

OPENS: Final = MARKET_OPENS.toordinal()
LAST_YEAR: Final = 2040  # of listings; the market only shrinks after it
YEAR: Final = 365.25  # days

LISTED_AT_FIRST: Final = 3_900
LISTINGS_A_YEAR: Final = 105
DELISTING_RATE: Final = 0.019  # a year: with the two above, about 4,400 issues are listed in 2026
LETTERS_FROM: Final = 2024  # codes of new listings carry a letter: 130A0, 131A0, ...

SPLIT_RATE, REVERSE_SPLIT_RATE, RIGHTS_RATE, RENAME_RATE = 0.022, 0.005, 0.0006, 0.012  # a year and issue
SPLIT_FACTORS: Final = (0.5,) * 10 + (0.3333333,) * 4 + (0.2, 0.2, 0.25, 0.1, 0.6666667, 0.9090909, 0.01)
REVERSE_FACTORS: Final = (10.0, 10.0, 5.0, 2.0, 20.0)
RIGHTS_FACTORS: Final = (0.93, 0.95, 0.97)
QUIET_DAYS: Final = 60  # after a listing, before the first corporate action


class Kind(NamedTuple):
    """A class of issues: its share of the listings, and its market before and after April 2022."""

    weight: float
    product: str
    market_before: str
    market: str
    margin: str = "1"
    pro: bool = False


KINDS_AT_FIRST: Final = (
    Kind(0.42, STOCK, "0101", "0111", "2"),
    Kind(0.13, STOCK, "0102", "0112"),
    Kind(0.22, STOCK, "0106", "0112"),
    Kind(0.09, STOCK, "0104", "0113"),
    Kind(0.03, STOCK, "0107", "0113"),
    Kind(0.07, FUND, "0109", "0109", "2"),
    Kind(0.014, REIT, "0109", "0109", "2"),
    Kind(0.024, STOCK, "0105", "0105", "3", pro=True),
    Kind(0.002, FOREIGN, "0101", "0112"),
)
KINDS_LATER: Final = (
    Kind(0.06, STOCK, "0101", "0111"),
    Kind(0.15, STOCK, "0102", "0112"),
    Kind(0.50, STOCK, "0104", "0113"),
    Kind(0.14, FUND, "0109", "0109", "2"),
    Kind(0.02, REIT, "0109", "0109", "2"),
    Kind(0.13, STOCK, "0105", "0105", "3", pro=True),
)
SCALES: Final = (("TOPIX Core30", 25), ("TOPIX Large70", 68), ("TOPIX Mid400", 398), ("TOPIX Small 1", 500))
PREFERRED_SHARES: Final = 6


def build(seed: int) -> list[Issue]:
    """Every issue of 2008 to LAST_YEAR, in the order of the codes."""
    return sorted(_Universe(seed).issues(), key=lambda issue: issue.code)


class _Universe:
    def __init__(self, seed: int) -> None:
        self._random = Random(f"universe:{seed}")  # noqa: S311 - the same seed must give the same market
        self._names = NameMaker(self._random)
        self._sectors = [code for code, (_, _, weight) in SECTOR_33.items() if weight]
        self._sector_weights = [weight for _, _, weight in SECTOR_33.values() if weight]
        self._scales = [name for name, count in SCALES for _ in range(count)][::-1]
        self._numbers = self._free_numbers()
        self._letters = _letter_codes()

    def issues(self) -> list[Issue]:
        found = [self._famous(famous) for famous in FAMOUS]
        found += [self._issue(kind, 0) for kind in self._kinds(KINDS_AT_FIRST, LISTED_AT_FIRST)]
        for year in range(MARKET_OPENS.year, LAST_YEAR + 1):
            found += self._listings(year)
        return found + self._preferred(found)

    def _free_numbers(self) -> list[str]:
        numbers = {f"{number}0" for number in range(1301, 10_000)} - {famous.code for famous in FAMOUS}
        codes = sorted(numbers)
        self._random.shuffle(codes)
        return codes

    def _kinds(self, kinds: tuple[Kind, ...], count: int) -> list[Kind]:
        return self._random.choices(kinds, [kind.weight for kind in kinds], k=count)

    def _listings(self, year: int) -> list[Issue]:
        first = max(date(year, 1, 4).toordinal(), OPENS + 1)
        last = date(year, 12, 26).toordinal()
        days = sorted(self._random.randint(first, last) for _ in range(LISTINGS_A_YEAR))
        return [
            self._issue(kind, day)
            for kind, day in zip(self._kinds(KINDS_LATER, len(days)), days, strict=True)
        ]

    def _issue(self, kind: Kind, listed: int) -> Issue:
        random = self._random
        delisted = self._last_day(listed)
        prime = kind.product == STOCK and kind.market == "0111"
        scale = self._scale(delisted) if prime and not listed else "TOPIX Small 2" if prime else "-"
        actions = () if kind.product == FUND or kind.pro else self._actions(listed, delisted)
        base = self._base(kind, actions)
        volatility, quiet, chance = self._temper(kind, scale)
        capital = random.lognormvariate(24.2, 1.0) * _size(scale)
        return Issue(
            code=next(self._letters) if listed >= _year(LETTERS_FROM) else self._numbers.pop(),
            names=self._named(kind, listed, delisted),
            sector=self._sector(kind),
            scale=scale,
            market_before=kind.market_before,
            market=kind.market,
            margin=kind.margin,
            product=kind.product,
            listed=listed,
            delisted=delisted,
            actions=actions,
            base=base,
            walks=(Tape.offset(random), Tape.offset(random)),
            noise=random.randint(0, MASK),
            volatility=volatility,
            beta=random.uniform(0.2, 1.1) * (0.007 if quiet == 1 else 0.002),
            quiet=quiet,
            trade_chance=chance,
            phase=random.randint(0, MASK),
            shares=round(capital / base, -3) + 1_000,
            lots=max(1.0, capital / base / 100 * random.uniform(0.001, 0.004)) if quiet == 1 else 2.0,
            lot=_lot(kind.product),
        )

    def _famous(self, famous: Famous) -> Issue:
        random = self._random
        fund = famous.product == FUND
        return Issue(
            code=famous.code,
            names=famous.names,
            sector=famous.sector,
            scale=famous.scale,
            market_before="0109" if fund else "0101",
            market="0109" if fund else "0111",
            margin="2",
            product=famous.product,
            listed=famous.listed,
            actions=famous.actions,
            base=famous.base,
            walks=(Tape.offset(random), Tape.offset(random)),
            noise=random.randint(0, MASK),
            volatility=0.006,
            beta=0.007,
            phase=random.randint(0, MASK),
            shares=famous.shares,
            lots=famous.shares / 100 * 0.003,
            lot=_lot(famous.product),
        )

    def _preferred(self, issues: list[Issue]) -> list[Issue]:
        """Preferred shares of some companies: the same four characters, then 5."""
        random = self._random
        lasting = [
            i
            for i in issues
            if i.product == STOCK and i.delisted == NEVER and not i.listed and i.scale != "-"
        ]
        commons = random.sample(lasting[len(FAMOUS) :], PREFERRED_SHARES)
        return [self._preferred_of(common) for common in commons]

    def _preferred_of(self, common: Issue) -> Issue:
        random = self._random
        first = common.names[0]
        return Issue(
            code=common.code[:4] + "5",
            names=(Name(0, first.japanese + "　優先株式", first.english + " Preferred"),),
            sector=common.sector,
            market_before=common.market_before,
            market=common.market,
            base=1_500.0,
            walks=(common.walks[0], Tape.offset(random)),
            noise=random.randint(0, MASK),
            volatility=0.004,
            beta=0.002,
            quiet=4,
            trade_chance=0.8,
            phase=random.randint(0, MASK),
            shares=round(common.shares / 10),
            lots=10.0,
        )

    def _last_day(self, listed: int) -> int:
        lived = int(self._random.expovariate(DELISTING_RATE) * YEAR)
        day = max(listed, OPENS) + QUIET_DAYS + lived
        return day if day < _year(LAST_YEAR + 1) else NEVER

    def _scale(self, delisted: int) -> str:
        """The largest sizes go to companies that stay."""
        return self._scales.pop() if delisted == NEVER and self._scales else "TOPIX Small 2"

    def _sector(self, kind: Kind) -> str:
        if kind.product == FUND:
            return "9999"
        return (
            "8050" if kind.product == REIT else self._random.choices(self._sectors, self._sector_weights)[0]
        )

    def _named(self, kind: Kind, listed: int, delisted: int) -> tuple[Name, ...]:
        if kind.product == FUND:
            return (Name(0, *self._names.fund()),)
        if kind.product == REIT:
            return (Name(0, *self._names.reit()),)
        names = [Name(0, *self._names.company())]
        # Some names come with blanks at their end, and stay so.
        if self._random.random() < 0.01:
            names = [Name(0, names[0].japanese + "  ", names[0].english)]
        names += [Name(day, *self._names.company()) for day in self._days(RENAME_RATE, listed, delisted)]
        return tuple(names)

    def _days(self, rate: float, listed: int, delisted: int) -> list[int]:
        """Days of events that come `rate` times a year, at least QUIET_DAYS apart."""
        day = float(max(listed, OPENS) + QUIET_DAYS)
        end = min(delisted, _year(LAST_YEAR + 1))
        days = []
        while (day := day + self._random.expovariate(rate) * YEAR) < end:
            days.append(int(day))
            day += QUIET_DAYS
        return days

    def _actions(self, listed: int, delisted: int) -> tuple[Action, ...]:
        random = self._random
        kinds = (
            (SPLIT, SPLIT_RATE, SPLIT_FACTORS),
            (REVERSE_SPLIT, REVERSE_SPLIT_RATE, REVERSE_FACTORS),
            (RIGHTS_ISSUE, RIGHTS_RATE, RIGHTS_FACTORS),
        )
        kind, _, factors = random.choices(kinds, [rate for _, rate, _ in kinds])[0]
        rate = sum(rate for _, rate, _ in kinds)
        # An issue has one kind only: splitting and merging the same shares would be odd.
        return tuple(
            Action(day, random.choice(factors), kind) for day in self._days(rate, listed, delisted)[:3]
        )

    def _base(self, kind: Kind, actions: tuple[Action, ...]) -> float:
        """Yen on the first day; high before splits and low before reverse splits, so as to end plausible."""
        if kind.product == REIT:
            return self._random.uniform(60_000, 400_000)
        usual = self._random.lognormvariate(7.0, 0.7)
        for action in actions:
            usual /= action.factor
        return min(max(usual, 15.0), 900_000.0)

    def _temper(self, kind: Kind, scale: str) -> tuple[float, int, float]:
        """Volatility of each walk, spacing of sure trades, chance of a trade on other days.

        With the cut of the tape's steps, a liquid issue moves less than 12 % a day and a quiet one less
        than that over its longest gap: below the narrowest daily limit (14 %).
        """
        random = self._random
        if kind.pro:
            return 0.0008, 16, 0.03
        if kind.product in {FUND, REIT}:
            return random.uniform(0.003, 0.006), 1, 1.0
        if scale == "-" and random.random() < 0.18:
            return random.uniform(0.002, 0.0032), 4, random.uniform(0.3, 0.9)
        return random.uniform(0.006, 0.013), 1, 1.0


def _letter_codes() -> Iterator[str]:
    return (f"{number}{letter}0" for letter in "ABCDEFGHJKLMNPRSTUWXY" for number in range(130, 1000))


def _year(year: int) -> int:
    return date(year, 1, 1).toordinal()


def _size(scale: str) -> float:
    sizes = {"TOPIX Core30": 120.0, "TOPIX Large70": 50.0, "TOPIX Mid400": 15.0, "TOPIX Small 1": 4.0}
    return sizes.get(scale, 1.0)


def _lot(product: str) -> int:
    return {FUND: 10, REIT: 1}.get(product, 100)
