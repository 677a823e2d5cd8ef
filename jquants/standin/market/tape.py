"""The market's randomness, drawn once from the seed and read by position."""

from random import Random
from typing import Final

LENGTH: Final = 1 << 16
MASK: Final = LENGTH - 1
# How far the walks are read from an issue's offset: 12,000 sessions are about 48 years.
REACH: Final = 12_000
# A step is cut off here, in standard deviations: with the volatilities of `issues` no ordinary day can
# move a price to its daily limit, so days at the limit are those the market decided on.
LARGEST_STEP: Final = 3.0
PULL: Final = 0.001  # of the distance from 0, each session: walks stay where prices are plausible


class Tape:
    """`walk` is a mean-reverting random walk of unit steps, `market` a second one shared by all issues,
    `noise` uniform numbers in [0, 1), read from `position & MASK`. An issue's path is the walk from two offsets of its own plus the
    market's: each issue moves differently, and any day is reached by three look-ups.
    """

    def __init__(self, seed: int) -> None:
        random = Random(f"tape:{seed}")  # noqa: S311 - the same seed must give the same market
        self.walk = _walk(random, LENGTH)
        self.market = _walk(random, REACH)
        self.noise = [random.random() for _ in range(LENGTH + 3)]  # four may be read from any position

    @staticmethod
    def offset(random: Random) -> int:
        return random.randrange(LENGTH - REACH)


def _walk(random: Random, length: int) -> list[float]:
    level, levels, gauss = 0.0, [], random.gauss
    for _ in range(length):
        step = min(max(gauss(0.0, 1.0), -LARGEST_STEP), LARGEST_STEP)
        level = level * (1 - PULL) + step
        levels.append(level)
    return levels
