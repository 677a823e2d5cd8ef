"""From query parameters to a checked question."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from jquants.standin import refusals
from jquants.standin.plans import Plan, Window

DATE: Final = re.compile(r"(\d{4})(-?)(\d{2})\2(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom, and when: `moment` is Japanese time, `window` what the plan covers today."""

    plan: Plan
    moment: datetime
    window: Window
    code: str | None = None
    on: date | None = None
    since: date | None = None
    until: date | None = None
    equal: tuple[tuple[str, str], ...] = ()  # (field, value) a row must have

    @property
    def today(self) -> date:
        return self.moment.date()

    @property
    def span(self) -> tuple[date, date | None]:
        """First and last day that may be answered: what is asked, within the window."""
        if self.on:
            return self.on, self.on
        first = max(self.since or self.window.first, self.window.first)
        ends = [end for end in (self.until, self.window.last) if end]
        return first, min(ends, default=None)

    def covers(self, day: date) -> bool:
        first, last = self.span
        return first <= day and (last is None or day <= last)


def parse_date(name: str, text: str) -> date:
    """YYYYMMDD or YYYY-MM-DD; raises Refusal (400) for anything else and for days that do not exist."""
    match = DATE.fullmatch(text)
    if not match:
        raise refusals.bad_date(name)
    year, _, month, day = match.groups()
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise refusals.bad_date(name) from None


def parse_code(text: str) -> str:
    """Five characters; four mean the common stock, whose fifth is 0."""
    return text + "0" if len(text) == 4 else text


def read(
    parameters: Mapping[str, str],
    *,
    plan: Plan,
    moment: datetime,
    requires: tuple[str, ...] = (),
    filters: Mapping[str, str],
) -> Question:
    """Check and decode. `date` wins over `from` and `to`; parameters nobody knows are ignored.

    `requires` names parameters of which one must be there; `filters` maps others to the field they select by.
    Raises Refusal: parameter missing, not a date, outside the plan's window.
    """
    given = {name: value for name, value in parameters.items() if value}
    if requires and not any(name in given for name in requires):
        raise refusals.parameter_missing(requires)
    names = ("date",) if "date" in given else ("from", "to")
    days = {name: parse_date(name, given[name]) for name in names if name in given}
    window = plan.window(moment.date())
    if any(day not in window for day in days.values()):
        raise refusals.outside_window(window)
    return Question(
        plan=plan,
        moment=moment,
        window=window,
        code=parse_code(given["code"]) if "code" in given else None,
        on=days.get("date"),
        since=days.get("from"),
        until=days.get("to"),
        equal=tuple((field, given[name]) for name, field in filters.items() if name in given),
    )
