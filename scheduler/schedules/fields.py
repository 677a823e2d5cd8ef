"""The grammar of five-field cron: text to the values each field allows (R7, R8).

Our own grammar stands in front of croniter because croniter accepts more than a person means:
`9-9` is every hour, `*/61` is `*`, a sixth field is seconds, `R` differs in every process.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from scheduler.schedules.errors import InvalidSchedule

LAST: Final = -1  # as the n of a weekday: the last one of the month
DAYS_IN_MONTH: Final = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

ALIASES: Final = {
    "@HOURLY": "0 * * * *",
    "@DAILY": "0 0 * * *",
    "@MIDNIGHT": "0 0 * * *",
    "@WEEKLY": "0 0 * * 0",
    "@MONTHLY": "0 0 1 * *",
    "@YEARLY": "0 0 1 1 *",
    "@ANNUALLY": "0 0 1 1 *",
}
MONTH_NAMES: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAY_NAMES: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

ITEM: Final = re.compile(r"(?:(?P<star>\*)|(?P<start>\w+)(?:-(?P<end>\w+))?)(?:/(?P<step>\d+))?")
NTH_WEEKDAY: Final = re.compile(r"(?P<weekday>\w+)#(?P<nth>\d+)")
LAST_WEEKDAY: Final = re.compile(r"L(?P<after>\w+)|(?P<before>\w+)L")
NEAREST_WEEKDAY: Final = re.compile(r"L?W|\d+W|W\d+")
RANDOM_OR_HASHED: Final = re.compile(r"(?P<kind>[RH])(?:[(/].*)?")


@dataclass(frozen=True, slots=True)
class Spec:
    """One field's natural range. `top` is the highest number that may be written (7 = Sunday)."""

    name: str
    low: int
    high: int
    top: int
    names: tuple[str, ...] = ()
    is_cyclic: bool = False  # "FRI-MON" and "NOV-FEB" wrap; "9-5" is more likely a slip

    @property
    def size(self) -> int:
        return self.high - self.low + 1

    @property
    def all_values(self) -> tuple[int, ...]:
        return tuple(range(self.low, self.high + 1))


MINUTE: Final = Spec("minute", 0, 59, 59)
HOUR: Final = Spec("hour", 0, 23, 23)
DAY: Final = Spec("day", 1, 31, 31)
MONTH: Final = Spec("month", 1, 12, 12, MONTH_NAMES, is_cyclic=True)
WEEKDAY: Final = Spec("weekday", 0, 6, 7, WEEKDAY_NAMES, is_cyclic=True)


@dataclass(frozen=True, slots=True)
class CronFields:
    """What a cron text means. Values ascend; weekdays are 0 = Sunday to 6.

    `days`, `has_last_day`, `weekdays` and `nth_weekdays` are alternatives: a day counts when any of them
    names it (cron's "or"). All of them empty means every day.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    has_last_day: bool
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    nth_weekdays: tuple[tuple[int, int], ...]  # (weekday, n), n from 1 to 5 or LAST
    runs_by_elapsed_time: bool  # R9(b): the hour field is * or a step

    @property
    def is_every_day(self) -> bool:
        return not (self.days or self.has_last_day or self.weekdays or self.nth_weekdays)

    @property
    def names_days_of_month(self) -> bool:
        """Whether a date matters, and not only its weekday and month."""
        return bool(self.days or self.has_last_day or self.nth_weekdays)

    @property
    def is_leap_day(self) -> bool:
        other_days = self.has_last_day or self.weekdays or self.nth_weekdays
        return self.days == (29,) and self.months == (2,) and not other_days


def cron_text(text: str) -> str:
    """Rewrite names such as @daily, and letters in upper case: the text as it is saved."""
    text = text.upper()
    if text == "@REBOOT":
        raise InvalidSchedule("reboot", text.lower())
    if text.startswith("@") and text not in ALIASES:
        raise InvalidSchedule("unknown_name", text.lower())
    return ALIASES.get(text, text)


def parse_fields(text: str) -> CronFields:
    """Parse a text from `cron_text`. Raises InvalidSchedule."""
    minute, hour, day, month, weekday = _split(text)
    days, has_last_day = _parse_days(day)
    weekdays, nth_weekdays = _parse_weekdays(weekday)
    months = _parse_values(MONTH, month)
    hours = _parse_values(HOUR, hour)
    fields = CronFields(
        minutes=_parse_values(MINUTE, minute),
        hours=hours,
        days=days,
        has_last_day=has_last_day,
        months=months,
        weekdays=weekdays,
        nth_weekdays=tuple(pair for pair in nth_weekdays if pair[0] not in weekdays),
        runs_by_elapsed_time="/" in hour or hours == HOUR.all_values,
    )
    if days and is_impossible(days, months) and not (has_last_day or weekdays or nth_weekdays):
        raise InvalidSchedule("never", text)
    if days == DAY.all_values or weekdays == WEEKDAY.all_values:
        return replace(fields, days=(), has_last_day=False, weekdays=(), nth_weekdays=())
    return fields


def is_impossible(days: tuple[int, ...], months: tuple[int, ...]) -> bool:
    """Whether none of the months is long enough for any of the days."""
    return min(days) > max(DAYS_IN_MONTH[month] for month in months)


def _split(text: str) -> list[str]:
    if not text:
        raise InvalidSchedule("empty", text)
    parts = text.split()
    if parts[0].startswith(("CRON_TZ=", "TZ=")):
        raise InvalidSchedule("zone_prefix", parts[0])
    if len(parts) == 6:
        raise InvalidSchedule("seconds_field", text)
    if len(parts) == 7:
        raise InvalidSchedule("year_field", text)
    if len(parts) != 5:
        raise InvalidSchedule("field_count", text, count=len(parts))
    return parts


def _items(spec: Spec, field: str) -> list[str]:
    """The parts of a list, without those of other dialects."""
    items = field.split(",")
    for item in items:
        if not item:
            raise _not_understood(spec, field)
        if dialect := RANDOM_OR_HASHED.fullmatch(item):
            raise InvalidSchedule("random" if dialect["kind"] == "R" else "hashed", item)
        if "?" in item:
            raise InvalidSchedule("question_mark", item)
        if spec is DAY and NEAREST_WEEKDAY.fullmatch(item):
            raise InvalidSchedule("nearest_weekday", item)
    return items


def _parse_values(spec: Spec, field: str) -> tuple[int, ...]:
    return _merge(spec, field, [_expand(spec, item) for item in _items(spec, field)])


def _parse_days(field: str) -> tuple[tuple[int, ...], bool]:
    if field in {"*", "*/1"}:
        return (), False
    items = _items(DAY, field)
    days = _merge(DAY, field, [_expand(DAY, item) for item in items if item != "L"])
    return days, "L" in items


def _parse_weekdays(field: str) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    if field in {"*", "*/1"}:
        return (), ()
    plain: list[tuple[int, ...]] = []
    nth: set[tuple[int, int]] = set()
    for item in _items(WEEKDAY, field):
        if pair := _nth_weekday(item):
            nth.add(pair)
        else:
            plain.append(_expand(WEEKDAY, item))
    return _merge(WEEKDAY, field, plain), tuple(sorted(nth))


def _nth_weekday(item: str) -> tuple[int, int] | None:
    """`5#2` is the second Friday; `5L` and `L5` are the last one."""
    if match := NTH_WEEKDAY.fullmatch(item):
        nth = int(match["nth"])
        if not 1 <= nth <= 5:
            raise InvalidSchedule("bad_nth", item)
        return _number(WEEKDAY, match["weekday"], item) % 7, nth
    if match := LAST_WEEKDAY.fullmatch(item):
        return _number(WEEKDAY, match["before"] or match["after"], item) % 7, LAST
    return None


def _merge(spec: Spec, field: str, expanded: list[tuple[int, ...]]) -> tuple[int, ...]:
    """One ascending tuple; refuses lists that name more values than the field has (R8)."""
    count = sum(len(values) for values in expanded)
    if count > spec.size:
        raise InvalidSchedule("too_many_values", field, field=spec.name, count=count, size=spec.size)
    return tuple(sorted({value for values in expanded for value in values}))


def _expand(spec: Spec, item: str) -> tuple[int, ...]:
    match = ITEM.fullmatch(item)
    if match is None:
        raise _not_understood(spec, item)
    values = _range(spec, match)
    if match["step"] is None:
        return values
    step = int(match["step"])
    if step == 0:
        raise InvalidSchedule("step_zero", item)
    if step > len(values):
        raise InvalidSchedule("step_too_big", item, field=spec.name, size=len(values))
    return values[::step]


def _range(spec: Spec, match: re.Match[str]) -> tuple[int, ...]:
    """The values between the ends of an item, before its step; `5/15` reaches to the field's end."""
    if match["star"]:
        return spec.all_values
    start = _number(spec, match["start"], match[0])
    if match["end"] is None:
        start = _without_second_sunday(spec, start)
        return tuple(range(start, spec.high + 1)) if match["step"] else (start,)
    end = _number(spec, match["end"], match[0])
    if start <= end:
        values = range(start, end + 1)
        return tuple(dict.fromkeys(_without_second_sunday(spec, value) for value in values))
    if not spec.is_cyclic:
        split = f"{start}-{spec.high},{spec.low}-{end}"
        raise InvalidSchedule("reversed_range", match[0], split=split)
    return (*range(start, spec.high + 1), *range(spec.low, end + 1))


def _without_second_sunday(spec: Spec, value: int) -> int:
    return value % 7 if spec is WEEKDAY else value


def _number(spec: Spec, word: str, item: str) -> int:
    if word in spec.names:
        return spec.low + spec.names.index(word)
    if not word.isdigit():
        raise _not_understood(spec, item)
    number = int(word)
    if not spec.low <= number <= spec.top:
        raise InvalidSchedule("out_of_range", item, field=spec.name, low=spec.low, high=spec.top)
    return number


def _not_understood(spec: Spec, item: str) -> InvalidSchedule:
    return InvalidSchedule("bad_value", item, field=spec.name, low=spec.low, high=spec.top)
