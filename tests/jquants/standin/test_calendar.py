from datetime import date

import pytest

from jquants.standin.market.calendar import (
    OUTAGE,
    Sessions,
    hol_div,
    is_trading,
    trading_day_from,
    trading_day_until,
)
from jquants.standin.market.holidays import computed, weekday_holidays


@pytest.mark.parametrize("year", [2008, 2015, 2019, 2020, 2021, 2026, 2027, 2033, 2040])
def test_known_holidays_are_those_of_jpholiday(year: int) -> None:
    assert weekday_holidays(year) == computed(year)


def test_weekday_holidays_of_later_years_are_computed() -> None:
    assert date(2042, 5, 5) in weekday_holidays(2042)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 20), "1"),
        (date(2026, 11, 21), "0"),  # Saturday
        (date(2022, 9, 19), "0"),  # a holiday before holiday trading
        (date(2022, 9, 23), "3"),  # its first day
        (date(2026, 11, 23), "3"),
        (date(2026, 1, 1), "0"),
        (date(2026, 1, 2), "0"),
        (date(2025, 1, 3), "3"),
        (date(2024, 12, 31), "0"),
        (date(2008, 12, 30), "2"),
        (date(2009, 1, 5), "2"),
        (date(2009, 1, 6), "1"),
        (date(2009, 12, 30), "1"),
    ],
)
def test_hol_div_follows_the_exchange(day: date, expected: str) -> None:
    assert hol_div(day) == expected


def test_trading_days_around_a_long_weekend() -> None:
    assert trading_day_from(date(2026, 11, 21)) == date(2026, 11, 24)
    assert trading_day_until(date(2026, 11, 23)) == date(2026, 11, 20)
    assert not is_trading(date(2026, 11, 23))


def test_sessions_are_numbered_without_the_outage() -> None:
    sessions = Sessions()
    before, after = sessions.number(date(2020, 9, 30)), sessions.number(date(2020, 10, 2))
    assert after == before + 1
    assert sessions.number(OUTAGE) == before
    assert sessions.days[0] == date(2008, 5, 7)


def test_sessions_between_counts_the_trading_days_of_a_year() -> None:
    assert len(Sessions().between(date(2025, 1, 1), date(2025, 12, 31))) == 243
