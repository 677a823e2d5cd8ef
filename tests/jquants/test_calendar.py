from datetime import UTC, date, datetime

import pytest

from jquants import calendar
from jquants.models import TradingDay


def days(*numbers: int, month: int = 5) -> list[date]:
    return [date(2026, month, number) for number in numbers]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 20, 14, 59, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 15, 0, tzinfo=UTC), date(2026, 11, 21)),
    ],
)
def test_today_is_the_date_in_tokyo(moment: datetime, expected: date) -> None:
    assert calendar.today(moment) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 23), False),  # Labour Thanksgiving Day
        (date(2026, 12, 30), True),
        (date(2026, 12, 31), False),
        (date(2027, 1, 1), False),
        (date(2029, 1, 3), False),  # a Wednesday
        (date(2027, 1, 4), True),
        (date(2026, 5, 6), False),  # a substitute holiday
    ],
)
def test_probable_trading_days_follow_the_holidays(day: date, expected: bool) -> None:
    assert calendar.is_probable_trading_day(day) is expected


@pytest.mark.django_db
def test_trading_days_come_from_the_stored_calendar_where_it_reaches() -> None:
    TradingDay.objects.bulk_create(
        [
            TradingDay(date=date(2026, 5, 1), holiday_division="0"),  # the rule would say open
            TradingDay(date=date(2026, 5, 2), holiday_division="2"),  # a Saturday
            TradingDay(date=date(2026, 5, 4), holiday_division="3"),
        ]
    )

    found = calendar.trading_days(date(2026, 5, 1), date(2026, 5, 8))

    assert found.days == days(2, 7, 8)
    assert found.provisional == days(7, 8)


@pytest.mark.django_db
def test_trading_days_of_a_range_in_wrong_order_are_none() -> None:
    assert calendar.trading_days(date(2026, 5, 8), date(2026, 5, 1)).days == []


@pytest.mark.django_db
def test_newest_trading_days_reach_back_over_a_long_closure() -> None:
    assert calendar.newest_trading_days(2, date(2026, 5, 6)).days == [date(2026, 4, 30), date(2026, 5, 1)]
    assert calendar.newest_trading_days(1, date(2019, 5, 6)).days == [date(2019, 4, 26)]


@pytest.mark.django_db
def test_next_trading_day_is_the_day_itself_when_open() -> None:
    assert calendar.next_trading_day(date(2026, 11, 20)) == date(2026, 11, 20)
    assert calendar.next_trading_day(date(2026, 11, 21)) == date(2026, 11, 24)
