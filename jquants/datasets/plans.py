"""The plans of J-Quants and the dates each covers: https://jpx-jquants.com/help/plan."""

from datetime import date, timedelta
from typing import NamedTuple

ALL_PLANS = frozenset({"free", "light", "standard", "premium"})
PAID_PLANS = ALL_PLANS - {"free"}
PREMIUM = frozenset({"premium"})
PREMIUM_AND_STANDARD = frozenset({"standard", "premium"})
FREE_DELAY = timedelta(weeks=12)
YEARS = {"free": 2, "light": 5, "standard": 10, "premium": 20}
ADDON_YEARS = {"minute": 2, "tdnet": 5}  # bought besides a paid plan; "minute" covers bars and ticks


class Window(NamedTuple):
    """The days a plan covers, both included; `last` is None where newest data are."""

    first: date
    last: date | None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        return f"{self.first} ~ {self.last or ''}".strip()


def window(plan: str, today: date) -> Window:
    """Return the days that `plan` covers on `today` (Asia/Tokyo); both edges move on every day."""
    if plan == "free":
        last = today - FREE_DELAY
        return Window(_years_before(last, YEARS[plan]), last)
    return Window(_years_before(today, YEARS[plan]), None)


def addon_window(addon: str, today: date) -> Window:
    """Return the days that an add-on covers, whatever the plan; KeyError for an unknown one."""
    return Window(_years_before(today, ADDON_YEARS[addon]), None)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # February 29
        return day.replace(year=day.year - years, day=28)
