"""English sentences for schedules, such as "Monday to Friday at 16:30"."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from scheduler.schedules.fields import LAST, MONTH, CronFields
from scheduler.schedules.shapes import (
    EveryHour,
    Minutes,
    MinuteStep,
    SomeHours,
    Span,
    Time,
    Times,
    TimeShape,
    Windows,
    runs,
    time_shape,
    weekday_runs,
)
from scheduler.schedules.trading_text import Period, TradingText

MONTHS: Final = (
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
NTH: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}


def sentence(fields: CronFields) -> str:
    text = _sentence(fields, time_shape(fields))
    return text[0].upper() + text[1:]


def trading_sentence(text: TradingText) -> str:
    return f"{_trading_day(text)} at {_trading_time(text)}"


def _trading_day(text: TradingText) -> str:
    match text.period:
        case Period.DAY:
            return "Every trading day"
        case Period.WEEK:
            return f"On the {_ordinal(text.nth)} trading day of every week"
        case Period.MONTH:
            return f"On the {_from_either_end(text.nth)} trading day of every month"


def _from_either_end(nth: int) -> str:
    if nth > 0:
        return _ordinal(nth)
    return "last" if nth == LAST else f"{_ordinal(-nth)}-to-last"


def _trading_time(text: TradingText) -> str:
    time = _clock((text.hour, text.minute))
    return f"{time} ({_clock((text.hour - 24, text.minute))} the next day)" if text.hour >= 24 else time


def _sentence(fields: CronFields, shape: TimeShape) -> str:
    is_always = fields.is_every_day and fields.months == MONTH.all_values
    if isinstance(shape, EveryHour) and is_always:
        return _time(shape)
    days = _days(fields)
    joined_by = " " if isinstance(shape, Times) and " or " not in days else ", "
    return f"{days}{joined_by}{_time(shape)}"


def _time(shape: TimeShape) -> str:
    match shape:
        case Times(times):
            return f"at {_list([_clock(time) for time in times])}"
        case Windows(spans, step_minutes):
            windows = [f"from {_clock(first)} to {_clock(last)}" for first, last in spans]
            return f"{_every(step_minutes)} {_list(windows)}"
        case EveryHour(minutes):
            return _minutes_of_every_hour(minutes)
        case SomeHours(hours, minutes):
            return _minutes_of_hours(minutes, hours)


def _every(minutes: int) -> str:
    if minutes % 60 == 0:
        return "every hour" if minutes == 60 else f"every {minutes // 60} hours"
    return "every minute" if minutes == 1 else f"every {minutes} minutes"


def _minutes_of_every_hour(minutes: Minutes) -> str:
    if isinstance(minutes, MinuteStep):
        return _stepping(minutes)
    if minutes.runs == ((0, 0),):
        return "every hour, on the hour"
    return f"every hour at {_past(minutes.runs)}"


def _minutes_of_hours(minutes: Minutes, hours: tuple[Span, ...]) -> str:
    which = f"{'hour' if _is_single(hours) else 'hours'} {_list(_spans(hours))}"
    if isinstance(minutes, MinuteStep):
        return f"{_stepping(minutes)}, during {which}"
    return f"at {_past(minutes.runs)} {which}"


def _stepping(minutes: MinuteStep) -> str:
    start = f", starting at {_past(((minutes.offset, minutes.offset),))} the hour" if minutes.offset else ""
    return _every(minutes.step) + start


def _past(minutes: tuple[Span, ...]) -> str:
    return f"{_list(_spans(minutes))} {'minute' if minutes == ((1, 1),) else 'minutes'} past"


def _days(fields: CronFields) -> str:
    is_every_month = fields.months == MONTH.all_values
    if fields.is_every_day:
        return "every day" if is_every_month else f"every day {_in_months(fields.months)}"
    if fields.is_leap_day:
        return "every leap year on February 29"
    week = [_weekdays(fields.weekdays)] if fields.weekdays else []
    of_month = _days_of_month(fields)
    if is_every_month:
        return " or ".join([f"{part} of every month" for part in of_month] + week)
    if len(of_month) + len(week) > 1:
        return f"{_in_months(fields.months)}, {' or '.join(of_month + week)}"
    if week:
        return f"{week[0]} {_in_months(fields.months)}"
    if len(fields.days) == len(fields.months) == 1 and not fields.has_last_day:
        return f"every year on {MONTHS[fields.months[0]]} {fields.days[0]}"
    return f"{of_month[0]} {_of_months(fields.months)}"


def _days_of_month(fields: CronFields) -> list[str]:
    """Days and n-th weekdays: with the weekdays the alternatives that cron joins by "or"."""
    days = [f"on the {_list(_month_days(fields))}"] if fields.days or fields.has_last_day else []
    return days + ([f"on {_nth_weekdays(fields.nth_weekdays)}"] if fields.nth_weekdays else [])


def _month_days(fields: CronFields) -> list[str]:
    days = [_span(_ordinal(first), _ordinal(last)) for first, last in runs(fields.days)]
    return [*days, "last day"] if fields.has_last_day else days


def _weekdays(weekdays: tuple[int, ...]) -> str:
    spans = weekday_runs(weekdays)
    text = _list([_span(WEEKDAYS[first], WEEKDAYS[last]) for first, last in spans])
    is_one_range = len(spans) == 1 and not _is_single(spans)
    return text if is_one_range else f"every {text}"


def _nth_weekdays(pairs: tuple[tuple[int, int], ...]) -> str:
    parts = []
    for weekday, group in groupby(pairs, key=lambda pair: pair[0]):
        # LAST is -1, and is said last.
        nths = sorted((nth for _, nth in group), key=lambda nth: (nth == LAST, nth))
        parts.append(f"the {_list([NTH[nth] for nth in nths])} {WEEKDAYS[weekday]}")
    return _list(parts)


def _in_months(months: tuple[int, ...]) -> str:
    spans = runs(months)
    if len(spans) == 1 and not _is_single(spans):
        return f"from {_month_list(spans)}"
    return f"in {_month_list(spans)}"


def _of_months(months: tuple[int, ...]) -> str:
    spans = runs(months)
    if all(first == last for first, last in spans):
        return f"of {_month_list(spans)}"
    return f"of every month {_in_months(months)}"


def _month_list(spans: tuple[Span, ...]) -> str:
    return _list([_span(MONTHS[first], MONTHS[last]) for first, last in spans])


def _spans(spans: tuple[Span, ...]) -> list[str]:
    return [_span(str(first), str(last)) for first, last in spans]


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _is_single(spans: tuple[Span, ...]) -> bool:
    return len(spans) == 1 and spans[0][0] == spans[0][1]


def _list(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _ordinal(number: int) -> str:
    suffix = "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _clock(time: Time) -> str:
    return f"{time[0]}:{time[1]:02}"
