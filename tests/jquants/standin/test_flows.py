"""GET /markets/breakdown and /markets/short-ratio: two views of what daily bars say was traded."""

from datetime import datetime

import pytest

from tests.jquants.standin.conftest import TOKYO, Standin

BARS, BREAKDOWN, RATIO = "/equities/bars/daily", "/markets/breakdown", "/markets/short-ratio"
SOLD = ("LongSell", "ShrtNoMrgn", "MrgnSellNew", "MrgnSellClose")
BOUGHT = ("LongBuy", "MrgnBuyNew", "MrgnBuyClose")
PARTS = ("SellExShortVa", "ShrtWithResVa", "ShrtNoResVa")


def test_both_sides_add_up_to_the_bar(standin: Standin) -> None:
    asked = standin(plan="premium")
    bars = {row["Code"]: row for row in asked.rows(BARS, date="20261119") if row["Vo"]}
    rows = asked.rows(BREAKDOWN, date="20261119")
    assert [row["Code"] for row in rows] == list(bars)
    for row in rows:
        bar = bars[row["Code"]]
        for side in (SOLD, BOUGHT):
            assert sum(row[f"{part}Va"] for part in side) == bar["Va"]
            assert sum(row[f"{part}Vo"] for part in side) == bar["Vo"]
        assert min(value for key, value in row.items() if key not in {"Date", "Code"}) >= 0


def test_sectors_add_up_to_their_issues(standin: Standin) -> None:
    asked = standin(plan="premium")
    sectors = {row["Code"]: row["S33"] for row in asked.rows("/equities/master", date="20261119")}
    sold: dict[str, float] = {}
    short: dict[str, float] = {}
    for row in asked.rows(BREAKDOWN, date="20261119"):
        sector = sectors[row["Code"]]
        sold[sector] = sold.get(sector, 0) + sum(row[f"{part}Va"] for part in SOLD)
        short[sector] = short.get(sector, 0) + row["ShrtNoMrgnVa"] + row["MrgnSellNewVa"]
    rows = asked.rows(RATIO, date="20261119")
    assert len(rows) == 34
    for row in rows:
        assert sum(row[part] for part in PARTS) == sold.get(row["S33"], 0.0)
        assert row["ShrtWithResVa"] + row["ShrtNoResVa"] == short.get(row["S33"], 0.0)


def test_issues_without_margin_are_not_sold_on_it(standin: Standin) -> None:
    asked = standin(plan="premium")
    margins = {row["Code"]: row["Mrgn"] for row in asked.rows("/equities/master", date="20261119")}
    rows = [row for row in asked.rows(BREAKDOWN, date="20261119") if margins[row["Code"]] == "3"]
    assert rows
    assert {row[key] for row in rows for key in row if key.startswith("Mrgn")} == {0.0}


def test_sector_may_be_written_short(standin: Standin) -> None:
    asked = standin()
    rows = asked.rows(RATIO, s33="50", from_="20261116", to="20261120")
    assert [row["Date"][-2:] for row in rows] == ["16", "17", "18", "19", "20"]
    assert rows == asked.rows(RATIO, s33="0050", from_="20261116", to="20261120")
    assert rows[-1] == asked.rows(RATIO, s33="0050", date="20261120")[0]
    assert asked.rows(RATIO, s33="1234") == []


def test_sector_or_date_is_required(standin: Standin) -> None:
    text = "This API requires at least 1 parameter as follows; 'date','s33'."
    for query in ({}, {"from": "20261101"}, {"code": "72030"}):
        assert standin().refusal(RATIO, **query) == (400, text)


def test_there_are_no_rows_of_the_outage(standin: Standin) -> None:
    asked = standin(plan="premium")
    assert asked.rows(RATIO, date="20201001") == []
    assert asked.rows(BREAKDOWN, date="20201001") == []
    days = [row["Date"] for row in asked.rows(BREAKDOWN, code="72030", from_="20200930", to="20201002")]
    assert days == ["2020-09-30", "2020-10-02"]


@pytest.mark.parametrize(("hour", "minute", "there"), [(17, 59, False), (18, 0, True)])
def test_breakdown_is_published_at_six(standin: Standin, hour: int, minute: int, there: bool) -> None:
    asked = standin(plan="premium", at=datetime(2026, 11, 20, hour, minute, tzinfo=TOKYO))
    assert bool(asked.rows(BREAKDOWN, code="7203", date="20261120")) is there


def test_breakdown_starts_in_april_2015(standin: Standin) -> None:
    rows = standin(plan="premium").rows(BREAKDOWN, code="72030", to="20150410")
    assert rows[0]["Date"] == "2015-04-01"


def test_plans(standin: Standin) -> None:
    assert standin().refusal(BREAKDOWN, date="20261120")[0] == 403
    assert standin(plan="light").refusal(RATIO, date="20261120")[0] == 403
