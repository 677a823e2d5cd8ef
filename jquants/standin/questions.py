"""From query parameters to a checked question."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple

from jquants.standin import refusals
from jquants.standin.plans import Plan, Window

DATE: Final = re.compile(r"(\d{4})(-?)(\d{2})\2(\d{2})", re.ASCII)


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


class Equal(NamedTuple):
    """A parameter that chooses the rows whose field has its value; a day is checked against the window."""

    field: str
    decode: Callable[[str], str] = str
    is_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """By what an endpoint is asked. Parameters nobody declares are ignored; `on` wins over `since` and `until`.

    `on`, `since` and `until` are the names by which the endpoint's own day is asked for, "" where it has none.
    """

    requires: tuple[str, ...] = ()  # of which at least one must be given
    exactly_one: tuple[str, ...] = ()  # of which one must be given, and no other
    on: str = "date"
    since: str = "from"
    until: str = "to"
    range_with: str = ""  # the parameter without which since and until are refused
    range_is_pair: bool = False  # since and until are given together or not at all
    code: Callable[[str], str] | None = parse_code  # None where nobody can ask for one
    equal: Mapping[str, Equal] = field(default_factory=dict)
    excludes: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # parameter: those it is alone without
    only_with: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # parameter: another and its value


BY_CODE_OR_DATE: Final = Parameters(requires=("date", "code"), range_with="code")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom, and when: `moment` is Japanese time, `window` what may be answered today."""

    plan: Plan
    moment: datetime
    window: Window
    code: str | None = None
    on: date | None = None
    since: date | None = None
    until: date | None = None
    equal: tuple[tuple[str, str], ...] = ()  # (field, value) a row must have
    after: datetime | None = None  # only what was published later is wanted: the question comes with a cursor

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

    def wanted(self, name: str) -> str | None:
        """The value a field must have; None where any will do."""
        return dict(self.equal).get(name)

    def wanted_day(self, name: str) -> date | None:
        text = self.wanted(name)
        return date.fromisoformat(text) if text else None


def read(
    parameters: Mapping[str, str], accepted: Parameters, *, plan: Plan, moment: datetime, window: Window
) -> Question:
    """Check and decode.

    Raises Refusal: parameters missing or contradicting each other, not a date, outside the window.
    """
    given = {name: value for name, value in parameters.items() if value}
    _check_names(given, accepted)
    names = [accepted.on] if accepted.on in given else [accepted.since, accepted.until]
    names += [name for name, equal in accepted.equal.items() if equal.is_day]
    days = {name: parse_date(name, given[name]) for name in names if name in given}
    if any(day not in window for day in days.values()):
        raise refusals.outside_window(window)
    return Question(
        plan=plan,
        moment=moment,
        window=window,
        code=accepted.code(given["code"]) if accepted.code and "code" in given else None,
        on=days.get(accepted.on),
        since=days.get(accepted.since),
        until=days.get(accepted.until),
        equal=tuple(
            (equal.field, str(days[name]) if equal.is_day else equal.decode(given[name]))
            for name, equal in accepted.equal.items()
            if name in given
        ),
    )


def _check_names(given: Mapping[str, str], accepted: Parameters) -> None:
    if accepted.exactly_one and sum(name in given for name in accepted.exactly_one) != 1:
        raise refusals.not_exactly_one(accepted.exactly_one)
    if accepted.requires and not any(name in given for name in accepted.requires):
        raise refusals.parameter_missing(accepted.requires)
    for name, others in accepted.excludes.items():
        for other in others:
            if name in given and other in given:
                raise refusals.contradiction(name, other)
    for name, (other, value) in accepted.only_with.items():
        if name in given and given.get(other) != value:
            raise refusals.only_with(name, other, value)
    has_range = accepted.on not in given and not given.keys().isdisjoint((accepted.since, accepted.until))
    if has_range and accepted.range_with and accepted.range_with not in given:
        raise refusals.parameter_missing((accepted.range_with,))
    if has_range and accepted.range_is_pair and not {accepted.since, accepted.until} <= given.keys():
        raise refusals.not_together(accepted.since, accepted.until)
