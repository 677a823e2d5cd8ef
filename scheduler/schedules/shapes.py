"""The shapes a cron schedule can have, apart from any language.

Derived from the values, not from the text: `0,15,30,45` and `*/15` are the same shape.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final

from scheduler.schedules.fields import HOUR, MINUTE, WEEKDAY, CronFields

WEEKDAYS_MONDAY_FIRST: Final = (1, 2, 3, 4, 5, 6, 0)
FEW_TIMES: Final = 4  # up to here the times themselves say it best
FEW_SPANS: Final = 3
SHORTEST_RUN: Final = 3  # "1, 2" but "1 to 3"

Time = tuple[int, int]  # hour, minute
Span = tuple[int, int]  # first, last; equal for a single value


@dataclass(frozen=True, slots=True)
class MinuteStep:
    """Every `step` minutes through the whole hour, from minute `offset` on."""

    step: int
    offset: int


@dataclass(frozen=True, slots=True)
class MinuteList:
    """These minutes of the hour, as runs."""

    runs: tuple[Span, ...]


Minutes = MinuteStep | MinuteList


@dataclass(frozen=True, slots=True)
class Times:
    """At these times of day."""

    times: tuple[Time, ...]


@dataclass(frozen=True, slots=True)
class Windows:
    """Every `step_minutes` within each span, first and last tick included."""

    spans: tuple[tuple[Time, Time], ...]
    step_minutes: int


@dataclass(frozen=True, slots=True)
class EveryHour:
    minutes: Minutes


@dataclass(frozen=True, slots=True)
class SomeHours:
    """These minutes of these hours, the hours as runs."""

    hours: tuple[Span, ...]
    minutes: Minutes


TimeShape = Times | Windows | EveryHour | SomeHours


def runs(values: tuple[int, ...]) -> tuple[Span, ...]:
    """Consecutive values as (first, last), from three on; shorter ones stay single."""
    found: list[list[int]] = []
    for value in values:
        if found and found[-1][-1] == value - 1:
            found[-1].append(value)
        else:
            found.append([value])
    spans: list[Span] = []
    for run in found:
        is_long = len(run) >= SHORTEST_RUN
        spans += [(run[0], run[-1])] if is_long else [(value, value) for value in run]
    return tuple(spans)


def time_shape(fields: CronFields) -> TimeShape:
    minutes, hours = _minutes(fields.minutes), fields.hours
    if hours == HOUR.all_values:
        return EveryHour(minutes)
    if len(hours) * len(fields.minutes) <= FEW_TIMES:
        return Times(tuple(product(hours, fields.minutes)))
    if len(fields.minutes) == 1:
        return _hourly(hours, fields.minutes[0])
    spans = _hour_spans(hours)
    if isinstance(minutes, MinuteStep) and len(spans) <= FEW_SPANS:
        first, last = fields.minutes[0], fields.minutes[-1]
        return Windows(tuple(((start, first), (end, last)) for start, end in spans), minutes.step)
    if len(hours) <= FEW_SPANS and _is_regular(fields.minutes):
        first, second, *_, last = fields.minutes
        return Windows(tuple(((hour, first), (hour, last)) for hour in hours), second - first)
    return SomeHours(runs(hours), minutes)


def weekday_runs(weekdays: tuple[int, ...]) -> tuple[Span, ...]:
    """Weekdays from Monday on, or, where the week's end is bridged, as one run such as Friday to Monday."""
    chosen = [day in weekdays for day in WEEKDAYS_MONDAY_FIRST]
    starts = [at for at in range(WEEKDAY.size) if chosen[at] and not chosen[at - 1]]
    if len(starts) == 1 and len(weekdays) >= SHORTEST_RUN:
        first = WEEKDAYS_MONDAY_FIRST[starts[0]]
        return ((first, (first + len(weekdays) - 1) % WEEKDAY.size),)
    monday_first = tuple(at for at in range(WEEKDAY.size) if chosen[at])
    return tuple((WEEKDAYS_MONDAY_FIRST[a], WEEKDAYS_MONDAY_FIRST[b]) for a, b in runs(monday_first))


def _minutes(minutes: tuple[int, ...]) -> Minutes:
    """A step only where it is even across the hour: `*/7` jumps from 56 to 0 and stays a list."""
    if len(minutes) > 1:
        offset, step = minutes[0], minutes[1] - minutes[0]
        is_even = MINUTE.size % step == 0 and minutes == tuple(range(offset, MINUTE.size, step))
        if is_even and offset < step:
            return MinuteStep(step, offset)
    return MinuteList(runs(minutes))


def _hourly(hours: tuple[int, ...], minute: int) -> TimeShape:
    """One minute of more than a few hours: windows where the hours are regular, otherwise each time."""
    if _is_regular(hours):
        return Windows((((hours[0], minute), (hours[-1], minute)),), (hours[1] - hours[0]) * 60)
    spans = _hour_spans(hours)
    if len(spans) <= FEW_SPANS and all(start < end for start, end in spans):
        return Windows(tuple(((start, minute), (end, minute)) for start, end in spans), 60)
    return Times(tuple((hour, minute) for hour in hours))


def _is_regular(values: tuple[int, ...]) -> bool:
    """Three or more values in equal steps."""
    return len(values) >= SHORTEST_RUN and values == tuple(
        range(values[0], values[-1] + 1, values[1] - values[0])
    )


def _hour_spans(hours: tuple[int, ...]) -> list[Span]:
    """Unbroken stretches of hours, single hours included."""
    starts = [hour for hour in hours if hour - 1 not in hours]
    ends = [hour for hour in hours if hour + 1 not in hours]
    return list(zip(starts, ends, strict=True))
