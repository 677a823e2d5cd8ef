"""GET /equities/bars/daily: fields, missing trades, corporate actions."""

from datetime import datetime
from math import prod

import pytest

from jquants.standin.market import Market
from jquants.standin.market.issues import RIGHTS_ISSUE
from tests.jquants.standin.conftest import EVENING, TOKYO, Standin

BARS = "/equities/bars/daily"
FIELDS = [
    "Date",
    "Code",
    "O",
    "H",
    "L",
    "C",
    "UL",
    "LL",
    "Vo",
    "Va",
    "AdjFactor",
    "AdjO",
    "AdjH",
    "AdjL",
    "AdjC",
    "AdjVo",
    "MktCap",
    "ExRT",
]
TRADED = ("O", "H", "L", "C", "Vo", "Va", "AdjO", "AdjH", "AdjL", "AdjC", "AdjVo")


def test_a_whole_market_day_has_a_row_for_every_listed_issue(
    standin: Standin, made_up_market: Market
) -> None:
    rows = standin().rows(BARS, date="20261120")
    assert [row["Code"] for row in rows] == [issue.code for issue in made_up_market.listed(EVENING.date())]
    assert {row["Date"] for row in rows} == {"2026-11-20"}
    assert all(list(row) == FIELDS for row in rows)


def test_only_premium_has_the_keys_of_half_days(standin: Standin) -> None:
    (row,) = standin(plan="premium").rows(BARS, code="72030", date="20261120")
    assert len(row) == 44
    assert list(row)[16:18] == ["MO", "MH"]
    assert list(row)[-3:] == ["AAdjVo", "MktCap", "ExRT"]
    assert row["MVo"] + row["AVo"] == row["Vo"]


def test_days_without_trades_are_rows_of_nulls(standin: Standin) -> None:
    rows = [row for row in standin().rows(BARS, date="20261120") if row["O"] is None]
    assert len(rows) > 100
    for row in rows:
        assert all(row[key] is None for key in (*TRADED, "MktCap"))
        assert (row["UL"], row["LL"]) == ("0", "0")
        assert row["AdjFactor"] is not None


def test_nobody_traded_on_the_day_of_the_outage(standin: Standin) -> None:
    rows = standin().rows(BARS, date="20201001")
    assert len(rows) > 4_000
    assert all(row["C"] is None for row in rows)
    days = [row["Date"] for row in standin().rows(BARS, code="7203", from_="20200930", to="20201002")]
    assert days == ["2020-09-30", "2020-10-01", "2020-10-02"]


def test_funds_have_no_market_value_and_prices_with_decimals(standin: Standin) -> None:
    asked = standin()
    rows = asked.rows(BARS, code="13060")
    assert all(row["MktCap"] is None for row in rows)
    assert any(row["C"] % 1 for row in rows)
    assert asked.rows(BARS, code="72030", date="20261120")[0]["MktCap"] > 1_000_000


def test_a_split_shows_on_its_day_and_adjusts_all_before(standin: Standin) -> None:
    rows = {row["Date"]: row for row in standin().rows(BARS, code="86970", from_="20240901", to="20241031")}
    day = rows["2024-09-27"]
    assert (day["AdjFactor"], day["ExRT"], day["AdjC"]) == (0.5, "1", day["C"])
    before = rows["2024-09-26"]
    assert (before["AdjFactor"], before["ExRT"]) == (1.0, None)
    assert (before["AdjC"], before["AdjVo"]) == (before["C"] / 2, before["Vo"] * 2)


def test_adjusted_prices_are_raw_ones_times_all_later_factors(
    standin: Standin, made_up_market: Market
) -> None:
    asked = standin()
    first = datetime(2016, 12, 1, tzinfo=TOKYO).date().toordinal()
    busy = [
        i for i in made_up_market.listed(EVENING.date()) if len(i.actions) > 1 and i.actions[0].day > first
    ]
    assert len(busy) > 20
    for issue in busy[:6]:
        rows = asked.rows(BARS, code=issue.code)
        factors = [row["AdjFactor"] for row in rows]
        assert sum(factor != 1.0 for factor in factors) == sum(
            a.day <= EVENING.toordinal() for a in issue.actions
        )
        for n in range(0, len(rows), 50):
            if rows[n]["C"] is not None:
                assert rows[n]["AdjC"] == pytest.approx(rows[n]["C"] * prod(factors[n + 1 :]), abs=1e-4)


def test_rights_issues_leave_volumes_alone(standin: Standin, made_up_market: Market) -> None:
    first, last = datetime(2017, 1, 1, tzinfo=TOKYO).toordinal(), EVENING.toordinal()
    issue = next(
        issue
        for issue in made_up_market.listed(EVENING.date())
        if issue.actions and issue.actions[0].kind == RIGHTS_ISSUE and first < issue.actions[0].day <= last
    )
    row = next(row for row in standin().rows(BARS, code=issue.code) if row["C"] is not None)
    assert row["AdjVo"] == row["Vo"]
    assert row["AdjC"] < row["C"]


def test_adjusted_history_is_rewritten_only_once_the_split_is_published(standin: Standin) -> None:
    before = standin(at=datetime(2024, 9, 27, 16, 0, tzinfo=TOKYO)).rows(BARS, code="86970", date="20240926")
    after = standin(at=datetime(2024, 9, 27, 16, 30, tzinfo=TOKYO)).rows(BARS, code="86970", date="20240926")
    assert before[0]["AdjC"] == before[0]["C"]
    assert after[0]["AdjC"] == after[0]["C"] / 2


def test_free_sees_the_effect_of_splits_it_cannot_see(standin: Standin) -> None:
    rows = standin(plan="free", at=datetime(2024, 11, 20, 18, tzinfo=TOKYO)).rows(BARS, code="86970")
    assert {row["AdjFactor"] for row in rows} == {1.0}
    assert all(row["AdjC"] == row["C"] / 2 for row in rows)


def test_history_begins_with_the_listing(standin: Standin) -> None:
    assert standin().rows(BARS, code="94340")[0]["Date"] == "2018-12-19"


def test_delisted_issues_are_served_until_their_last_day(standin: Standin, made_up_market: Market) -> None:
    first, last = (
        datetime(2020, 1, 1, tzinfo=TOKYO).toordinal(),
        datetime(2026, 1, 1, tzinfo=TOKYO).toordinal(),
    )
    issue = next(issue for issue in made_up_market.issues.values() if first < issue.delisted < last)
    rows = standin().rows(BARS, code=issue.code)
    assert rows
    assert datetime.fromisoformat(rows[-1]["Date"]).toordinal() <= issue.delisted
