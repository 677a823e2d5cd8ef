"""Ticks of trading-day schedules on the exchange's real days (R10)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from scheduler.schedules import InvalidSchedule, Schedule, parse
from scheduler.schedules.trading_days import EVERY_DAY
from tests.xtks import CLOSED_WEEKDAYS, Exchange

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
TOKYO = ZoneInfo("Asia/Tokyo")
EXCHANGE = Exchange()
FRIDAY = datetime(2026, 11, 20, 8, tzinfo=UTC)  # 17:00 in Tokyo


class AlwaysOpen:
    def is_open(self, day: date) -> bool:
        return True


class Counting(Exchange):
    """Counts how often it is asked."""

    def __init__(self, closes_on: date = date.max) -> None:
        super().__init__()
        self.asked = 0
        self._closes_on = closes_on

    def is_open(self, day: date) -> bool:
        self.asked += 1
        return day < self._closes_on and super().is_open(day)


def current() -> Exchange:
    return EXCHANGE


def trading(text: str, zone: str = "Asia/Tokyo") -> Schedule:
    return parse(text, timezone=zone, calendar=current)


def tokyo(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=TOKYO)


def walls(ticks: list[datetime], zone: ZoneInfo = TOKYO) -> list[str]:
    return [f"{tick.astimezone(zone):%Y-%m-%d %H:%M}" for tick in ticks]


def test_r10_every_trading_day_of_the_long_golden_week() -> None:
    ticks = trading("@trading 16:45").ticks_after(tokyo("2019-04-25 16:45"))

    assert walls(list(islice(ticks, 3))) == ["2019-04-26 16:45", "2019-05-07 16:45", "2019-05-08 16:45"]


TABLE = [
    # The text, a moment in Tokyo, and the ticks that follow it.
    ("@trading 16:45", "2025-12-29 12:00", ["2025-12-29 16:45", "2025-12-30 16:45", "2026-01-05 16:45"]),
    ("@trading 16:45", "2025-12-30 16:44", ["2025-12-30 16:45", "2026-01-05 16:45"]),
    ("@trading 16:45", "2025-12-30 16:45", ["2026-01-05 16:45", "2026-01-06 16:45"]),
    # Hours past 24: the next morning, whatever day that is, over ends of months and years.
    ("@trading 24:30", "2026-11-19 23:00", ["2026-11-20 00:30", "2026-11-21 00:30", "2026-11-25 00:30"]),
    ("@trading 27:00", "2026-07-30 12:00", ["2026-07-31 03:00", "2026-08-01 03:00", "2026-08-04 03:00"]),
    ("@trading 24:00", "2025-12-30 12:00", ["2025-12-31 00:00", "2026-01-06 00:00"]),
    ("@trading 47:59", "2026-02-27 12:00", ["2026-02-27 23:59", "2026-02-28 23:59", "2026-03-03 23:59"]),
    # The last trading day is a Friday; its 27:00 is in the next month.
    ("@trading-month -1 27:00", "2026-07-20 12:00", ["2026-08-01 03:00", "2026-09-01 03:00"]),
    ("@trading-month -1 18:00", "2025-12-01 12:00", ["2025-12-30 18:00", "2026-01-30 18:00"]),
    ("@trading-month -2 18:00", "2025-12-01 12:00", ["2025-12-29 18:00", "2026-01-29 18:00"]),
    ("@trading-month 1 8:00", "2025-12-01 12:00", ["2026-01-05 08:00", "2026-02-02 08:00"]),
    ("@trading-month 1 8:00", "2019-04-10 12:00", ["2019-05-07 08:00", "2019-06-03 08:00"]),
    # Few months have so many; the others are passed over.
    ("@trading-month 22 9:00", "2025-12-30 12:00", ["2026-06-30 09:00", "2026-07-31 09:00"]),
    ("@trading-month 23 9:00", "2018-01-01 12:00", ["2018-08-31 09:00", "2021-03-31 09:00"]),
    ("@trading-month -23 9:00", "2018-01-01 12:00", ["2018-08-01 09:00", "2021-03-01 09:00"]),
    # An ordinary week, then one with a holiday on Monday.
    (
        "@trading-week 4 18:00",
        "2026-11-16 12:00",
        ["2026-11-19 18:00", "2026-11-27 18:00", "2026-12-03 18:00"],
    ),
    # Monday to Wednesday are closed, so the fourth day is next Tuesday; the next week has its own on Thursday.
    (
        "@trading-week 4 18:00",
        "2026-04-30 18:00",
        ["2026-05-01 18:00", "2026-05-12 18:00", "2026-05-14 18:00"],
    ),
    ("@trading-week 4 18:00", "2026-09-18 12:00", ["2026-09-29 18:00", "2026-10-01 18:00"]),
    ("@trading-week 4 18:00", "2026-09-28 18:30", ["2026-09-29 18:00", "2026-10-01 18:00"]),
    ("@trading-week 4 18:00", "2025-12-25 18:00", ["2026-01-06 18:00", "2026-01-08 18:00"]),
    # No day at all from 29 April to 3 May 2019: that week's tick is the next week's.
    ("@trading-week 4 18:00", "2019-04-25 18:00", ["2019-05-10 18:00", "2019-05-16 18:00"]),
    ("@trading-week 1 8:00", "2019-04-22 08:00", ["2019-05-07 08:00", "2019-05-13 08:00"]),
    # Four days in this week, so its fifth is next Monday; the next week's own fifth is Friday.
    ("@trading-week 5 8:00", "2026-11-20 08:00", ["2026-11-30 08:00", "2026-12-04 08:00"]),
]


@pytest.mark.parametrize(("text", "after", "expected"), TABLE)
def test_r10_ticks_forwards(text: str, after: str, expected: list[str]) -> None:
    ticks = trading(text).ticks_after(tokyo(after))

    assert walls(list(islice(ticks, len(expected)))) == expected


@pytest.mark.parametrize(("text", "after", "expected"), TABLE)
def test_r22_ticks_backwards(text: str, after: str, expected: list[str]) -> None:
    schedule, last = trading(text), tokyo(expected[-1])

    assert walls(schedule.newest_until(last, since=tokyo(after), limit=10)) == expected
    assert schedule.count_between(tokyo(after), last) == len(expected)


@pytest.mark.parametrize(
    ("text", "tick", "day"),
    [
        ("@trading 16:45", "2026-11-20 16:45", "2026-11-20"),
        ("@trading 24:30", "2026-11-21 00:30", "2026-11-20"),
        ("@trading 27:00", "2026-08-01 03:00", "2026-07-31"),
        ("@trading 47:59", "2026-11-21 23:59", "2026-11-20"),
        ("@trading-month -1 24:00", "2025-12-31 00:00", "2025-12-30"),
    ],
)
def test_r10_tick_belongs_to_its_trading_day(text: str, tick: str, day: str) -> None:
    schedule = trading(text)

    assert schedule.next_after(tokyo(tick) - timedelta(minutes=1)) == tokyo(tick)
    assert schedule.trading_date(tokyo(tick)) == date.fromisoformat(day)


def test_r10_cron_has_no_trading_date() -> None:
    assert parse("0 6 * * *", timezone="Asia/Tokyo").trading_date(FRIDAY) is None


def test_r10_wall_time_is_in_the_zone_of_the_job() -> None:
    schedule = trading("@trading 24:30", "America/New_York")

    assert schedule.next_after(FRIDAY) == datetime(2026, 11, 21, 5, 30, tzinfo=UTC)
    assert schedule.trading_date(datetime(2026, 11, 21, 5, 30, tzinfo=UTC)) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "zone", "after", "tick"),
    [
        # A gap on Sunday morning, which is 26:30 of a Saturday: its end.
        ("@trading 26:30", "Europe/Berlin", "2026-03-28 12:00", "2026-03-29 01:00"),
        # A fold: the first pass.
        ("@trading 26:30", "Europe/Berlin", "2026-10-24 12:00", "2026-10-25 00:30"),
        # The 30th of December 2011 is a gap as a whole: its time is the first instant of the 31st.
        ("@trading 6:00", "Pacific/Apia", "2011-12-29 17:00", "2011-12-30 10:00"),
        ("@trading 0:00", "Pacific/Apia", "2011-12-29 17:00", "2011-12-30 10:00"),
    ],
)
def test_r9_daylight_saving_moves_a_trading_day_like_a_fixed_hour(
    text: str, zone: str, after: str, tick: str
) -> None:
    moment, expected = (datetime.fromisoformat(wall).replace(tzinfo=UTC) for wall in (after, tick))
    schedule = parse(text, timezone=zone, calendar=AlwaysOpen)
    ticks = list(islice(schedule.ticks_after(moment), 3))

    assert ticks[0] == expected
    assert ticks == sorted(set(ticks))
    assert schedule.newest_until(ticks[-1], since=moment, limit=9) == ticks


def test_r9_moments_within_a_fold_overlook_no_tick() -> None:
    first_pass = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 2:45 in Berlin, and again an hour later
    in_the_fold = parse("@trading 26:30", timezone="Europe/Berlin", calendar=AlwaysOpen)
    after_the_fold = parse("@trading 27:00", timezone="Europe/Berlin", calendar=AlwaysOpen)

    assert next(in_the_fold.ticks_until(first_pass)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert after_the_fold.next_after(first_pass + HOUR) == datetime(2026, 10, 25, 2, tzinfo=UTC)


def test_r11_kept_schedule_follows_the_calendar_as_it_changes() -> None:
    calendar = Exchange()
    schedule = parse("@trading 16:45", timezone="Asia/Tokyo", calendar=lambda: calendar)
    before = schedule.next_after(FRIDAY)
    calendar = Exchange(closed=CLOSED_WEEKDAYS | {date(2026, 11, 24)})

    assert before == tokyo("2026-11-24 16:45")
    assert schedule.next_after(FRIDAY) == tokyo("2026-11-25 16:45")
    assert schedule.trading_date(before) == date(2026, 11, 24)  # the promised tick keeps its day


@pytest.mark.parametrize("text", ["@trading 16:45", "@trading-week 4 18:00", "@trading-month 1 18:00"])
def test_r8_calendar_that_never_opens_again_is_refused_before_long(text: str) -> None:
    calendar = Counting(closes_on=date(2026, 11, 20))

    with pytest.raises(InvalidSchedule, match="within the next five years"):
        parse(text, timezone="Asia/Tokyo", calendar=lambda: calendar, now=FRIDAY)
    assert calendar.asked < 15 * 366
    schedule = parse(text, timezone="Asia/Tokyo", calendar=lambda: calendar)
    assert schedule.latest_until(FRIDAY, since=FRIDAY - timedelta(days=40)) is not None


def test_ticks_go_on_for_generations() -> None:
    days = EVERY_DAY.ascending(date(1990, 1, 1), EXCHANGE)

    assert next(islice(days, 15_000, None)).year == 2048


@pytest.mark.parametrize(
    ("year", "closed", "fourth_not_thursday", "fourth_rolls", "second_not_tuesday"),
    [(2024, 17, 13, 3, 12), (2025, 18, 14, 2, 12), (2026, 19, 12, 3, 9)],
)
def test_r10_facts_that_a_weekday_cron_gets_wrong(
    year: int, closed: int, fourth_not_thursday: int, fourth_rolls: int, second_not_tuesday: int
) -> None:
    fourth, second = days_of_weeks(4, year), days_of_weeks(2, year)

    assert sum(day.year == year for day in CLOSED_WEEKDAYS) == closed
    assert sum(day != monday + 3 * DAY for monday, day in fourth.items()) == fourth_not_thursday
    assert sum(day is not None and day >= monday + WEEK for monday, day in fourth.items()) == fourth_rolls
    assert sum(day != monday + DAY for monday, day in second.items()) == second_not_tuesday


def days_of_weeks(nth: int, year: int) -> dict[date, date | None]:
    """The n-th trading days of the weeks whose Monday is in `year`, by that Monday."""
    schedule, monday = trading(f"@trading-week {nth} 18:00"), date(2023, 12, 25)  # of a week with five days
    ticks = islice(schedule.ticks_after(datetime.combine(monday, time(), TOKYO)), 53 * 3)  # a tick a week
    days = {monday + week * WEEK: schedule.trading_date(tick) for week, tick in enumerate(ticks)}
    return {monday: day for monday, day in days.items() if monday.year == year}


@pytest.mark.parametrize(
    ("text", "most"),
    [("@trading 16:45", 20), ("@trading-week 4 18:00", 30), ("@trading-month -1 18:00", 62)],
)
def test_next_tick_asks_for_few_days_even_across_the_longest_closure(text: str, most: int) -> None:
    calendar = Counting()
    schedule = parse(text, timezone="Asia/Tokyo", calendar=lambda: calendar)

    assert schedule.next_after(tokyo("2019-04-26 18:00"))
    assert 0 < calendar.asked <= most
