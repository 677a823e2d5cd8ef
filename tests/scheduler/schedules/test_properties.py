"""Properties that hold for every schedule, and two independent oracles.

cronsim is the first oracle. Ours differs from it, on purpose, in these: cronsim decides by the minute field
too whether a job runs by elapsed time, R9 by the hour field alone; cronsim reads `1 * */2` as "and" where
ours is "or"; cronsim repeats the end of a gap for each wall time in it. The second oracle reads a clock
minute by minute around the changes of odd zones.
"""

import calendar
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.schedules import parse
from scheduler.schedules.daily import DailyTimes
from scheduler.schedules.fields import LAST, CronFields, parse_fields
from tests.scheduler.schedules.strategies import (
    ELAPSED,
    FIXED,
    FIXED_HOURS_ANY_MINUTE,
    WITHOUT_DATES,
    ZONES,
)

MINUTE = timedelta(minutes=1)
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
# Between 2001 and 2036 these change their clocks at about midnight, or by half an hour. There cronsim loses
# hours: it sets the clock back to 0:00 or to the full hour even when a gap has swallowed that time.
CRONSIM_LOSES_HOURS = {
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Apia",
}
CRONSIM_ZONES = [zone for zone in ZONES if zone not in CRONSIM_LOSES_HOURS]
CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 5, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 4, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
    ("Pacific/Kwajalein", datetime(1993, 8, 21, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 3, 22, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 10, 25, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 3, 8, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Asia/Pyongyang", datetime(2018, 5, 5, tzinfo=UTC)),
]


def distinct(moments: Iterable[datetime]) -> Iterator[datetime]:
    return (moment for moment, _ in groupby(moments))


def cronsim_ticks(text: str, start: datetime, zone: str) -> Iterator[datetime]:
    return distinct(tick.astimezone(UTC) for tick in CronSim(text, start.astimezone(ZoneInfo(zone))))


@settings(max_examples=150, deadline=None)
@given(text=ELAPSED | FIXED_HOURS_ANY_MINUTE, moment=MOMENTS)
def test_ticks_without_daylight_saving_agree_with_cronsim_both_ways(text: str, moment: datetime) -> None:
    schedule = parse(text, timezone="UTC")

    assert list(islice(schedule.ticks_after(moment), 5)) == list(islice(CronSim(text, moment), 5))
    earlier = CronSim(text, moment + timedelta(microseconds=1), reverse=True)
    assert list(islice(schedule.ticks_until(moment), 5)) == list(islice(earlier, 5))


@settings(max_examples=150, deadline=None)
@given(text=ELAPSED | FIXED, moment=MOMENTS, zone=st.sampled_from(CRONSIM_ZONES))
def test_ticks_in_zones_agree_with_cronsim(text: str, moment: datetime, zone: str) -> None:
    schedule = parse(text, timezone=zone)

    assert list(islice(schedule.ticks_after(moment), 8)) == list(islice(cronsim_ticks(text, moment, zone), 8))


@settings(max_examples=60, deadline=None)
@given(text=ELAPSED | FIXED_HOURS_ANY_MINUTE, change=st.sampled_from(CHANGES), at=st.integers(0, 72 * 60))
def test_r9_ticks_agree_with_a_clock_on_the_wall(text: str, change: tuple[str, datetime], at: int) -> None:
    zone, day = change
    start, moment, end = day - timedelta(hours=36), day + (at - 36 * 60) * MINUTE, day + timedelta(hours=36)
    schedule = parse(text, timezone=zone)
    seen = seen_on_the_wall(parse_fields(schedule.text), start, end, ZoneInfo(zone))

    assert list(takewhile(lambda tick: tick <= end, schedule.ticks_after(start))) == seen
    assert list(takewhile(lambda tick: tick > start, schedule.ticks_until(end))) == seen[::-1]
    assert schedule.latest_until(moment, since=start) == max((t for t in seen if t <= moment), default=None)
    later = [tick for tick in seen if tick > moment]
    assert not later or schedule.next_after(moment) == later[0]


@settings(max_examples=60, deadline=None)
@given(
    text=ELAPSED | FIXED_HOURS_ANY_MINUTE,
    moment=MOMENTS,
    zone=st.sampled_from(ZONES),
    limit=st.integers(1, 20),
)
def test_newest_until_is_the_tail_of_the_forward_enumeration(
    text: str, moment: datetime, zone: str, limit: int
) -> None:
    schedule = parse(text, timezone=zone)
    forward = list(islice(schedule.ticks_after(moment), 40))
    end = forward[-1]

    assert all(earlier < later for earlier, later in pairwise(forward))
    assert all(tick.tzinfo is UTC and tick > moment for tick in forward)
    assert schedule.newest_until(end, since=moment, limit=limit) == forward[-limit:]
    assert schedule.count_between(moment, end, limit=100) == len(forward)


@settings(max_examples=150, deadline=None)
@given(text=WITHOUT_DATES, moment=MOMENTS)
def test_times_of_days_agree_with_croniter_both_ways(text: str, moment: datetime) -> None:
    wall = moment.replace(tzinfo=None, second=0, microsecond=0)
    times = DailyTimes(parse_fields(text))

    later, earlier = croniter(text, wall), croniter(text, wall + MINUTE)
    assert list(islice(times.forward(wall), 5)) == [later.get_next(datetime) for _ in range(5)]
    assert list(islice(times.backward(wall), 5)) == [earlier.get_prev(datetime) for _ in range(5)]


@pytest.mark.parametrize("zone", ZONES)
def test_r9_fixed_hour_job_runs_once_on_every_local_day(zone: str) -> None:
    for text in ("30 2 * * *", "30 0 * * *", "0 0 * * *"):
        ticks = parse(text, timezone=zone).ticks_after(datetime(2026, 1, 1, 12, tzinfo=UTC))
        days = [tick.astimezone(ZoneInfo(zone)).date() for tick in islice(ticks, 366)]

        assert days == [days[0] + timedelta(days=passed) for passed in range(366)]


def seen_on_the_wall(fields: CronFields, start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """Ticks in (start, end], from looking at the clock each minute."""
    clock = [(moment, moment.astimezone(zone).replace(tzinfo=None)) for moment in minutes_between(start, end)]
    if fields.runs_by_elapsed_time:
        return [moment for moment, wall in clock if matches(fields, wall) and moment > start]
    ticks = {
        next(moment for moment, wall in clock if wall >= intended)
        for intended in minutes_between(clock[0][1], max(wall for _, wall in clock))
        if matches(fields, intended)
    }
    return sorted(tick for tick in ticks if tick > start)


def minutes_between(start: datetime, end: datetime) -> Iterator[datetime]:
    return (start + passed * MINUTE for passed in range(int((end - start) / MINUTE) + 1))


def matches(fields: CronFields, wall: datetime) -> bool:
    is_right_time = wall.minute in fields.minutes and wall.hour in fields.hours
    return is_right_time and wall.month in fields.months and matches_day(fields, wall.date())


def matches_day(fields: CronFields, day: date) -> bool:
    weekday = day.isoweekday() % 7
    days_left = calendar.monthrange(day.year, day.month)[1] - day.day
    return (
        fields.is_every_day
        or day.day in fields.days
        or (fields.has_last_day and days_left == 0)
        or weekday in fields.weekdays
        or (weekday, (day.day + 6) // 7) in fields.nth_weekdays
        or ((weekday, LAST) in fields.nth_weekdays and days_left < 7)
    )
