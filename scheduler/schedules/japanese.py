"""Japanese sentences for schedules, such as 平日（月〜金）16:30."""

from collections.abc import Iterable, Sequence
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

WEEKDAYS: Final = "日月火水木金土"
WORKING_WEEK: Final = (1, 2, 3, 4, 5)
EVERY_DAY: Final = "毎日"


def sentence(fields: CronFields) -> str:
    shape = time_shape(fields)
    if isinstance(shape, EveryHour) and fields.is_every_day and fields.months == MONTH.all_values:
        return _minutes_of_every_hour(shape.minutes)
    days = _days(fields, working_week="平日（月〜金）" if isinstance(shape, Times) else "月〜金")
    return f"{days}{_link(days, shape)}{_time(shape)}"


def trading_sentence(text: TradingText) -> str:
    return f"{_trading_day(text)} {_trading_time(text)}"


def _trading_day(text: TradingText) -> str:
    match text.period:
        case Period.DAY:
            return "毎営業日"
        case Period.WEEK:
            return f"毎週第{text.nth}営業日"
        case Period.MONTH:
            return _of_month(text.nth)


def _of_month(nth: int) -> str:
    if nth > 0:
        return f"毎月第{nth}営業日"
    return "毎月最終営業日" if nth == LAST else f"毎月、月末から{-nth}番目の営業日"


def _trading_time(text: TradingText) -> str:
    time = _clock((text.hour, text.minute))
    return f"{time}（翌日 {_clock((text.hour - 24, text.minute))}）" if text.hour >= 24 else time


def _link(days: str, shape: TimeShape) -> str:
    """What stands between the days and the time."""
    is_every_day = days.endswith(EVERY_DAY)
    if isinstance(shape, Times):
        return "" if days.endswith("）") else " "
    if isinstance(shape, EveryHour):
        if is_every_day:
            return "、"
        return "の終日、" if isinstance(shape.minutes, MinuteStep) else "の"
    return " " if is_every_day else "の "


def _time(shape: TimeShape) -> str:
    match shape:
        case Times(times):
            return _phrases([_clock(time) for time in times])
        case Windows(spans, step_minutes):
            windows = [f"{_clock(first)}〜{_clock(last)}" for first, last in spans]
            return f"{_phrases(windows)}、{_every(step_minutes)}"
        case EveryHour(minutes):
            return _minutes_of_every_hour(minutes)
        case SomeHours(hours, minutes):
            return f"{_numbers(hours)}時台、{_minutes_of_hours(minutes)}"


def _every(minutes: int) -> str:
    if minutes % 60 == 0:
        return f"{minutes // 60}時間ごと"
    return "毎分" if minutes == 1 else f"{minutes}分ごと"


def _minutes_of_every_hour(minutes: Minutes) -> str:
    return _stepping(minutes) if isinstance(minutes, MinuteStep) else f"毎時 {_numbers(minutes.runs)}分"


def _minutes_of_hours(minutes: Minutes) -> str:
    return _stepping(minutes) if isinstance(minutes, MinuteStep) else f"各 {_numbers(minutes.runs)}分"


def _stepping(minutes: MinuteStep) -> str:
    return _every(minutes.step) + (f"（毎時 {minutes.offset}分から）" if minutes.offset else "")


def _days(fields: CronFields, *, working_week: str) -> str:
    is_every_month = fields.months == MONTH.all_values
    months = f"{_numbers(runs(fields.months))}月"
    if fields.is_every_day:
        return EVERY_DAY if is_every_month else f"{months}の{EVERY_DAY}"
    if fields.is_leap_day:
        return "うるう年の2月29日"
    week = _week(fields.weekdays, working_week)
    of_month = _days_of_month(fields)
    if is_every_month:
        return "または".join([f"毎月{part}" for part in of_month] + week)
    if len(of_month) + len(week) > 1:
        return f"{months}に限り、{'または'.join(of_month + week)}"
    if week:
        return f"{months}の{week[0]}"
    joined_by = "" if len(fields.months) == 1 and fields.days else "の"
    return f"毎年{months}{joined_by}{of_month[0]}"


def _week(weekdays: tuple[int, ...], working_week: str) -> list[str]:
    if not weekdays:
        return []
    return [working_week if weekdays == WORKING_WEEK else f"毎週{_weekdays(weekdays)}"]


def _days_of_month(fields: CronFields) -> list[str]:
    """Days and n-th weekdays: with the weekdays the alternatives that cron joins by "or"."""
    days = [_month_days(fields)] if fields.days or fields.has_last_day else []
    return days + ([_nth_weekdays(fields.nth_weekdays)] if fields.nth_weekdays else [])


def _month_days(fields: CronFields) -> str:
    days = [f"{_numbers(runs(fields.days))}日"] if fields.days else []
    return "・".join([*days, "末日"] if fields.has_last_day else days)


def _weekdays(weekdays: tuple[int, ...]) -> str:
    spans = [_span(WEEKDAYS[first], WEEKDAYS[last]) for first, last in weekday_runs(weekdays)]
    return f"{'・'.join(spans)}曜日"


def _nth_weekdays(pairs: Iterable[tuple[int, int]]) -> str:
    parts = []
    for weekday, group in groupby(pairs, key=lambda pair: pair[0]):
        # LAST is -1, and is said last.
        nths = sorted((nth for _, nth in group), key=lambda nth: (nth == LAST, nth))
        words = "・".join("最終" if nth == LAST else f"第{nth}" for nth in nths)
        parts.append(f"{words}{WEEKDAYS[weekday]}曜日")
    return "・".join(parts)


def _numbers(spans: Iterable[Span]) -> str:
    return "・".join(_span(str(first), str(last)) for first, last in spans)


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first}〜{last}"


def _phrases(parts: Sequence[str]) -> str:
    return " と ".join(parts) if len(parts) == 2 else "、".join(parts)


def _clock(time: Time) -> str:
    return f"{time[0]}:{time[1]:02}"
