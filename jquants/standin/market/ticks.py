"""The exchange's price grid: tick sizes and daily limits, in yen."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, inf
from typing import Final


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: a key of the cache below
class TickTable:
    """Prices up to and including `bounds[i]` move in steps of `steps[i]`."""

    bounds: tuple[float, ...]
    steps: tuple[float, ...]


STANDARD: Final = TickTable(
    (3_000, 5_000, 30_000, 50_000, 300_000, 500_000, 3e6, 5e6, 3e7, 5e7, inf),
    (1.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1e3, 5e3, 1e4, 5e4, 1e5),
)
# For the issues of TOPIX 500, and for funds.
FINE: Final = TickTable(
    (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1e6, 3e6, 1e7, 3e7, inf),
    (0.1, 0.5, 1.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1e3, 5e3, 1e4),
)

TENTH: Final = 0.1  # the only step that binary floats do not have
# A base price below LIMIT_BOUNDS[i] may move by LIMIT_WIDTHS[i] a day.
LIMIT_BOUNDS: Final = (
    *(100, 200, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 7_000),
    *(10_000, 15_000, 20_000, 30_000, 50_000, 70_000, 100_000, 150_000, 200_000, 300_000),
    *(500_000, 700_000, 1e6, 1.5e6, 2e6, 3e6, 5e6, 7e6, 1e7, 1.5e7, 2e7, 3e7, 5e7),
)
LIMIT_WIDTHS: Final = (
    *(30, 50, 80, 100, 150, 300, 400, 500, 700, 1_000),
    *(1_500, 3_000, 4_000, 5_000, 7_000, 10_000, 15_000, 30_000, 40_000, 50_000),
    *(70_000, 100_000, 150_000, 300_000, 400_000, 500_000, 700_000, 1e6, 1.5e6, 3e6, 4e6, 5e6, 7e6, 1e7),
)


def nearest(price: float, table: TickTable) -> float:
    """The price on the grid, never below one tick."""
    step = step_at(price, table)
    return _price(round(price / step) or 1, step)


def step_at(price: float, table: TickTable) -> float:
    return table.steps[bisect_left(table.bounds, price)]


def at_or_below(price: float, table: TickTable) -> float:
    step = step_at(price, table)
    return _price(floor(price / step + 1e-9) or 1, step)


def at_or_above(price: float, table: TickTable) -> float:
    step = step_at(price, table)
    return _price(ceil(price / step - 1e-9) or 1, step)


def _price(ticks: int, step: float) -> float:
    """Exactly the float of the decimal number: 3 * 0.1 is not 0.3, but 3 / 10 is."""
    return ticks / 10 if step == TENTH else ticks * step


def limit_width(base: float) -> float:
    return LIMIT_WIDTHS[bisect_right(LIMIT_BOUNDS, base)]


@lru_cache(maxsize=1 << 15)
def limits(base: float, table: TickTable) -> tuple[float, float]:
    """The lowest and the highest price of a day that starts from the base price."""
    width = limit_width(base)
    return at_or_above(max(base - width, table.steps[0]), table), at_or_below(base + width, table)
