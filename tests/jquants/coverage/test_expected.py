from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from jquants import ingest
from jquants.coverage import fetches
from jquants.coverage.expected import (
    expected_days,
    is_final,
    newest_expected_days,
    newest_published,
    published_at,
)
from jquants.datasets import DAILY_QUOTES, DIVIDENDS
from jquants.datasets.days import weekdays, weekly_until
from jquants.models import TradingDay
from tests.jquants.fakes import NOW, TODAY, bar

pytestmark = pytest.mark.django_db

WEEKLY = replace(DAILY_QUOTES, expected=weekly_until(date(2026, 9, 24)))
FILED = replace(DAILY_QUOTES, expected=weekdays)


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


def test_days_are_expected_on_trading_days_unless_declared_otherwise() -> None:
    # Monday the 23rd is a holiday.
    span = date(2026, 11, 20), date(2026, 11, 25)

    assert expected_days(DAILY_QUOTES, *span).days == days("2026-11-20", "2026-11-24", "2026-11-25")
    assert expected_days(FILED, *span).days == days("2026-11-20", "2026-11-23", "2026-11-24", "2026-11-25")


def test_days_of_weekly_figures_are_the_last_of_long_weeks_whatever_the_span_cuts() -> None:
    found = expected_days(WEEKLY, date(2026, 9, 9), date(2026, 9, 29)).days

    # The week from the 21st has three holidays and ends the weekly figures.
    assert found == days("2026-09-11", "2026-09-18", "2026-09-25", "2026-09-28", "2026-09-29")
    assert newest_expected_days(WEEKLY, 6, date(2026, 9, 25)).days[0] == date(2026, 8, 21)


def test_days_follow_the_stored_calendar_and_the_beginning_of_the_data_set() -> None:
    TradingDay.objects.create(date=date(2026, 11, 19), holiday_division="0")
    begun = replace(DAILY_QUOTES, since=date(2026, 11, 18))

    found = newest_expected_days(begun, 10, TODAY)

    assert found.days == days("2026-11-18", "2026-11-20")
    assert found.provisional == found.days
    assert expected_days(begun, TODAY, TODAY - timedelta(days=1)).days == []


@pytest.mark.parametrize(
    ("hours", "lag", "at", "newest"),
    [
        (16.5, 0, datetime(2026, 11, 20, 7, 29, tzinfo=UTC), "2026-11-19"),
        (16.5, 0, datetime(2026, 11, 20, 7, 30, tzinfo=UTC), "2026-11-20"),
        (27, 0, datetime(2026, 11, 20, 17, 59, tzinfo=UTC), "2026-11-19"),  # 02:59 on Saturday
        (27, 0, datetime(2026, 11, 20, 18, 0, tzinfo=UTC), "2026-11-20"),
        (16.5, 1, datetime(2026, 11, 24, 7, 29, tzinfo=UTC), "2026-11-19"),
        (16.5, 1, datetime(2026, 11, 24, 7, 30, tzinfo=UTC), "2026-11-20"),  # after a long weekend
        (None, 0, NOW, "2026-11-19"),
    ],
)
def test_newest_day_depends_on_the_hour_and_the_lag(
    hours: float | None, lag: int, at: datetime, newest: str
) -> None:
    after = timedelta(hours=hours) if hours is not None else None
    dataset = replace(DAILY_QUOTES, published_after=after, lag=lag)

    found = newest_expected_days(dataset, 1, newest_published(dataset, at)).days

    assert found == days(newest)
    if after:
        assert published_at(dataset, found[0]) <= at


def test_a_day_fetched_before_it_is_final_is_fetched_again() -> None:
    dataset = replace(DAILY_QUOTES, final_after=timedelta(hours=24, minutes=30))
    final = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # half past midnight in Tokyo

    def covered(fetched_at: datetime) -> bool:
        ingest.write(dataset, [bar()], day=TODAY, base_url="http://127.0.0.1/v2", now=fetched_at)
        return TODAY in fetches.covered(dataset, [TODAY])

    assert not covered(final - timedelta(seconds=1))
    assert covered(final)


def test_notices_of_dividends_are_collected_until_the_next_noon() -> None:
    """Those of the evening have that day's date, and are there when the next day's first are."""
    evening, noon = datetime(2026, 11, 20, 11, 0, tzinfo=UTC), datetime(2026, 11, 21, 3, 0, tzinfo=UTC)

    assert not is_final(DIVIDENDS, TODAY, evening)
    assert is_final(DIVIDENDS, TODAY, noon)


def test_an_empty_day_of_a_sparse_data_set_is_an_answer() -> None:
    for is_sparse in (False, True):
        dataset = replace(DAILY_QUOTES, is_sparse=is_sparse)
        ingest.write(dataset, [], day=TODAY, base_url="http://127.0.0.1/v2", now=NOW)

        assert (TODAY in fetches.covered(dataset, [TODAY])) is is_sparse
