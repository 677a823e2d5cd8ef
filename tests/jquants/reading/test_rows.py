"""Rows as they are read: the right ones, in order, with the values that were stored, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jquants import ingest
from jquants.datasets import (
    DAILY_QUOTES,
    EARNINGS_CALENDAR,
    FUTURES,
    INDEX_BARS,
    LISTED_COMPANIES,
    TRADING_CALENDAR,
    Dataset,
)
from jquants.models import DailyQuote
from jquants.reading import InvalidSelection, find_table, read, select
from tests.jquants import samples
from tests.jquants.fakes import NO_TRADE, NOW, Row, bar, calendar_day, issue
from tests.jquants.filings import future

THURSDAY, FRIDAY = date(2026, 11, 19), date(2026, 11, 20)

pytestmark = pytest.mark.django_db


def store(day: date, *rows: Row) -> None:
    ingest.write(DAILY_QUOTES, rows, day=day, base_url="http://127.0.0.1/v2", now=NOW)


def chosen(slug: str = "daily_quotes", **given: Any) -> list[tuple[Any, ...]]:
    table = find_table(slug)
    assert table
    texts = {name.strip("_"): value if isinstance(value, list) else [value] for name, value in given.items()}
    return list(read(select(table, texts)))


def wrong(slug: str = "daily_quotes", **given: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidSelection) as caught:
        chosen(slug, **given)
    return caught.value.errors


@pytest.fixture
def _quotes() -> None:
    store(THURSDAY, bar("72030", THURSDAY, C=2000), bar("130A0", THURSDAY))
    store(
        FRIDAY,
        bar("72030", FRIDAY, C=1000.5, AdjFactor=0.5, ExRT="1", UL="1"),
        bar("130A0", FRIDAY, **NO_TRADE),
    )


@pytest.mark.usefixtures("_quotes")
def test_rows_have_plain_values_that_are_alike_on_both_databases() -> None:
    traded, untraded = chosen(code="7203", date="2026-11-20")[0], chosen(code="130A", date="2026-11-20")[0]

    assert traded == (
        *("72030", "2026-11-20", 2047.0, 2069.0, 2035.0, 1000.5, True, False),
        *(2202500, 4507051850.0, 0.5, 1068000.5, "1"),
    )
    assert [type(value) for value in traded[2:6]] == [float] * 4
    assert untraded[2:6] == (None, None, None, None)


@pytest.mark.usefixtures("_quotes")
def test_rows_are_chosen_by_codes_days_and_columns_and_ordered() -> None:
    columns = "date,code"

    assert chosen(columns=columns) == [
        ("2026-11-19", "130A0"),
        ("2026-11-19", "72030"),
        ("2026-11-20", "130A0"),
        ("2026-11-20", "72030"),
    ]
    assert chosen(columns=columns, code=["7203", "130a0"]) == [
        ("2026-11-19", "130A0"),
        ("2026-11-20", "130A0"),
        ("2026-11-19", "72030"),
        ("2026-11-20", "72030"),
    ]
    assert chosen(columns="code", from_="2026-11-20") == [("130A0",), ("72030",)]
    assert chosen(columns="code", to="2026-11-18") == []


@pytest.mark.usefixtures("_quotes")
def test_adjusted_values_stand_behind_the_raw_ones() -> None:
    rows = chosen(code="7203", columns="close,volume", adjusted="true")

    assert rows == [(2000.0, 2202500, 1000.0, 4405000.0), (1000.5, 2202500, 1000.5, 2202500)]


def test_adjusted_values_are_those_of_the_query_set() -> None:
    kinds = [(0.5, "1"), (1 / 3, "1"), (10.0, "2"), (0.93, "3")]
    for number in range(12):
        day = FRIDAY - timedelta(days=number)
        factor, kind = kinds[number % 4] if number % 3 == 0 else (1.0, None)
        store(day, bar("72030", day, O=1234.5 + number, AdjFactor=factor, ExRT=kind), bar("99840", day))

    read_rows = chosen(adjusted="true", columns="code,date,open,volume")

    expected = {(quote.code, str(quote.date)): quote for quote in DailyQuote.objects.adjusted()}
    assert len(read_rows) == 24
    for code, day, _open, _volume, adjusted_open, adjusted_volume in read_rows:
        quote = expected[code, day]
        assert adjusted_open == pytest.approx(float(quote.adjusted_open or 0), abs=1e-4)
        assert adjusted_volume == pytest.approx(float(quote.adjusted_volume or 0), abs=1e-4)


@pytest.mark.usefixtures("_quotes")
def test_reading_asks_for_the_rows_and_the_factors_only() -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        chosen(adjusted="true")

    asked = [query["sql"] for query in queries if "daily_quotes" in query["sql"]]
    assert len(asked) == 2


def test_companies_are_read_as_they_are_and_as_they_were() -> None:
    for day, name in ((THURSDAY, "旧"), (FRIDAY, "新")):
        ingest.write(LISTED_COMPANIES, [issue(day=day, CoName=name)], base_url="http://127.0.0.1/v2", now=NOW)

    assert chosen("listed_companies", columns="code,company_name,is_listed") == [("72030", "新", True)]
    assert chosen("listed_company_history", columns="effective_on,company_name") == [
        ("2026-11-19", "旧"),
        ("2026-11-20", "新"),
    ]


def test_tables_without_codes_are_read_by_day() -> None:
    days = [calendar_day("2026-11-20"), calendar_day("2026-11-21", "0")]
    ingest.write(TRADING_CALENDAR, days, base_url="http://127.0.0.1/v2", now=NOW)

    assert chosen("trading_calendar", date="2026-11-21") == [("2026-11-21", "0")]
    assert "code" in wrong("trading_calendar", code="7203")


@pytest.mark.parametrize(
    ("dataset", "row", "code", "no_code"),
    [
        (INDEX_BARS, samples.INDEX, "0028", "00280"),
        (FUTURES, future(), "169090005", "16909"),
        (EARNINGS_CALENDAR, samples.ANNOUNCEMENT, "4376", "437600"),
    ],
    ids=["index_bars", "futures", "earnings_calendar"],
)
def test_codes_are_as_long_as_those_of_the_table(dataset: Dataset, row: Row, code: str, no_code: str) -> None:
    ingest.write(dataset, [row], base_url="http://127.0.0.1/v2", now=NOW)

    assert chosen(dataset.slug, code=code, columns="code") == [(row["Code"],)]
    assert "code" in wrong(dataset.slug, code=no_code)


@pytest.mark.parametrize(
    ("given", "name", "told"),
    [
        ({"code": "72"}, "code", "“72” is not the code of an issue"),
        ({"code": ",".join(["7203"] * 501)}, "code", "501 codes are too many"),
        ({"date": "20261120x"}, "date", "“20261120x” is not a date"),
        ({"date": "2026-11-20", "from": "2026-11-19"}, "date", "not both"),
        ({"from": "2026-11-20", "to": "2026-11-19"}, "to", "before it begins on"),
        ({"from": ["2026-11-20", "2026-11-19"]}, "from", "one value"),
        ({"columns": "open,clos"}, "columns", "“clos” is not a column of daily_quotes; it has: code, date"),
        ({"adjusted": "yes"}, "adjusted", "“yes” is neither true nor false"),
        ({"day": "2026-11-20"}, "day", "Known are: code, date, from, to, columns, adjusted"),
    ],
)
def test_what_does_not_fit_is_named(given: dict[str, Any], name: str, told: str) -> None:
    errors = wrong(**{f"{key}_": value for key, value in given.items()})

    assert list(errors) == [name]
    assert told in errors[name][0]
