"""Ticks of one schedule: strictly after, backwards, counted; and the exact instants of R9."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from scheduler.schedules import parse

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)  # 9:00 in Tokyo


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_next_after_reads_the_hours_in_the_zone() -> None:
    assert parse("0 6 * * *", timezone="Asia/Tokyo").next_after(MONDAY) == utc("2026-11-23 21:00")


def test_next_after_takes_any_aware_moment() -> None:
    tokyo = MONDAY.astimezone(ZoneInfo("Asia/Tokyo"))

    assert parse("0 6 * * *", timezone="Europe/Berlin").next_after(tokyo) == utc("2026-11-23 05:00")


def test_next_after_is_strictly_later() -> None:
    schedule = parse("0 9 * * *", timezone="Asia/Tokyo")

    assert schedule.next_after(MONDAY) == MONDAY + timedelta(days=1)
    assert schedule.next_after(MONDAY - timedelta(microseconds=1)) == MONDAY


def test_next_after_is_none_when_five_years_have_no_tick() -> None:
    fifth_monday_of_february = parse("0 0 * 2 1#5", timezone="UTC")

    assert fifth_monday_of_february.next_after(MONDAY) is None
    assert fifth_monday_of_february.next_after(utc("2040-03-01 00:00")) == utc("2044-02-29 00:00")


def test_r22_latest_until_includes_the_moment_and_excludes_since() -> None:
    schedule = parse("0 9 * * *", timezone="Asia/Tokyo")

    assert schedule.latest_until(MONDAY, since=MONDAY - timedelta(days=1)) == MONDAY
    assert schedule.latest_until(MONDAY - timedelta(seconds=1), since=MONDAY - timedelta(days=1)) is None


def test_r22_latest_until_is_quick_whatever_was_missed() -> None:
    every_minute = parse("* * * * *", timezone="Asia/Tokyo")

    assert every_minute.latest_until(MONDAY, since=datetime(1980, 1, 1, tzinfo=UTC)) == MONDAY


def test_newest_until_is_oldest_first_and_limited() -> None:
    schedule = parse("0 9 * * 1-5", timezone="Asia/Tokyo")
    thursday, friday = MONDAY - timedelta(days=4), MONDAY - timedelta(days=3)

    assert schedule.newest_until(MONDAY, since=thursday, limit=5) == [friday, MONDAY]
    assert schedule.newest_until(MONDAY, since=datetime(1980, 1, 1, tzinfo=UTC), limit=1) == [MONDAY]


def test_r22_count_between_stops_at_the_limit() -> None:
    schedule = parse("*/5 * * * *", timezone="Asia/Tokyo")

    assert schedule.count_between(MONDAY, MONDAY + timedelta(hours=1)) == 12
    assert schedule.count_between(MONDAY, MONDAY + timedelta(days=365), limit=100) == 100


def test_enumerations_of_one_schedule_do_not_disturb_each_other() -> None:
    schedule = parse("0 9 * * *", timezone="Asia/Tokyo")
    forwards, backwards = schedule.ticks_after(MONDAY), schedule.ticks_until(MONDAY)

    steps = [(next(forwards) - MONDAY, MONDAY - next(backwards)) for _ in range(3)]

    assert steps == [(timedelta(days=passed + 1), timedelta(days=passed)) for passed in range(3)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("0 0 * * 0", ["2026-11-29", "2026-12-06"]),
        ("0 0 * * 7", ["2026-11-29", "2026-12-06"]),
        ("0 0 * * SUN", ["2026-11-29", "2026-12-06"]),
        ("0 0 * * 5-7", ["2026-11-27", "2026-11-28", "2026-11-29", "2026-12-04"]),
        ("0 0 * * SAT-MON", ["2026-11-28", "2026-11-29", "2026-11-30", "2026-12-05"]),
        ("0 0 L * *", ["2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"]),
        ("0 0 L 2 *", ["2027-02-28", "2028-02-29"]),
        ("0 0 29 2 *", ["2028-02-29", "2032-02-29"]),
        ("0 0 * * 5#2", ["2026-12-11", "2027-01-08"]),
        ("0 0 * * 5L", ["2026-11-27", "2026-12-25"]),
        ("0 0 * * L5", ["2026-11-27", "2026-12-25"]),
        ("0 0 1 * 5#2", ["2026-12-01", "2026-12-11", "2027-01-01", "2027-01-08"]),
        ("0 0 1 * MON", ["2026-11-30", "2026-12-01", "2026-12-07"]),
        ("0 0 28,L * 1,5L", ["2026-11-27", "2026-11-28", "2026-11-30", "2026-12-07"]),
        ("0 0 31 2 1", ["2027-02-01", "2027-02-08"]),
        ("0 0 5/25 * *", ["2026-11-30", "2026-12-05", "2026-12-30"]),
    ],
)
def test_next_after_follows_each_form_of_day(text: str, days: list[str]) -> None:
    ticks = islice(parse(text, timezone="UTC").ticks_after(MONDAY), len(days))

    assert [str(tick.date()) for tick in ticks] == days


DAYLIGHT_SAVING = [
    # A gap: fixed hours run once, at the first instant after it.
    ("30 2 * * *", "Europe/Berlin", "2026-03-28 12:00", ["2026-03-29 01:00", "2026-03-30 00:30"]),
    ("*/15 2 * * *", "Europe/Berlin", "2026-03-28 12:00", ["2026-03-29 01:00", "2026-03-30 00:00"]),
    ("0,30 2,3 * * *", "Europe/Berlin", "2026-03-28 12:00", ["2026-03-29 01:00", "2026-03-29 01:30"]),
    ("30 2 * * *", "America/New_York", "2026-03-07 12:00", ["2026-03-08 07:00", "2026-03-09 06:30"]),
    ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 12:00", ["2026-10-03 15:30", "2026-10-04 15:15"]),
    ("30 1 * * *", "Antarctica/Troll", "2026-03-28 12:00", ["2026-03-29 01:00", "2026-03-29 23:30"]),
    ("0 0 * * *", "America/Havana", "2026-03-07 12:00", ["2026-03-08 05:00", "2026-03-09 04:00"]),
    ("0 0 * * *", "Asia/Beirut", "2026-03-28 12:00", ["2026-03-28 22:00", "2026-03-29 21:00"]),
    ("30 2 * * *", "Africa/Casablanca", "2026-03-21 12:00", ["2026-03-22 02:00", "2026-03-23 01:30"]),
    # The whole of 30 December 2011 is a gap: its run comes with the first instant of the 31st.
    ("0 6 * * *", "Pacific/Apia", "2011-12-29 17:00", ["2011-12-30 10:00", "2011-12-30 16:00"]),
    # A fold: fixed hours run once, in the first pass.
    ("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", ["2026-10-25 00:30", "2026-10-26 01:30"]),
    ("*/30 2 * * *", "Europe/Berlin", "2026-10-25 00:15", ["2026-10-25 00:30", "2026-10-26 01:00"]),
    ("30 1 * * *", "America/New_York", "2026-10-31 12:00", ["2026-11-01 05:30", "2026-11-02 06:30"]),
    ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 12:00", ["2026-04-04 14:45", "2026-04-05 15:15"]),
    ("30 1 * * *", "Antarctica/Troll", "2026-10-24 12:00", ["2026-10-24 23:30", "2026-10-26 01:30"]),
    ("0 0 * * *", "America/Havana", "2026-10-31 12:00", ["2026-11-01 04:00", "2026-11-02 05:00"]),
    # By elapsed time: nothing in a gap, both passes of a fold.
    ("30 * * * *", "Europe/Berlin", "2026-03-29 00:00", ["2026-03-29 00:30", "2026-03-29 01:30"]),
    ("0 */2 * * *", "Europe/Berlin", "2026-03-28 22:00", ["2026-03-28 23:00", "2026-03-29 02:00"]),
    ("0 * * * *", "Pacific/Apia", "2011-12-30 08:00", ["2011-12-30 09:00", "2011-12-30 10:00"]),
    (
        "0 */2 * * *",
        "Europe/Berlin",
        "2026-10-24 23:00",
        ["2026-10-25 00:00", "2026-10-25 01:00", "2026-10-25 03:00"],
    ),
    (
        "*/30 0-23 * * *",
        "America/New_York",
        "2026-11-01 05:00",
        ["2026-11-01 05:30", "2026-11-01 06:00", "2026-11-01 06:30", "2026-11-01 07:00"],
    ),
    (
        "45 * * * *",
        "Australia/Lord_Howe",
        "2026-04-04 14:00",
        ["2026-04-04 14:45", "2026-04-04 15:15", "2026-04-04 16:15"],
    ),
    (
        "0,59 * * * *",
        "Antarctica/Troll",
        "2026-10-25 00:00",
        ["2026-10-25 00:59", "2026-10-25 01:00", "2026-10-25 01:59", "2026-10-25 02:00"],
    ),
]


@pytest.mark.parametrize(("text", "zone", "after", "expected"), DAYLIGHT_SAVING)
def test_r9_daylight_saving_forwards(text: str, zone: str, after: str, expected: list[str]) -> None:
    ticks = parse(text, timezone=zone).ticks_after(utc(after))

    assert list(islice(ticks, len(expected))) == [utc(tick) for tick in expected]


@pytest.mark.parametrize(("text", "zone", "after", "expected"), DAYLIGHT_SAVING)
def test_r9_daylight_saving_backwards(text: str, zone: str, after: str, expected: list[str]) -> None:
    newest = parse(text, timezone=zone).newest_until(utc(expected[-1]), since=utc(after), limit=10)

    assert newest == [utc(tick) for tick in expected]


@pytest.mark.parametrize(("text", "zone", "after", "expected"), DAYLIGHT_SAVING)
def test_r15_each_tick_leads_to_the_next(text: str, zone: str, after: str, expected: list[str]) -> None:
    schedule = parse(text, timezone=zone)

    for earlier, later in zip([after, *expected], expected, strict=False):
        assert schedule.next_after(utc(earlier)) == utc(later)
