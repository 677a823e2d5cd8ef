"""/fins/summary: statements and revisions, in time, in figures and by plan."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from jquants.standin.companies.summary import KEYS
from jquants.standin.market import Market
from jquants.standin.market.calendar import is_trading
from tests.jquants.standin.conftest import TOKYO, Asked, Standin

SUMMARY = "/fins/summary"
BUSY = "2026-11-13"
Row = dict[str, Any]


@pytest.fixture
def premium(standin: Standin) -> Asked:
    return standin(plan="premium")


def test_rows_have_111_strings_in_the_order_of_their_numbers(premium: Asked) -> None:
    rows = premium.rows(SUMMARY, date=BUSY)
    assert len(KEYS) == 111
    assert all(tuple(row) == KEYS for row in rows)
    assert all(type(value) is str for row in rows for value in row.values())
    numbers = [row["DiscNo"] for row in rows]
    assert numbers == sorted(set(numbers))
    assert {row["DiscDate"] for row in rows} == {BUSY}


def test_statements_crowd_before_the_day_they_are_due(premium: Asked) -> None:
    busy, quiet = premium.rows(SUMMARY, date=BUSY), premium.rows(SUMMARY, date="2026-09-15")
    assert len(busy) > 600
    assert len(quiet) < 60
    assert premium.rows(SUMMARY, date="2026-11-14") == []


def test_kinds_of_documents(premium: Asked) -> None:
    kinds: Counter[str] = Counter()
    for day in (BUSY, "2026-05-14", "2012-02-10", "2026-06-12"):
        kinds.update(row["DocType"] for row in premium.rows(SUMMARY, date=day))
    assert {
        "EarnForecastRevision",
        "DividendForecastRevision",
        "REITEarnForecastRevision",
        "REITDividendForecastRevision",
        "FYFinancialStatements_Consolidated_REIT",
        "FYFinancialStatements_NonConsolidated_JP",
        "1QFinancialStatements_Consolidated_IFRS",
        "2QFinancialStatements_Consolidated_JP",
    } <= kinds.keys()


def test_a_company_reports_every_quarter_cumulatively(premium: Asked) -> None:
    rows = _statements(premium.rows(SUMMARY, code="7203"))
    assert [row["CurPerType"] for row in rows[-4:]] == ["3Q", "FY", "1Q", "2Q"]
    assert all(is_trading(datetime.fromisoformat(row["DiscDate"]).date()) for row in rows)
    year = [row for row in rows if row["CurFYEn"] == "2026-03-31"]
    sales = [int(row["Sales"]) for row in year]
    assert sales == sorted(sales)
    assert [row["CurPerEn"] for row in year] == ["2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31"]
    assert {row["CurPerSt"] for row in year} == {"2025-04-01"}


def test_standards_change_and_with_them_what_is_empty(premium: Asked) -> None:
    rows = _statements(premium.rows(SUMMARY, code="7203"))
    by_year = {row["CurFYEn"][:4]: row["DocType"].rpartition("_")[2] for row in rows}
    assert (by_year["2012"], by_year["2020"], by_year["2021"]) == ("US", "US", "IFRS")
    assert {row["OdP"] for row in rows} == {""}
    japanese = [row for row in premium.rows(SUMMARY, date=BUSY) if row["DocType"].endswith("Consolidated_JP")]
    assert japanese
    assert all(row["OdP"] for row in japanese)


def test_year_reports_look_ahead_and_quarters_look_to_the_end_of_the_year(premium: Asked) -> None:
    rows = _statements(premium.rows(SUMMARY, code="7203", date=""))
    year = next(row for row in rows if row["CurPerEn"] == "2026-03-31")
    quarter = next(row for row in rows if row["CurPerEn"] == "2026-06-30")
    assert (year["FSales"], year["FNP"], year["NxtFYEn"]) == ("", "", "2027-03-31")
    assert year["NxFNp"]
    assert year["NxFSales"]
    assert (quarter["NxFNp"], quarter["NxFSales"], quarter["NxtFYEn"]) == ("", "", "")
    assert quarter["FNP"]


def test_revisions_carry_forecasts_only_and_may_come_with_the_statement(premium: Asked) -> None:
    rows = premium.rows(SUMMARY, date=BUSY)
    codes = Counter(row["Code"] for row in rows)
    assert max(codes.values()) >= 2
    revision = next(row for row in rows if row["DocType"] == "EarnForecastRevision")
    assert revision["FNP"]
    assert {revision[key] for key in ("Sales", "NP", "EPS", "TA", "Eq", "ShOutFY", "ChgAcEst")} == {""}
    dividend = next(row for row in rows if row["DocType"] == "DividendForecastRevision")
    assert dividend["FDivFY"]
    assert dividend["FNP"] == ""


def test_a_revision_of_dividends_tells_that_of_the_quarter_and_what_all_come_to(premium: Asked) -> None:
    rows = premium.rows(SUMMARY, code="9916", date="2026-07-31")
    revision, statement = (next(row for row in rows if kind in row["DocType"]) for kind in ("Revision", "1Q"))
    assert (revision["Div1Q"], revision["FDiv1Q"]) == ("", statement["Div1Q"])
    assert (statement["FDiv1Q"], statement["FDivTotalAnn"]) == ("", "")
    in_all = float(revision["FDivAnn"]) * int(statement["AvgSh"])
    assert int(revision["FDivTotalAnn"]) == pytest.approx(in_all, abs=1_000_000)


def test_reits_tell_distributions_a_unit(premium: Asked) -> None:
    rows = [row for row in premium.rows(SUMMARY, date=BUSY) if row["DocType"].endswith("_REIT")]
    assert rows
    assert all(row["DivUnit"] and row["NxFDivUnit"] and not row["DivAnn"] for row in rows)


def test_layout_of_changes_in_scope_turned_in_july_2024(premium: Asked) -> None:
    before = _statements(premium.rows(SUMMARY, date="2024-05-14"))
    after = _statements(premium.rows(SUMMARY, date="2024-08-14"))
    assert {(row["SigChgInC"], bool(row["MatChgSub"])) for row in before} == {("", True)}
    assert {(bool(row["SigChgInC"]), row["MatChgSub"]) for row in after} == {(True, "")}


def test_per_share_values_follow_from_the_totals(premium: Asked) -> None:
    for row in _statements(premium.rows(SUMMARY, date="2026-05-14")):
        held = int(row["ShOutFY"]) - int(row["TrShFY"])
        assert float(row["EPS"]) == pytest.approx(int(row["NP"]) / held, abs=0.01)
        if row["BPS"]:
            assert float(row["BPS"]) == pytest.approx(int(row["Eq"]) / held, abs=0.01)


@pytest.mark.parametrize(
    ("at", "rows", "whole"),
    [
        (datetime(2026, 11, 13, 17, 59, tzinfo=TOKYO), False, False),
        (datetime(2026, 11, 13, 18, 0, tzinfo=TOKYO), True, False),
        (datetime(2026, 11, 14, 0, 29, tzinfo=TOKYO), True, False),
        (datetime(2026, 11, 14, 0, 30, tzinfo=TOKYO), True, True),
    ],
)
def test_preliminary_figures_come_at_18_and_final_ones_at_half_past_midnight(
    standin: Standin, at: datetime, rows: bool, whole: bool
) -> None:
    final = {row["DiscNo"]: row for row in standin().rows(SUMMARY, date=BUSY)}
    seen = {row["DiscNo"]: row for row in standin(at=at).rows(SUMMARY, date=BUSY)}
    assert bool(seen) is rows
    assert (seen == final) is whole
    assert seen.keys() <= final.keys()
    changed = {key for number, row in seen.items() for key in row if row[key] != final[number][key]}
    assert changed <= {"CFO", "CFI", "CFF", "CashEq"}
    assert bool(changed) is (rows and not whole)


def test_premium_sees_documents_minutes_after_their_disclosure(standin: Standin) -> None:
    at = datetime(2026, 11, 13, 15, 32, tzinfo=TOKYO)
    early, later = (
        {row["DiscTime"] for row in standin(plan="premium", at=moment).rows(SUMMARY, date=BUSY)}
        for moment in (at, at + timedelta(minutes=1))
    )
    assert max(early) < "15:30:00"
    assert max(later) == "15:30:00"


def test_cursor_brings_what_was_published_since(standin: Standin) -> None:
    moment = datetime(2026, 11, 13, 12, 30, tzinfo=TOKYO)
    asked = standin(plan="premium", now=lambda: moment, page_size=50)
    pages = _pages(asked, date=BUSY)
    assert [("cursor" in page, "pagination_key" in page) for page in pages[-2:]] == [
        (False, True),
        (True, False),
    ]
    before = [row for page in pages for row in page["data"]]
    moment = datetime(2026, 11, 13, 15, 33, tzinfo=TOKYO)
    news = _pages(asked, date=BUSY, cursor=pages[-1]["cursor"])
    added = [row for page in news for row in page["data"]]
    assert len(news) > 1
    assert "cursor" in news[-1]
    together = sorted(before + added, key=lambda row: str(row["DiscNo"]))
    assert together == [row for page in _pages(asked, date=BUSY) for row in page["data"]]
    nothing = asked.get(SUMMARY, date=BUSY, cursor=news[-1]["cursor"]).json()
    assert nothing["data"] == []


def test_later_pages_are_of_the_moment_of_the_first(standin: Standin) -> None:
    moment = datetime(2026, 11, 13, 12, 30, tzinfo=TOKYO)
    asked = standin(plan="premium", now=lambda: moment, page_size=50)
    first = asked.get(SUMMARY, date=BUSY).json()
    whole = _pages(asked, date=BUSY)
    moment = datetime(2026, 11, 13, 15, 33, tzinfo=TOKYO)
    second = asked.get(SUMMARY, date=BUSY, pagination_key=first["pagination_key"]).json()
    assert second["data"] == whole[1]["data"]


def test_cursors_are_for_premium_and_for_today(standin: Standin) -> None:
    assert "cursor" not in standin(plan="standard").get(SUMMARY, date="2026-11-20").json()
    premium = standin(plan="premium")
    assert "cursor" not in premium.get(SUMMARY, date="2026-11-19").json()
    assert "cursor" not in premium.get(SUMMARY, code="7203").json()
    assert premium.get(SUMMARY, date="2026-11-20", cursor="wrong").status_code == 400


@pytest.mark.parametrize("query", [{}, {"from": "20261101"}])
def test_a_code_or_a_date_is_needed(premium: Asked, query: dict[str, str]) -> None:
    text = "This API requires at least 1 parameter as follows; 'date','code'."
    assert premium.refusal(SUMMARY, **query) == (400, text)


def test_companies_do_not_report_before_they_are_listed_nor_funds_at_all(
    premium: Asked, made_up_market: Market
) -> None:
    assert premium.rows(SUMMARY, code="1306") == []
    assert premium.rows(SUMMARY, code="25935") == []
    listed = datetime.fromordinal(made_up_market.issues["94340"].listed).date()
    assert premium.rows(SUMMARY, code="9434")[0]["DiscDate"] > str(listed)


def _statements(rows: list[Row]) -> list[Row]:
    return [row for row in rows if "FinancialStatements" in row["DocType"]]


def _pages(asked: Asked, **query: str) -> list[dict[str, Any]]:
    pages = [asked.get(SUMMARY, **query).json()]
    while "pagination_key" in pages[-1]:
        pages.append(asked.get(SUMMARY, **query, pagination_key=pages[-1]["pagination_key"]).json())
    return pages
