"""The exchange's calendar as schedules see it (R11)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from jquants import ingest
from jquants.calendar import is_probable_trading_day
from jquants.calendars import ExchangeCalendar, StoredCalendar
from jquants.datasets import TRADING_CALENDAR
from jquants.models import TradingDay
from scheduler import calendars
from scheduler.schedules import parse
from tests.xtks import CLOSED_WEEKDAYS, WEEKDAYS

URL = "http://127.0.0.1:9/v2"
FRIDAY = datetime(2026, 11, 20, 8, tzinfo=UTC)  # 17:00 in Tokyo
TUESDAY = date(2026, 11, 24)  # the next trading day


def fetch(now: datetime = FRIDAY, **divisions: str) -> None:
    """Store what J-Quants answers: divisions by date, such as d20261124="1"."""
    rows = [
        {"Date": f"{day[1:5]}-{day[5:7]}-{day[7:]}", "HolDiv": division}
        for day, division in divisions.items()
    ]
    ingest.write(TRADING_CALENDAR, rows, base_url=URL, now=now)


@pytest.mark.django_db
def test_r11_divisions_1_and_2_are_open() -> None:
    fetch(d20261229="1", d20261230="2", d20261128="3", d20261130="0")
    calendar = calendars.get("jpx")

    assert [
        calendar.is_open(day)
        for day in (date(2026, 12, 29), date(2026, 12, 30), date(2026, 11, 28), date(2026, 11, 30))
    ] == [True, True, False, False]
    assert not calendar.is_provisional(date(2026, 11, 30))


@pytest.mark.django_db
def test_r11_days_not_published_are_provisional() -> None:
    fetch(d20261124="0")
    calendar = calendars.get("jpx")

    assert not calendar.is_open(TUESDAY)
    assert calendar.is_open(date(2028, 11, 24))
    assert not calendar.is_open(date(2028, 11, 23))
    assert calendar.is_provisional(date(2028, 11, 24))
    assert calendar.is_provisional(date(2028, 11, 23))


@pytest.mark.django_db
def test_r11_schedule_follows_the_next_fetch_at_once() -> None:
    schedule = parse("@trading 16:45", timezone="Asia/Tokyo", calendar=calendars.source("jpx"))
    provisional = schedule.next_after(FRIDAY)
    fetch(d20261124="0")
    corrected = schedule.next_after(FRIDAY)
    fetch(FRIDAY + timedelta(hours=1), d20261124="1")

    assert provisional == datetime(2026, 11, 24, 7, 45, tzinfo=UTC)
    assert corrected == datetime(2026, 11, 25, 7, 45, tzinfo=UTC)
    assert schedule.next_after(FRIDAY) == provisional


@pytest.mark.django_db
def test_r11_fetch_that_is_undone_is_forgotten() -> None:
    calendar = StoredCalendar()
    fetch(d20261124="1")
    with transaction.atomic():
        fetch(FRIDAY + timedelta(hours=1), d20261124="0")
        within = calendar()
        transaction.set_rollback(True)

    assert not within.is_open(TUESDAY)
    assert calendar().is_open(TUESDAY)


@pytest.mark.django_db
def test_calendar_costs_one_query_while_it_stays_the_same(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    fetch(d20261124="1")
    calendar = StoredCalendar()
    first = calendar()

    with django_assert_num_queries(1):
        assert calendar() is first
    with django_assert_num_queries(0):
        assert first.is_open(TUESDAY)
        assert first.is_open(date(2028, 11, 24))


@pytest.mark.django_db
def test_days_without_the_record_of_a_fetch_are_read_each_time() -> None:
    calendar = StoredCalendar()
    before = calendar().is_open(TUESDAY)
    TradingDay.objects.create(date=TUESDAY, holiday_division="0")

    assert (before, calendar().is_open(TUESDAY)) == (True, False)


def test_r11_guess_agrees_with_an_independent_calendar_of_20_years() -> None:
    guess = ExchangeCalendar({})

    assert [day for day in WEEKDAYS if guess.is_open(day) == (day in CLOSED_WEEKDAYS)] == [
        date(2020, 10, 1)  # the failure of that day is no holiday
    ]
    assert not is_probable_trading_day(date(2026, 11, 21))
