"""A calendar of a data set's days: years one below the other, weeks across, weekdays down, coloured by state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from jquants.coverage.states import GAPS, State, Survey

STEP = 11  # from one square to the next, in the units of the drawing
SIDE = 9
WEEKS = 54  # that a year may touch


@dataclass(frozen=True)
class Square:
    day: date
    state: State
    x: int
    y: int

    @property
    def is_open(self) -> bool:
        """Whether fetching the day may help."""
        return self.state in GAPS or self.state is State.STALE


@dataclass(frozen=True)
class Month:
    number: int
    x: int


@dataclass(frozen=True)
class Year:
    number: int
    squares: list[Square]
    months: list[Month]

    @property
    def height(self) -> int:
        """Five weekdays, and weekends where there is something on them."""
        return max([4 * STEP, *(square.y for square in self.squares)]) + STEP

    @property
    def gaps(self) -> int:
        return sum(square.state in GAPS for square in self.squares)


WIDTH = WEEKS * STEP


def years(survey: Survey) -> Iterator[Year]:
    """Yield the years of `survey`, the newest first."""
    by_year: dict[int, list[Square]] = {}
    for day, state in survey.states.items():
        if day is not None:
            by_year.setdefault(day.year, []).append(_square(day, state))
    for number in sorted(by_year, reverse=True):
        months = [Month(month, _week(date(number, month, 1)) * STEP) for month in range(1, 13)]
        yield Year(number, by_year[number], months)


def _square(day: date, state: State) -> Square:
    return Square(day, state, _week(day) * STEP, day.weekday() * STEP)


def _week(day: date) -> int:
    """Return how many Mondays after that of January 1 the week of `day` begins."""
    first = date(day.year, 1, 1)
    monday = first - timedelta(days=first.weekday())
    return (day - monday).days // 7
