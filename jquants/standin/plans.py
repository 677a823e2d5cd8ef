"""The four plans and the add-ons: what a subscription covers (https://jpx-jquants.com/#dataset)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

EMBARGO: Final = timedelta(days=84)  # Free sees nothing of the last 12 weeks


class Window(NamedTuple):
    """The days a plan covers; `last` is None where the end is open."""

    first: date
    last: date | None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        return f"{self.first} ~ {self.last or ''}"


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    requests_per_minute: int
    years: int
    delayed: bool = False
    addons: frozenset[str] = frozenset()

    def window(self, today: date) -> Window:
        if self.delayed:
            last = today - EMBARGO
            return Window(years_before(last, self.years), last)
        return Window(years_before(today, self.years), None)


PLANS: Final = {
    plan.name: plan
    for plan in (
        Plan("free", 5, 2, delayed=True),
        Plan("light", 60, 5),
        Plan("standard", 120, 10),
        Plan("premium", 500, 20),
    )
}
EVERY_PLAN: Final = frozenset(PLANS)
PAID_PLANS: Final = EVERY_PLAN - {"free"}
STANDARD_UP: Final = frozenset({"standard", "premium"})
PREMIUM: Final = frozenset({"premium"})
ADDONS: Final = frozenset({"minute", "tdnet"})  # offered with every paid plan


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; Feb 28 for a Feb 29 that year lacks."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
