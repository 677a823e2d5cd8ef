"""Query sets that leave what no longer holds out."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest

from jquants import ingest
from jquants.datasets import (
    DIVIDENDS,
    EARNINGS_DATES,
    INVESTOR_TYPES,
    LARGE_HOLDING_REPORTS,
    MARGIN_ALERTS,
    STATEMENT_DETAILS,
    STATEMENTS,
    Dataset,
)
from jquants.datasets.dataset import Partition
from jquants.models import (
    Dividend,
    EarningsDate,
    InvestorTypes,
    LargeHoldingReport,
    MarginAlert,
    Statement,
    StatementDetail,
)
from tests.jquants import samples
from tests.jquants.fakes import NOW, Row
from tests.jquants.filings import details, dividend, earnings_date, large_holding, statement

pytestmark = pytest.mark.django_db


def store(dataset: Dataset, *rows: Row) -> None:
    """Store rows of any days."""
    if dataset.partition is Partition.WHOLE:
        ingest.write(dataset, rows, base_url="http://127.0.0.1:8765/v2", now=NOW)
        return
    key = next(column.key for column in dataset.columns if column.name == dataset.day_column)
    for _day, of_day in groupby(sorted(rows, key=lambda row: row[key]), key=lambda row: row[key]):
        ingest.write(dataset, list(of_day), base_url="http://127.0.0.1:8765/v2", now=NOW)


def report(number: str, period: str, end: str, sales: str, **fields: str) -> Row:
    """Return the statement of a period of the year that began in April 2025."""
    year = {"CurFYSt": "2025-04-01", "CurFYEn": "2026-03-31", "DiscDate": end}
    kind = {"DocType": f"{period}FinancialStatements_Consolidated_IFRS", "CurPerType": period}
    return statement(number, Sales=sales, CurPerEn=end, **(year | kind | fields))


def test_a_correction_of_a_statement_wins() -> None:
    store(
        STATEMENTS,
        report("1", "1Q", "2025-06-30", "100"),
        report("2", "1Q", "2025-06-30", "90", DiscTime="16:00:00"),
        report("3", "2Q", "2025-09-30", "210"),
        report("4", "2Q", "2025-09-30", "", DocType="EarnForecastRevision", DiscDate="2025-12-01"),
        report("5", "1Q", "2025-06-30", "7", Code="99840"),
    )

    found = Statement.objects.latest_results().order_by("disclosure_number")
    assert list(found.values_list("disclosure_number", flat=True)) == ["2", "3", "5"]


def quarters() -> dict[str, Decimal | None]:
    rows = Statement.objects.quarterly().order_by("period_end")
    return {row.period_type: row.quarter_net_sales for row in rows}  # type: ignore[attr-defined]


def test_a_quarter_is_the_difference_to_the_one_before() -> None:
    store(
        STATEMENTS,
        report("1", "1Q", "2025-06-30", "100"),
        report("2", "2Q", "2025-09-30", "230"),
        report("3", "3Q", "2025-12-31", "300"),
        report("4", "FY", "2026-03-31", "450"),
        report("5", "2Q", "2025-09-30", "210", DiscDate="2025-10-01"),
    )

    assert quarters() == {"1Q": 100, "2Q": 110, "3Q": 90, "FY": 150}


def test_a_quarter_is_unknown_where_the_one_before_is() -> None:
    store(
        STATEMENTS,
        report("1", "1Q", "2025-06-30", "100"),
        report("3", "3Q", "2025-12-31", "300"),
        report("4", "FY", "2026-03-31", "450", DocType="FYFinancialStatements_Consolidated_JP"),
    )

    assert quarters() == {"1Q": 100, "3Q": None, "FY": None}


def test_amounts_of_items_are_read_by_name() -> None:
    store(
        STATEMENT_DETAILS,
        details("1", **{"Assets (IFRS)": "67286302000000", "Revenue": "88.5"}),
        details("2", **{"Assets (IFRS)": "none"}),
        details("3"),
    )

    found = StatementDetail.objects.with_amounts(
        assets="Assets (IFRS)", revenue="Revenue", standard="Accounting standards, DEI"
    )
    documents: list[Any] = list(found.order_by("disclosure_number"))
    rows = [(document.assets, document.revenue, document.standard) for document in documents]
    assert rows == [(Decimal(67286302000000), Decimal("88.5"), None), (None, None, None), (None, None, None)]
    first = StatementDetail.objects.get(disclosure_number="1")
    assert (first.amount("Revenue"), first.amount("Nothing")) == (Decimal("88.5"), None)


@pytest.mark.parametrize(
    ("later", "standing"),
    [
        ([], ["1"]),
        ([{"RefNo": "2", "StatCode": "2", "CARefNo": "1"}], ["2"]),
        ([{"RefNo": "2", "StatCode": "3", "CARefNo": "1"}], []),
        (
            [
                {"RefNo": "2", "StatCode": "2", "CARefNo": "1"},
                {"RefNo": "3", "StatCode": "2", "CARefNo": "1"},
            ],
            ["3"],
        ),
        (
            [
                {"RefNo": "2", "StatCode": "2", "CARefNo": "1"},
                {"RefNo": "3", "StatCode": "3", "CARefNo": "2"},
            ],
            [],
        ),
        ([{"RefNo": "2", "StatCode": "2", "CARefNo": "0"}], ["1", "2"]),
        ([{"RefNo": "2", "StatCode": "1", "CARefNo": "2", "Code": "99840"}], ["1", "2"]),
    ],
)
def test_dividends_in_force(later: list[dict[str, Any]], standing: list[str]) -> None:
    days = [f"2026-11-{day}" for day in (20, 24, 25)]
    notices = [dividend("1", PubDate=days[0])]
    notices += [dividend(PubDate=day) | fields for day, fields in zip(days[1:], later, strict=False)]
    store(DIVIDENDS, *notices)

    found = Dividend.objects.in_force().order_by("reference_number")
    assert list(found.values_list("reference_number", flat=True)) == standing


def test_earnings_dates_that_hold_are_the_last_announced() -> None:
    store(
        EARNINGS_DATES,
        earnings_date("2026-11-02", ""),
        earnings_date("2026-11-20", "2027-02-06"),
        earnings_date("2026-11-20", "2027-02-05"),  # an answer has those of a day in any order
        earnings_date("2026-11-02", "2027-05-10", FQName="FY"),
    )

    found = EarningsDate.objects.current().order_by("scheduled_on")
    assert [str(row.scheduled_on) for row in found] == ["2027-02-06", "2027-05-10"]


def test_figures_of_a_later_publication_win() -> None:
    corrected = {"PubDate": "2026-12-01"}
    other_week = samples.INVESTORS | {"StDate": "2017-01-10", "EnDate": "2017-01-13"}
    store(INVESTOR_TYPES, samples.INVESTORS, samples.INVESTORS | corrected, other_week)
    other_day = samples.ALERT | {"AppDate": "2024-02-08", "PubDate": "2024-02-09"}
    store(MARGIN_ALERTS, samples.ALERT, samples.ALERT | corrected, other_day)

    weeks = InvestorTypes.objects.current().order_by("end_date")
    assert [str(row.published_on) for row in weeks] == ["2026-12-01", "2017-01-13"]
    alerts = MarginAlert.objects.current().order_by("date")
    assert [str(row.published_on) for row in alerts] == ["2026-12-01", "2024-02-09"]


def test_a_corrected_report_of_a_large_holding_gives_way() -> None:
    store(
        LARGE_HOLDING_REPORTS,
        large_holding("S100AAA1"),
        large_holding("S100AAA2"),
        large_holding("S100AAA3", SubDate="2026-11-24", DocTypeCode="360", ParDocId="S100AAA1"),
        large_holding("S100AAA4", SubDate="2026-11-25", DocTypeCode="360", ParDocId="S100AAA1"),
    )

    found = LargeHoldingReport.objects.in_force().order_by("document_id")
    assert list(found.values_list("document_id", flat=True)) == ["S100AAA2", "S100AAA4"]
