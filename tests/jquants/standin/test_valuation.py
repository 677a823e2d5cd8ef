"""/equities/valuation: the close of the bars over the figures of the statements."""

from itertools import pairwise
from typing import Any

import pytest

from tests.jquants.standin.conftest import Asked, Standin

VALUATION, SUMMARY, BARS, MASTER = (
    "/equities/valuation",
    "/fins/summary",
    "/equities/bars/daily",
    "/equities/master",
)
DAY = "2026-11-20"
Row = dict[str, Any]


@pytest.fixture
def premium(standin: Standin) -> Asked:
    return standin(plan="premium")


@pytest.mark.parametrize("code", ["72030", "99840", "94330"])
def test_ratios_follow_from_statements_and_the_close(premium: Asked, code: str) -> None:
    row = premium.rows(VALUATION, code=code, date=DAY)[0]
    statements = [one for one in premium.rows(SUMMARY, code=code) if "FinancialStatements" in one["DocType"]]
    now = statements[-1]
    assert now["CurPerType"] == "2Q"
    last_year, same_quarter = statements[-3], statements[-5]
    assert (last_year["CurPerType"], same_quarter["CurPerType"]) == ("FY", "2Q")
    trailing = float(now["EPS"]) + float(last_year["EPS"]) - float(same_quarter["EPS"])
    held = int(now["ShOutFY"]) - int(now["TrShFY"])
    close = premium.rows(BARS, code=code, date=DAY)[0]["C"]
    assert row["EPS"] == pytest.approx(trailing, abs=0.011)
    assert row["FwdEPS"] == pytest.approx(float(now["FEPS"]), abs=0.011)
    assert row["BPS"] == pytest.approx(int(now["Eq"]) / held, abs=0.011)
    assert row["PER"] == pytest.approx(close / row["EPS"], rel=0.01)
    assert row["PBR"] == pytest.approx(close / row["BPS"], rel=0.01)
    assert row["ROE"] == pytest.approx(row["EPS"] / row["BPS"], abs=0.0001)
    assert row["MktCap"] == pytest.approx(close * held / 1e6, abs=1)


def test_market_capitalisation_lacks_treasury_shares(premium: Asked) -> None:
    without = premium.rows(VALUATION, code="7203", date=DAY)[0]["MktCap"]
    assert without < premium.rows(BARS, code="7203", date=DAY)[0]["MktCap"]


def test_every_issue_has_a_row_and_funds_have_nulls(premium: Asked) -> None:
    rows = {row["Code"]: row for row in premium.rows(VALUATION, date=DAY)}
    assert rows.keys() == {row["Code"] for row in premium.rows(MASTER, date=DAY)}
    fields = ["Date", "Code", "EPS", "FwdEPS", "BPS", "ROE", "FwdROE", "PER", "FwdPER", "PBR", "MktCap"]
    assert all(list(row) == fields for row in rows.values())
    assert set(list(rows["13060"].values())[2:]) == {None}
    assert any(row["EPS"] and row["EPS"] < 0 and row["PER"] is None for row in rows.values())


def test_reits_have_a_market_capitalisation_only(premium: Asked) -> None:
    reits = {row["Code"] for row in premium.rows(MASTER, date=DAY) if row["ProdCat"] == "013"}
    rows = [row for row in premium.rows(VALUATION, date=DAY) if row["Code"] in reits]
    assert len(rows) > 10
    assert {tuple(row.values())[2:-1] for row in rows} == {(None,) * 8}
    assert all(row["MktCap"] > 0 for row in rows)


def test_a_disclosure_counts_from_the_next_day_on(premium: Asked) -> None:
    disclosed = [row for row in premium.rows(SUMMARY, code="7203") if row["CurPerType"] == "2Q"][-1]
    rows = premium.rows(VALUATION, code="7203", from_="2026-10-01", to="2026-11-20")
    changed = [row["Date"] for before, row in pairwise(rows) if row["BPS"] != before["BPS"]]
    assert [disclosed["DiscDate"] < day for day in changed] == [True]
    assert rows[[row["Date"] for row in rows].index(changed[0]) - 1]["Date"] == disclosed["DiscDate"]


def test_no_trade_takes_the_base_price(premium: Asked) -> None:
    row = premium.rows(VALUATION, code="7203", date="2020-10-01")[0]
    before = premium.rows(BARS, code="7203", date="2020-09-30")[0]
    assert row["PBR"] == pytest.approx(before["C"] / row["BPS"], rel=0.01)


def test_free_sees_the_delayed_window(standin: Standin) -> None:
    assert standin(plan="free").rows(VALUATION, code="7203")[-1]["Date"] == "2026-08-28"


def test_a_revision_counts_from_the_next_day_on(premium: Asked) -> None:
    revised = {
        row["Code"]: row
        for row in premium.rows(SUMMARY, date="2026-10-23")
        if row["DocType"] == "EarnForecastRevision"
    }
    on, after = (
        {row["Code"]: row for row in premium.rows(VALUATION, date=day)}
        for day in ("2026-10-23", "2026-10-26")
    )
    assert revised
    for code, row in revised.items():
        assert after[code]["FwdEPS"] == pytest.approx(float(row["FEPS"]), abs=0.011)
    assert any(on[code]["FwdEPS"] != after[code]["FwdEPS"] for code in revised)
