from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from pytest_django import DjangoAssertNumQueries

from jquants.models import DailyQuote

FIRST = date(2026, 9, 1)

pytestmark = pytest.mark.django_db


def quote(number: int, code: str = "72030", **fields: Any) -> DailyQuote:
    values = {
        "open": 1200,
        "high": 1300,
        "low": 1100,
        "close": 1200,
        "volume": 1000,
        "turnover_value": 1200000,
    }
    factor = {"upper_limit": False, "lower_limit": False, "adjustment_factor": 1.0}
    day = FIRST + timedelta(days=number)
    return DailyQuote.objects.create(code=code, date=day, **(values | factor | fields))


def closes(**only: Any) -> list[Decimal | None]:
    quotes = DailyQuote.objects.adjusted().filter(code="72030", **only).order_by("date")
    return [quote.adjusted_close for quote in quotes]


def test_adjusted_prices_take_the_factors_of_later_days() -> None:
    quote(0)
    quote(1, close=600, adjustment_factor=0.5, ex_rights="1")
    quote(2, close=610)
    quote(3, close=6100, adjustment_factor=10.0, ex_rights="2")

    assert closes() == [Decimal(6000), Decimal(6000), Decimal(6100), Decimal(6100)]


def test_adjusted_covers_every_price_and_the_volume() -> None:
    quote(0)
    quote(1, adjustment_factor=0.5, ex_rights="1")

    first = DailyQuote.objects.adjusted().get(date=FIRST)

    assert [first.adjusted_open, first.adjusted_high, first.adjusted_low] == [600, 650, 550]
    assert [first.adjusted_close, first.adjusted_volume] == [600, 2000]
    assert str(first.adjusted_close) == "600.0000"


def test_adjusted_counts_splits_outside_the_filtered_range() -> None:
    quote(0)
    quote(9, adjustment_factor=0.5, ex_rights="1")

    assert closes(date=FIRST) == [Decimal(600)]


def test_adjusted_ignores_splits_of_other_issues() -> None:
    quote(0)
    quote(1, code="99840", adjustment_factor=0.5, ex_rights="1")

    assert closes() == [Decimal(1200)]


def test_adjusted_volume_leaves_rights_issues_alone() -> None:
    quote(0)
    quote(1, adjustment_factor=0.5, ex_rights="1")
    quote(2, adjustment_factor=0.9, ex_rights="3")

    first = DailyQuote.objects.adjusted().get(date=FIRST)

    assert [first.adjusted_close, first.adjusted_volume] == [540, 2000]


def test_adjusted_counts_a_factor_whose_reason_is_not_told() -> None:
    quote(0)
    quote(1, adjustment_factor=0.5, ex_rights=None)

    assert DailyQuote.objects.adjusted().get(date=FIRST).adjusted_volume == 2000


def test_adjusted_is_null_where_the_raw_value_is() -> None:
    quote(0, close=None, volume=None)
    quote(1, adjustment_factor=0.5)

    first = DailyQuote.objects.adjusted().get(date=FIRST)
    assert (first.adjusted_close, first.adjusted_volume) == (None, None)


def test_adjusted_thirds_are_rounded_to_four_decimals() -> None:
    quote(0, close=100)
    quote(1, adjustment_factor=1 / 3)

    assert [str(close) for close in closes()] == ["33.3333", "1200.0000"]


def test_adjusted_history_is_one_query_on_the_index_of_actions(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(10):
        quote(number)
    history = DailyQuote.objects.adjusted().filter(code="72030")

    with django_assert_num_queries(1):
        assert len(history) == 10
    if connection.vendor == "sqlite":  # the planner of PostgreSQL scans a table as small as this
        assert "daily_quotes_actions" in history.explain()


def test_factor_must_be_positive() -> None:
    with pytest.raises(IntegrityError):
        quote(0, adjustment_factor=0.0)


def test_code_has_one_quote_a_day() -> None:
    quote(0)

    with pytest.raises(IntegrityError):
        quote(0)
