from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from jquants import ingest, upsert
from jquants.datasets import DAILY_QUOTES, LISTED_COMPANIES, TRADING_CALENDAR, Dataset
from jquants.datasets.errors import ConflictingRowsError, NoRowsError, UndecodableValueError
from jquants.datasets.table import Table, decode
from jquants.ingest import Counts
from jquants.models import (
    Coverage,
    CoverageStatus,
    DailyQuote,
    DataSource,
    ListedCompany,
    SessionQuote,
    TradingDay,
    UnknownValues,
)
from jquants.source import MixedSourcesError
from tests.jquants.fakes import NO_TRADE, NOW, TODAY, Row, bar, calendar_day, issue

STANDIN = "http://127.0.0.1:8765/v2"
SESSIONS = {
    letter + key: "0" if key in ("UL", "LL") else 1.0
    for letter in "MA"
    for key in ("O", "H", "L", "C", "UL", "LL", "Vo", "Va")
}

pytestmark = pytest.mark.django_db


def write(dataset: Dataset, *rows: Row, day: date | None = None, base_url: str = STANDIN) -> Counts:
    return ingest.write(dataset, rows, day=day, base_url=base_url, now=NOW)


def write_bars(*rows: Row, day: date = TODAY) -> Counts:
    return write(DAILY_QUOTES, *rows, day=day)


def stored() -> tuple[int, int, int]:
    """Return how much is in the tables that a failed write must leave alone."""
    return DailyQuote.objects.count(), Coverage.objects.count(), DataSource.objects.count()


def version_of(code: str) -> Any:
    """Return what changes when PostgreSQL rewrites the row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text FROM daily_quotes WHERE code = %s", [code])
        return cursor.fetchone()


def test_write_stores_the_values_as_sent() -> None:
    write_bars(bar(Va=4507051850.25), bar("130A0", UL="1", AdjFactor=1 / 3, ExRT="3", **NO_TRADE))

    traded, untraded = DailyQuote.objects.order_by("-code")
    assert (traded.open, traded.close) == (Decimal("2047"), Decimal("2045.5"))
    assert (traded.volume, traded.turnover_value) == (2202500, Decimal("4507051850.25"))
    assert (traded.date, traded.market_cap) == (TODAY, Decimal("1068000.5"))
    assert (untraded.open, untraded.close, untraded.volume) == (None, None, None)
    assert (untraded.upper_limit, untraded.lower_limit) == (True, False)
    assert (untraded.adjustment_factor, untraded.ex_rights) == (1 / 3, "3")


def test_write_takes_amounts_beyond_32_bits() -> None:
    write_bars(bar(Vo=9_000_000_000, Va=1e14))

    quote = DailyQuote.objects.get()
    assert (quote.volume, quote.turnover_value) == (9_000_000_000, Decimal(10**14))


@pytest.mark.parametrize("name", ["a\tb\nc\rd", "back\\slash \\N", "\\.", "ＫＤＤＩ　", " ", "'; --", "%s"])
def test_write_keeps_texts_to_the_character(name: str) -> None:
    write(LISTED_COMPANIES, issue(CoName=name), issue("99840", Mrgn=None, MrgnNm=None))

    assert ListedCompany.objects.get(code="72030").company_name == name
    assert ListedCompany.objects.get(code="99840").margin_code is None


def test_write_counts_inserted_updated_and_unchanged() -> None:
    first = write_bars(bar("13010"), bar("13050"), bar("72030", **NO_TRADE))
    second = write_bars(bar("13010"), bar("13050", C=2046.0), bar("72030"), bar("99840"))
    third = write_bars(bar("13010"), bar("13050", C=2046.0), bar("72030"), bar("99840"))

    assert first == Counts(inserted=3)
    assert second == Counts(inserted=1, updated=2, unchanged=1)
    assert third == Counts(unchanged=4)
    assert DailyQuote.objects.get(code="13050").close == Decimal(2046)


def test_write_counts_a_value_that_becomes_null_as_updated() -> None:
    write_bars(bar())

    assert write_bars(bar(**NO_TRADE)) == Counts(updated=1)
    assert DailyQuote.objects.get().close is None


def test_write_knows_the_days_apart() -> None:
    write_bars(bar(day="2026-11-19", C=1.0), day=date(2026, 11, 19))

    assert write_bars(bar()) == Counts(inserted=1)
    assert DailyQuote.objects.count() == 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite does not show rewritten rows")
def test_write_does_not_rewrite_unchanged_rows() -> None:
    write_bars(bar("13010"), bar("13050"))
    before = version_of("13010"), version_of("13050")

    write_bars(bar("13010"), bar("13050", C=1.0))

    assert version_of("13010") == before[0]
    assert version_of("13050") != before[1]


def test_write_replaces_a_changed_calendar_day_only() -> None:
    days = [calendar_day(f"2026-12-{day:02}") for day in range(1, 31)]
    write(TRADING_CALENDAR, *days)

    counts = write(TRADING_CALENDAR, *days[:-1], calendar_day("2026-12-30", "0"))

    assert counts == Counts(updated=1, unchanged=29)
    assert not TradingDay.objects.get(date="2026-12-30").is_trading_day
    assert Coverage.objects.get().day is None


def test_write_tables_stores_new_days_with_what_is_nested_in_them() -> None:
    days = [date(2026, 11, 19), TODAY]
    tables = [
        decode(DAILY_QUOTES, [bar(code, str(day)) | SESSIONS for code in ("72030", "13010")], day=day)
        for day in days
    ]

    first, again = (ingest.write_tables(tables, base_url=STANDIN, now=NOW) for _ in range(2))

    assert first == [Counts(inserted=2)] * 2
    assert again == [Counts(unchanged=2)] * 2
    assert list(DailyQuote.objects.order_by("pk").values_list("code", "date")) == [
        (code, day) for code in ("13010", "72030") for day in days
    ]
    assert SessionQuote.objects.filter(date__in=days).count() == 8
    assert Coverage.objects.filter(day__in=days, rows=2).count() == 2


def test_write_deletes_what_a_replacing_answer_lacks() -> None:
    replacing = replace(DAILY_QUOTES, replaces=True)
    write_bars(bar("13010", "2026-11-19"), day=date(2026, 11, 19))
    write(replacing, bar("13010"), bar("72030"), bar("99840"), day=TODAY)

    counts = write(replacing, bar("13010"), bar("99840", C=1.0), day=TODAY)
    assert counts == Counts(updated=1, unchanged=1, deleted=1)
    assert list(DailyQuote.objects.order_by("date", "code").values_list("code", flat=True)) == [
        "13010",
        "13010",
        "99840",
    ]


def test_write_keeps_and_reports_values_of_unknown_keys(caplog: pytest.LogCaptureFixture) -> None:
    write_bars(bar("13010", New=1), bar("72030", New=[2]))
    write_bars(bar("13010", New=3), bar("72030", New=None))

    assert Coverage.objects.get().unknown_keys == ["New"]
    assert dict(UnknownValues.objects.values_list("row", "values")) == {
        "13010/2026-11-20": {"New": 3},
        "72030/2026-11-20": {"New": None},
    }
    assert "keys that this version does not know (New)" in caplog.text


def test_write_records_coverage_and_source_with_the_rows() -> None:
    write_bars(bar("13010"), bar("72030"))

    coverage, source = Coverage.objects.get(), DataSource.objects.get()
    assert (coverage.dataset, coverage.day, coverage.rows) == ("daily_quotes", TODAY, 2)
    assert (coverage.status, coverage.fetched_at) == (CoverageStatus.FETCHED, NOW)
    assert len(coverage.checksum) == 64
    assert (source.kind, source.base_url, source.first_used_at) == ("standin", STANDIN, NOW)


def test_write_records_a_day_without_rows_as_empty() -> None:
    assert write_bars() == Counts()

    coverage = Coverage.objects.get()
    assert (coverage.status, coverage.rows) == (CoverageStatus.EMPTY, 0)


def test_write_of_nothing_leaves_a_stored_day_noted_as_fetched() -> None:
    write_bars(bar())

    write_bars()

    assert Coverage.objects.get().status == CoverageStatus.FETCHED


@pytest.mark.parametrize("dataset", [LISTED_COMPANIES, TRADING_CALENDAR], ids=lambda dataset: dataset.slug)
def test_write_refuses_nothing_where_there_is_always_something(dataset: Dataset) -> None:
    with pytest.raises(NoRowsError):
        write(dataset)

    assert stored() == (0, 0, 0)


@pytest.mark.parametrize(
    ("bad", "error"),
    [(bar("99840", C="x"), UndecodableValueError), (bar("13010", C=1.0), ConflictingRowsError)],
)
def test_write_stores_nothing_of_a_day_with_a_bad_row(bad: Row, error: type[Exception]) -> None:
    with pytest.raises(error):
        write_bars(bar("13010"), bar("72030"), bad)

    assert stored() == (0, 0, 0)


def test_write_that_breaks_halfway_stores_nothing() -> None:
    def broken(table: Table) -> Counts:
        upsert.write(replace(table, rows=table.rows[:1]))
        assert DailyQuote.objects.count() == 1
        raise ConnectionError

    with pytest.raises(ConnectionError):
        write(replace(DAILY_QUOTES, write=broken), bar("13010"), bar("72030"), day=TODAY)

    assert stored() == (0, 0, 0)


def test_write_does_not_mix_data_of_a_standin_with_real_data() -> None:
    write_bars(bar("13010"))

    with pytest.raises(MixedSourcesError, match="DATABASE_URL"):
        write(DAILY_QUOTES, bar("72030"), day=TODAY, base_url="https://api.jquants.com/v2")

    assert DailyQuote.objects.count() == 1


# --- fetched again -----------------------------------------------------------------------------------

LATER = NOW + timedelta(days=1)


def write_later(*rows: Row, **options: Any) -> Counts:
    return ingest.write(DAILY_QUOTES, rows, day=TODAY, base_url=STANDIN, now=LATER, **options)


def without_market_cap(*rows: Row) -> list[Row]:
    """Return the rows as a CSV file has them."""
    return [{key: row[key] for key in row if key not in ("MktCap", "ExRT")} for row in rows]


def test_the_same_content_again_changes_nothing_but_the_time() -> None:
    write_bars(bar("13010"), bar("72030"))

    assert write_later(bar("72030"), bar("13010")) == Counts(unchanged=2)
    row = Coverage.objects.get()
    assert (row.fetched_at, row.changed_at, row.changed_rows) == (LATER, None, 0)


def test_a_silent_correction_is_noted_with_its_rows() -> None:
    write_bars(bar("13010"), bar("72030"))

    write_later(bar("13010"), bar("72030", C=1.0), bar("99840"))

    row = Coverage.objects.get()
    assert (row.changed_at, row.changed_rows, row.rows) == (LATER, 2, 3)


def test_rows_that_got_lost_come_back_though_the_content_is_the_same() -> None:
    write_bars(bar("13010"), bar("72030"))
    DailyQuote.objects.filter(code="13010").delete()

    assert write_later(bar("13010"), bar("72030")) == Counts(inserted=1, unchanged=1)


def test_a_thorough_write_compares_every_row() -> None:
    write_bars(bar("13010"), bar("72030"))
    DailyQuote.objects.filter(code="13010").update(close=1)

    assert write_later(bar("13010"), bar("72030")) == Counts(unchanged=2)
    assert write_later(bar("13010"), bar("72030"), is_thorough=True) == Counts(updated=1, unchanged=1)


def test_a_column_that_is_absent_keeps_what_is_known() -> None:
    write_bars(bar("13010", ExRT="1"), bar("72030"))

    counts = write_later(*without_market_cap(bar("13010", C=1.0), bar("72030")))

    assert counts == Counts(updated=1, unchanged=1)
    first, second = DailyQuote.objects.order_by("code")
    assert (first.close, first.market_cap, first.ex_rights) == (Decimal(1), Decimal("1068000.5"), "1")
    assert second.market_cap == Decimal("1068000.5")


@pytest.mark.parametrize("is_api_first", [True, False])
def test_a_source_with_fewer_columns_is_no_correction(is_api_first: bool) -> None:
    api = [bar("13010"), bar("72030")]
    first, second = (api, without_market_cap(*api)) if is_api_first else (without_market_cap(*api), api)
    write_bars(*first)

    write_later(*second)

    row = Coverage.objects.get()
    assert (row.changed_at, row.absent_keys) == (None, [])
    assert DailyQuote.objects.filter(market_cap=None).count() == 0


def test_a_correction_is_seen_from_a_source_with_more_columns() -> None:
    write_bars(*without_market_cap(bar("13010"), bar("72030")))
    assert Coverage.objects.get().absent_keys == ["ExRT", "MktCap"]

    write_later(bar("13010", C=1.0), bar("72030"))

    assert Coverage.objects.get().changed_at == LATER
