"""What each data set of statements, dividends, derivatives, filings and disclosures makes of its spellings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from jquants import ingest
from jquants.datasets import (
    ALL,
    CROSS_SHAREHOLDING_REPORTS,
    DISCLOSURES,
    DIVIDENDS,
    EARNINGS_DATES,
    FUTURES,
    LARGE_HOLDING_REPORTS,
    MAJOR_SHAREHOLDER_REPORTS,
    OPTIONS,
    STATEMENT_DETAILS,
    STATEMENTS,
    Dataset,
)
from jquants.datasets.errors import MissingFieldError, UndecodableValueError
from jquants.ingest import Counts
from jquants.models import (
    Coverage,
    CrossShareholder,
    CrossShareholding,
    Disclosure,
    Dividend,
    EarningsDate,
    Future,
    LargeHolder,
    LargeHolderTransaction,
    LargeHoldingReport,
    MajorShareholder,
    MajorShareholderReport,
    Option,
    Statement,
    UnknownValues,
)
from tests.jquants.fakes import NOW, TODAY, Row
from tests.jquants.filings import (
    cross_holder,
    cross_holding,
    details,
    disclosure,
    dividend,
    document,
    earnings_date,
    future,
    holder,
    large_holder,
    large_holding,
    option,
    shareholders,
    statement,
    transaction,
)

pytestmark = pytest.mark.django_db


def write(dataset: Dataset, *rows: Row) -> Counts:
    return ingest.write(dataset, rows, day=TODAY, base_url="http://127.0.0.1:8765/v2", now=NOW)


def blocks(**given: Row) -> Row:
    return document() | dict.fromkeys(("Report", "Largest", "SecondLargest")) | given


SAMPLES: dict[Dataset, Callable[[], Row]] = {
    STATEMENTS: statement,
    STATEMENT_DETAILS: details,
    DIVIDENDS: dividend,
    EARNINGS_DATES: earnings_date,
    FUTURES: future,
    OPTIONS: option,
    MAJOR_SHAREHOLDER_REPORTS: lambda: shareholders("S100AAA1", holder()),
    CROSS_SHAREHOLDING_REPORTS: lambda: blocks(Report=cross_holder(cross_holding())),
    LARGE_HOLDING_REPORTS: lambda: large_holding("S100AAA1", large_holder(AcqDisp=[transaction()])),
    DISCLOSURES: disclosure,
}
each_dataset = pytest.mark.parametrize("dataset", SAMPLES, ids=lambda dataset: dataset.slug)


@each_dataset
def test_what_was_fetched_before_is_not_rewritten(dataset: Dataset) -> None:
    assert write(dataset, SAMPLES[dataset]()) == Counts(inserted=1)
    assert write(dataset, SAMPLES[dataset]()) == Counts(unchanged=1)


@each_dataset
def test_new_keys_are_kept_and_told(dataset: Dataset) -> None:
    write(dataset, SAMPLES[dataset]() | {"Brand": "new"})

    assert Coverage.objects.get().unknown_keys == ["Brand"]
    assert UnknownValues.objects.get().values == {"Brand": "new"}


@each_dataset
def test_help_texts_name_the_keys_of_the_columns(dataset: Dataset) -> None:
    for layout in (dataset, *dataset.related):
        for column in layout.columns:
            help_text = str(layout.model._meta.get_field(column.name).help_text)  # type: ignore[union-attr]
            if column.key not in ("Block", "Kind", "Holder"):  # said by the place, not by a key
                assert f"“{column.key}”" in help_text


@pytest.mark.parametrize("dataset", ALL, ids=lambda dataset: dataset.slug)
def test_parts_of_a_page_hold_each_attribute_once(dataset: Dataset) -> None:
    shown = [name for _title, names in dataset.parts for name in names]

    assert not shown or sorted(shown) == sorted(dataset.names)


# --- statements ----------------------------------------------------------------------------------------


def test_a_statement_has_111_fields() -> None:
    assert len(STATEMENTS.columns) == len(STATEMENTS.known_keys) == 111


def test_numbers_of_a_statement_are_texts_and_nothing_is_null() -> None:
    write(
        STATEMENTS,
        statement(Sales="100529000000", EPS="66.76", TA="0", EqAR="0.004", AvgSh="526874759.0", NxFNp="-1")
        | {"NxFNp2Q": "2", "NxFNCNP": "3", "MatChgSub": "false", "ChgAcEst": "true"},
    )

    found = Statement.objects.get()
    assert (found.net_sales, found.earnings_per_share) == (Decimal(100529000000), Decimal("66.76"))
    assert (found.total_assets, found.operating_profit) == (Decimal(0), None)
    assert (found.equity_ratio, found.average_shares) == (0.004, 526874759)
    assert (found.next_year_forecast_profit, found.next_year_forecast_profit_2q) == (Decimal(-1), Decimal(2))
    assert found.next_year_forecast_non_consolidated_profit == 3
    assert found.has_material_changes_in_subsidiaries is False
    assert found.has_changes_in_accounting_estimates is True
    assert found.has_retrospective_restatement is None
    assert (found.disclosed_at, found.next_fiscal_year_end) == (time(15), None)


def test_documents_of_a_company_and_day_stay_apart() -> None:
    revision = statement("20261120000002", DocType="EarnForecastRevision", CurPerType="FY")

    assert write(STATEMENTS, statement(), revision) == Counts(inserted=2)


@pytest.mark.parametrize(
    ("field", "value"),
    [("Sales", "1,000"), ("OP", "-"), ("RetroRst", "1"), ("CurPerEn", "2026-12")],
)
def test_a_bad_value_of_a_statement_is_named(field: str, value: Any) -> None:
    bad = statement("20261120000002") | {field: value}
    with pytest.raises(UndecodableValueError, match=f"statements, row 20261120000002: {field} is "):
        write(STATEMENTS, statement(), bad)
    assert not Statement.objects.exists()


# --- dividends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "rate", "mark"),
    [(20.5, Decimal("20.5"), ""), ("3.333333", Decimal("3.333333"), ""), ("-", None, "-"), ("", None, "")],
)
def test_a_dividend_that_is_undecided_differs_from_one_not_set(
    sent: Any, rate: Decimal | None, mark: str
) -> None:
    write(DIVIDENDS, dividend(DivRate=sent))

    found = Dividend.objects.get()
    assert (found.gross_rate, found.gross_rate_mark) == (rate, mark)
    assert (found.payable_on, found.payable_on_mark) == (None, "-")
    assert (found.deemed_dividend_mark, found.distribution_amount_mark) == ("-", "")


# --- announced dates -----------------------------------------------------------------------------------


def test_several_announcements_of_a_day_are_kept_in_order_and_replaced_together() -> None:
    first, second = earnings_date(scheduled=""), earnings_date(scheduled="2027-02-05")
    write(EARNINGS_DATES, first, second)
    assert list(EarningsDate.objects.order_by("number").values_list("number", "scheduled_on")) == [
        (1, None),
        (2, date(2027, 2, 5)),
    ]

    write(EARNINGS_DATES, second)

    assert EarningsDate.objects.get().scheduled_on == date(2027, 2, 5)


# --- derivatives ---------------------------------------------------------------------------------------


def test_a_session_that_was_not_is_null_and_one_without_trade_is_zero() -> None:
    write(FUTURES, future(EO="", AO=0.0))

    found = Future.objects.get()
    assert (found.morning_open, found.night_open, found.day_open) == (None, None, Decimal(0))
    assert (found.open, found.volume, found.contract) == (Decimal("2825.5"), 42910, "2026-12")
    assert found.is_central_contract_month is True


def test_an_emergency_margin_is_a_row_of_its_own() -> None:
    assert write(FUTURES, future(), future(EmMrgnTrgDiv="001", Settle=2800.0)) == Counts(inserted=2)


def test_fields_that_days_before_2016_lack_are_null() -> None:
    old = future()
    for key in ("VoOA", "LTD", "SQD", "Settle", "CCMFlag"):
        del old[key]
    write(FUTURES, old)

    found = Future.objects.get()
    assert (found.auction_volume, found.settlement_price, found.last_trading_on) == (None, None, None)


def test_weeks_securities_and_missing_figures_of_options() -> None:
    weekly = option(Code="140014505", CM="2026-51", IV="", Theo="")
    write(OPTIONS, weekly, option(Code="140014506", UndSSO="72030", IV=17.2955))

    index, security = Option.objects.order_by("code")
    assert (index.contract, index.underlying_code, index.implied_volatility) == ("2026-51", None, None)
    assert (security.underlying_code, security.implied_volatility) == ("72030", 17.2955)


# --- filings -------------------------------------------------------------------------------------------


def test_holders_are_rows_of_their_own_and_keep_blanks_and_shared_ranks() -> None:
    write(
        MAJOR_SHAREHOLDER_REPORTS,
        shareholders("S100AAA1", holder("甲　 ", ShsHeld="1000"), holder("乙", ShsRatio=None)),
        shareholders("S100AAA2", holder("丙"), Code="99840"),
    )

    assert MajorShareholderReport.objects.get(code="72030").filer_name == "トヨタ自動車株式会社　"
    found = MajorShareholder.objects.filter(document_id="S100AAA1").order_by("number")
    assert [(row.number, row.rank, row.holder_name) for row in found] == [(1, 1, "甲　 "), (2, 1, "乙")]
    assert [(row.shares_held, row.share_ratio) for row in found] == [(1000, 0.17), (1000, None)]
    assert MajorShareholder.objects.get(code="99840").submitted_on == TODAY


def test_nested_rows_are_replaced_with_their_document() -> None:
    write(
        MAJOR_SHAREHOLDER_REPORTS,
        shareholders("S100AAA1", holder("甲"), holder("乙")),
        shareholders("S100AAA2", holder("丙")),
    )

    write(MAJOR_SHAREHOLDER_REPORTS, shareholders("S100AAA1", holder("丁")))

    assert set(MajorShareholder.objects.values_list("holder_name", flat=True)) == {"丁", "丙"}


def test_cross_holdings_know_their_block_and_kind() -> None:
    write(
        CROSS_SHAREHOLDING_REPORTS,
        blocks(
            Report=cross_holder(
                cross_holding(IsrName="甲", CurShs="1200", IsrHoldsCode="1"),
                cross_holding(IsrName="乙", PriShsNotDisc="*"),
                ListedBookVal="1035000000",
            ),
            SecondLargest=cross_holder(Deem=[cross_holding(IsrName="丙", HoldRat="　取引 ")]),
        ),
    )

    assert set(CrossShareholder.objects.values_list("block", "listed_book_value")) == {
        ("Report", Decimal(1035000000)),
        ("SecondLargest", None),
    }
    first, second, third = CrossShareholding.objects.order_by("block", "number")
    assert (first.kind, first.shares, first.issuer_holds) == ("Spec", 1200, "1")
    assert (second.shares, second.previous_shares_undisclosed) == (None, "*")
    assert (third.block, third.kind, third.rationale) == ("SecondLargest", "Deem", "　取引 ")


def test_what_a_large_holder_did_is_found_by_the_holder() -> None:
    lender = {"Name": "甲銀行", "Ind": None, "Rep": None, "Addr": None, "DiscBrwPurp": "2", "Amt": "500"}
    write(
        LARGE_HOLDING_REPORTS,
        large_holding(
            "S100AAA1",
            large_holder("甲"),
            large_holder("乙", AcqDisp=[transaction(), transaction(Price="3800.5")], BrwList=[lender]),
        ),
    )

    holder = LargeHolder.objects.get(holder_name="乙")
    found = LargeHolderTransaction.objects.filter(document_id="S100AAA1", holder_number=holder.number)
    assert [row.price for row in found.order_by("number")] == [None, Decimal("3800.5")]


def test_a_report_from_before_corrections_named_their_document_is_stored() -> None:
    old = large_holding()
    del old["ParDocId"], old["RptOblgDate"]
    write(LARGE_HOLDING_REPORTS, old)

    assert LargeHoldingReport.objects.get().corrected_document_id is None


def test_a_bad_value_of_a_nested_row_is_named() -> None:
    bad = large_holding("S100AAA1", large_holder(AcqDisp=[transaction(Shs="many")]))

    with pytest.raises(
        UndecodableValueError, match=r"large_holder_transactions, row S100AAA1/1: Shs is \"many\""
    ):
        write(LARGE_HOLDING_REPORTS, bad)
    assert not LargeHoldingReport.objects.exists()


@pytest.mark.parametrize("shape", ["many", [1], {"Rank": 1}])
def test_a_list_that_is_none_is_named(shape: Any) -> None:
    with pytest.raises(UndecodableValueError, match=r"row S100AAA1: Hldrs is .*, not a list of objects"):
        write(MAJOR_SHAREHOLDER_REPORTS, shareholders() | {"Hldrs": shape})


def test_a_list_that_is_missing_is_named() -> None:
    with pytest.raises(MissingFieldError, match="row S100AAA1: Hldrs is missing"):
        write(MAJOR_SHAREHOLDER_REPORTS, document(CurPerSt=None, CurPerEn=None))


def test_new_keys_of_nested_rows_are_kept_and_told() -> None:
    write(MAJOR_SHAREHOLDER_REPORTS, shareholders("S100AAA1", holder(), holder("乙", Votes=7)))

    kept = UnknownValues.objects.get()
    assert (kept.row, kept.values) == ("major_shareholders S100AAA1/2", {"Votes": 7})


# --- disclosures ---------------------------------------------------------------------------------------


def test_a_disclosure_keeps_its_topics_and_kinds() -> None:
    write(
        DISCLOSURES,
        disclosure(DiscItems=["11301", "10201"]),
        disclosure("20261120000002", DiscStatus="delete"),
    )

    new, deleted = Disclosure.objects.order_by("disclosure_number")
    assert (new.status, new.topics, new.kinds) == (None, ["11301", "10201"], ["g", "s"])
    assert deleted.status == "delete"
