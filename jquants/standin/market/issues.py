"""What is listed: an issue with its attributes over time. Days are proleptic ordinals (date.toordinal)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from jquants.standin.market.sectors import MARGINS, MARKETS, SECTOR_17, SECTOR_33
from jquants.standin.market.ticks import FINE, STANDARD, TickTable

# ProdCat of /equities/master.
STOCK, REIT, FUND, FOREIGN = "011", "013", "014", "021"
# ExRT of /equities/bars/daily.
SPLIT, REVERSE_SPLIT, RIGHTS_ISSUE = "1", "2", "3"

RESTRUCTURED: Final = date(2022, 4, 4).toordinal()  # the market's segments became Prime, Standard, Growth
SMALL_SPLIT: Final = date(2018, 8, 31).toordinal()  # until then TOPIX Small 1 was shown as Small 2
FINE_TICKS: Final = {
    "TOPIX Core30": date(2014, 7, 22).toordinal(),
    "TOPIX Large70": date(2014, 7, 22).toordinal(),
    "TOPIX Mid400": date(2023, 6, 5).toordinal(),
}
FUNDS_FINE: Final = 0
NEVER: Final = date.max.toordinal()


class Action(NamedTuple):
    """A change of the number of shares. It shows on the first session on or after its day."""

    day: int
    factor: float
    kind: str


class Name(NamedTuple):
    """How the issue is called from `day` on."""

    day: int
    japanese: str
    english: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    code: str
    names: tuple[Name, ...]
    sector: str  # TSE-33
    scale: str = "-"
    market_before: str  # the segment until 2022-04-04, and from then on
    market: str
    margin: str = "1"
    product: str = STOCK
    listed: int = 0
    delisted: int = NEVER  # the last day of trading
    actions: tuple[Action, ...] = ()
    # What prices are made of: the price of the first day in a neutral market, the offsets of its two
    # walks and of its noise, what a step of its own and of the market moves (as logarithms).
    base: float
    walks: tuple[int, int]
    noise: int
    volatility: float
    beta: float
    # A session in `quiet` is sure to have a trade; the others have one with this probability.
    quiet: int = 1
    trade_chance: float = 1.0
    phase: int = 0
    shares: float  # outstanding on the first day
    lots: float  # traded on a usual day
    lot: int = 100
    fine_from: int = field(init=False)

    def __post_init__(self) -> None:
        fine_from = FUNDS_FINE if self.product == FUND else FINE_TICKS.get(self.scale, NEVER)
        object.__setattr__(self, "fine_from", fine_from)

    def is_listed(self, day: int) -> bool:
        return self.listed <= day <= self.delisted

    def ticks(self, day: int) -> TickTable:
        return FINE if day >= self.fine_from else STANDARD

    def factor(self, after: int, until: int) -> float:
        """Product of the factors that took effect in (after, until]."""
        product = 1.0
        for action in self.actions:
            if after < action.day <= until:
                product *= action.factor
        return product

    def volume_factor(self, after: int, until: int) -> float:
        """As `factor`, but rights issues leave volumes alone."""
        product = 1.0
        for action in self.actions:
            if after < action.day <= until and action.kind != RIGHTS_ISSUE:
                product *= action.factor
        return product

    def ex_kind(self, after: int, until: int) -> str | None:
        for action in self.actions:
            if after < action.day <= until:
                return action.kind
        return None

    def attributes(self, day: int) -> dict[str, str]:
        """The columns of the master on that day, but for its Date."""
        name = next(name for name in reversed(self.names) if name.day <= day or name is self.names[0])
        market = self.market if day >= RESTRUCTURED else self.market_before
        scale = "TOPIX Small 2" if self.scale == "TOPIX Small 1" and day < SMALL_SPLIT else self.scale
        sector_name, sector_17, _ = SECTOR_33[self.sector]
        return {
            "Code": self.code,
            "CoName": name.japanese,
            "CoNameEn": name.english,
            "S17": sector_17,
            "S17Nm": SECTOR_17[sector_17],
            "S33": self.sector,
            "S33Nm": sector_name,
            "ScaleCat": scale,
            "Mkt": market,
            "MktNm": MARKETS[market],
            "Mrgn": self.margin,
            "MrgnNm": MARGINS[self.margin],
            "ProdCat": self.product,
        }
