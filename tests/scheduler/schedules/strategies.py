"""Generated cron texts, within what our grammar accepts."""

import re

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

ZONES = (
    "UTC",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Beirut",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Africa/Cairo",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Antarctica/Troll",
)


@st.composite
def fields(draw: DrawFn, low: int, high: int) -> str:
    """A restricted field: a value, a range, a step, or a value and a disjoint range."""
    start = draw(st.integers(low, high))
    end = draw(st.integers(start, high))
    step = draw(st.integers(1, end - start + 1))
    forms = [f"{start}", f"{start}-{end}", f"*/{draw(st.integers(2, high - low + 1))}"]
    if end > start:  # cronsim takes the 5-5 of 5-5/1 for a start without an end
        forms.append(f"{start}-{end}/{step}")
    if start > low:
        forms.append(f"{draw(st.integers(low, start - 1))},{start}-{end}")
    return draw(st.sampled_from(forms))


def optional(field: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.just("*") | field


MINUTES = fields(0, 59)
FIXED_HOURS = fields(0, 22).filter(lambda field: "/" not in field)
ELAPSED_HOURS = st.just("*") | st.integers(2, 24).map(lambda step: f"*/{step}")
DAYS = fields(1, 28) | st.sampled_from(["L", "15,L", "29", "30", "31"])
MONTHS = optional(fields(1, 12))
NTH_WEEKDAYS = st.builds("{}#{}".format, st.integers(0, 7), st.integers(1, 4))
LAST_WEEKDAYS = st.integers(0, 7).map("{}L".format)
WEEKDAYS = fields(0, 6) | NTH_WEEKDAYS | LAST_WEEKDAYS


def is_plain(field: str) -> bool:
    """Does not begin with a star: cronsim, as Debian does, reads a star here as "and"."""
    return not field.startswith("*")


DAY_PAIRS = (
    st.just(("*", "*"))
    | st.tuples(DAYS, st.just("*"))
    | st.tuples(st.just("*"), WEEKDAYS)
    | st.tuples(DAYS.filter(is_plain), WEEKDAYS.filter(is_plain))
)


@st.composite
def texts(draw: DrawFn, minutes: SearchStrategy[str], hours: SearchStrategy[str]) -> str:
    day, weekday = draw(DAY_PAIRS)
    # 31 in short months alone never comes, which is refused by design.
    month = draw(st.just("*") if day in {"29", "30", "31"} else MONTHS)
    return f"{draw(minutes)} {draw(hours)} {day} {month} {weekday}"


ELAPSED = texts(optional(MINUTES), ELAPSED_HOURS)
FIXED = texts(MINUTES.filter(is_plain), FIXED_HOURS)
FIXED_HOURS_ANY_MINUTE = texts(optional(MINUTES), FIXED_HOURS)


@st.composite
def without_dates(draw: DrawFn) -> str:
    """A text that names no day of the month."""
    hours, weekdays = draw(optional(fields(0, 23))), draw(optional(fields(0, 6)))
    return f"{draw(optional(MINUTES))} {hours} * {draw(MONTHS)} {weekdays}"


# croniter takes 9-9 for every value.
WITHOUT_DATES = without_dates().filter(lambda text: not re.search(r"\b(\d+)-\1\b", text))
