"""Reports few companies make: long fiscal years, JMIS, US dollars, and what the parent alone expects to earn."""

from itertools import pairwise
from typing import Any

import pytest

from jquants.standin.companies.summary import KEYS
from tests.jquants.standin.conftest import Asked, Standin

SUMMARY, DETAILS, VALUATION, BARS = (
    "/fins/summary",
    "/fins/details",
    "/equities/valuation",
    "/equities/bars/daily",
)
ODD, IN_DOLLARS = "99990", "62690"  # the first moves the end of its fiscal years
RATE = 130.0  # yen a dollar
Row = dict[str, Any]


@pytest.fixture
def premium(standin: Standin) -> Asked:
    return standin(plan="premium", issues=150)


def test_a_long_fiscal_year_has_fourth_and_fifth_quarters(premium: Asked) -> None:
    rows = [row for row in statements(premium, ODD) if row["CurFYEn"] == "2026-09-30"]
    assert [(row["CurPerType"], row["DocType"].partition("_")[0]) for row in rows] == [
        ("1Q", "1QFinancialStatements"),
        ("2Q", "2QFinancialStatements"),
        ("3Q", "3QFinancialStatements"),
        ("4Q", "OtherPeriodFinancialStatements"),
        ("5Q", "OtherPeriodFinancialStatements"),
        ("FY", "FYFinancialStatements"),
    ]
    assert [row["CurPerEn"] for row in rows][2:] == ["2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30"]
    assert {(row["CurPerSt"], row["CurFYSt"]) for row in rows} == {("2025-04-01", "2025-04-01")}
    sales = [int(row["Sales"]) for row in rows]
    assert sales == sorted(sales)
    assert [bool(row["FSales"]) for row in rows] == [True] * 5 + [False]
    assert {row["FDivFY"] for row in rows[1:5]} != {""}


def test_fiscal_years_follow_each_other_without_a_gap(premium: Asked) -> None:
    years = [row for row in statements(premium, ODD) if row["CurPerType"] == "FY"]
    ends = [row["CurFYEn"] for row in years]
    assert ends[-5:] == ["2022-03-31", "2023-03-31", "2024-03-31", "2025-03-31", "2026-09-30"]
    assert ends[0] < "2010"
    for row, following in pairwise(years):
        assert row["CurFYEn"] < following["CurFYSt"] == row["NxtFYSt"]
        assert row["NxtFYEn"] == following["CurFYEn"]


def test_a_long_fiscal_year_has_no_trailing_twelve_months(premium: Asked) -> None:
    rows = {row["Date"]: row for row in premium.rows(VALUATION, code=ODD)}
    annual = next(row for row in statements(premium, ODD) if row["CurPerEn"] == "2025-03-31")
    assert rows["2025-05-20"]["EPS"] == float(annual["EPS"])
    assert rows["2026-11-20"]["EPS"] is rows["2026-08-20"]["EPS"] is rows["2026-08-20"]["ROE"] is None
    assert rows["2026-08-20"]["BPS"] > 0
    assert rows["2026-08-20"]["FwdEPS"] > 0


def test_jmis_has_labels_and_no_ordinary_profit(premium: Asked) -> None:
    told = {row["DiscNo"]: row for row in statements(premium, ODD)}
    standards = {row["CurFYEn"][:4]: row["DocType"].rpartition("_")[2] for row in told.values()}
    assert (standards["2017"], standards["2018"], standards["2026"]) == ("JP", "JMIS", "JMIS")
    newest = premium.rows(DETAILS, code=ODD)[-1]
    assert told[newest["DiscNo"]]["OdP"] == ""
    assert newest["FS"]["Accounting standards, DEI"] == "JMIS"
    assert newest["FS"]["Revenue - 2 (JMIS)"] == told[newest["DiscNo"]]["Sales"]
    assert not any("IFRS" in label for label in newest["FS"])


def test_modec_reports_in_dollars_since_february_2022(premium: Asked) -> None:
    rows = statements(premium, IN_DOLLARS)
    before = next(row for row in rows if row["CurPerEn"] == "2021-09-30")
    first = next(row for row in rows if row["CurPerEn"] == "2021-12-31")
    assert first["DiscDate"][:7] == "2022-02"
    for key in ("TA", "Eq", "ShEq", "CashEq", "Sales", "NxFSales", "DivTotalAnn"):
        assert int(first[key]) % 1_000 == 0
    assert int(before["TA"]) / int(first["TA"]) == pytest.approx(RATE, rel=0.2)
    held = int(first["ShOutFY"]) - int(first["TrShFY"])
    assert float(first["BPS"]) == pytest.approx(int(first["Eq"]) / held, abs=0.01)
    assert float(first["EPS"]) == pytest.approx(int(first["NP"]) / held, abs=0.01)
    # Its dividends are paid in yen.
    assert first["Div2Q"] == before["Div2Q"]
    paid = float(first["DivAnn"]) / (float(first["EPS"]) * RATE)
    assert float(first["PayoutRatioAnn"]) == pytest.approx(paid, rel=0.02)
    details = next(row for row in premium.rows(DETAILS, code=IN_DOLLARS) if row["DiscNo"] == first["DiscNo"])
    assert details["FS"]["Assets (IFRS)"] == first["TA"]
    assert details["FS"]["Revenue - 2 (IFRS)"] == first["Sales"] + ".0"


def test_dollars_are_valued_in_yen(premium: Asked) -> None:
    day = "2026-11-20"
    row, close = (premium.rows(path, code=IN_DOLLARS, date=day)[0] for path in (VALUATION, BARS))
    newest = statements(premium, IN_DOLLARS)[-1]
    held = int(newest["ShOutFY"]) - int(newest["TrShFY"])
    assert row["BPS"] == pytest.approx(int(newest["Eq"]) * RATE / held, rel=0.001)
    assert row["FwdEPS"] == pytest.approx(float(newest["FEPS"]) * RATE, rel=0.01)
    assert row["PBR"] == pytest.approx(close["C"] / row["BPS"], rel=0.01)


def test_some_companies_tell_what_the_parent_expects_to_earn(premium: Asked) -> None:
    told = {key: set[str]() for key in KEYS if "FNC" in key}
    for row in of_all_days(premium, "2025-05-14", "2025-08-08", "2025-11-14"):
        for key in told:
            if row[key]:
                told[key].add(row["DocType"])
    assert all(kinds for key, kinds in told.items()), {key for key, kinds in told.items() if not kinds}
    kinds = set[str]().union(*told.values())
    assert all(kind.endswith(("_Consolidated_JP", "EarnForecastRevision")) for kind in kinds)


def test_the_parent_earns_less_than_the_group(premium: Asked) -> None:
    rows = [row for row in of_all_days(premium, "2025-05-14") if row["NxFNCSales"]]
    assert rows
    for row in rows:
        assert 0 < int(row["NxFNCSales"]) < int(row["NxFSales"])
        held = int(row["ShOutFY"]) - int(row["TrShFY"])
        assert float(row["NxFNCEPS"]) == pytest.approx(int(row["NxFNCNP"]) / held, abs=0.01)


def statements(asked: Asked, code: str) -> list[Row]:
    return [row for row in asked.rows(SUMMARY, code=code) if "FinancialStatements" in row["DocType"]]


def of_all_days(asked: Asked, *days: str) -> list[Row]:
    return [row for day in days for row in asked.rows(SUMMARY, date=day)]
