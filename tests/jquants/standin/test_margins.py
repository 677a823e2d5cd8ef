"""GET /markets/margin-interest, before and after it became daily, and /markets/margin-alert."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from jquants.standin.market import Market
from tests.jquants.standin.conftest import EVENING, TOKYO, Standin

INTEREST, ALERT, BARS = "/markets/margin-interest", "/markets/margin-alert", "/equities/bars/daily"
COLUMNS = [
    *("PubDate", "Date", "Code", "IssType"),
    *("ShrtVol", "LongVol", "ShrtNegVol", "LongNegVol", "ShrtStdVol", "LongStdVol"),
    *("ShrtVal", "LongVal", "ShrtNegVal", "LongNegVal", "ShrtStdVal", "LongStdVal"),
]


def test_a_day_has_the_issues_that_are_traded_on_margin(standin: Standin, made_up_market: Market) -> None:
    rows = standin().rows(INTEREST, date="20261119")
    listed = made_up_market.listed(EVENING.date())
    assert [row["Code"] for row in rows] == [issue.code for issue in listed if issue.margin != "3"]
    assert {row["IssType"] for row in rows} == {"1", "2"}
    for row in rows:
        assert list(row) == COLUMNS
        assert row["PubDate"] == "2026-11-20"
        assert row["ShrtVol"] == row["ShrtNegVol"] + row["ShrtStdVol"]
        assert row["LongVol"] == row["LongNegVol"] + row["LongStdVol"]
        assert row["IssType"] == "2" or row["ShrtStdVol"] == 0


def test_values_are_volumes_at_the_close(standin: Standin) -> None:
    asked = standin()
    (bar,) = asked.rows(BARS, code="7203", date="20261119")
    (row,) = asked.rows(INTEREST, code="7203", date="20261119")
    assert row["LongVal"] == round(row["LongVol"] * bar["C"])


def test_until_september_2026_there_was_a_record_a_week(standin: Standin) -> None:
    rows = standin().rows(INTEREST, code="7203", from_="20260401", to="20261001")
    weekly = [row for row in rows if row["Date"] <= "2026-09-24"]
    assert [row["Date"] for row in weekly[:4]] == ["2026-04-03", "2026-04-10", "2026-04-17", "2026-04-24"]
    assert "2026-05-01" in {row["Date"] for row in weekly}  # a week of four days
    assert "2026-05-08" not in {row["Date"] for row in weekly}  # one of two
    assert all(row["PubDate"] is row["LongVal"] is None for row in weekly)
    assert [row["Date"] for row in rows if row["Date"] > "2026-09-18"] == [
        *("2026-09-25", "2026-09-28", "2026-09-29", "2026-09-30", "2026-10-01"),
    ]


def test_other_days_of_the_old_era_are_empty(standin: Standin) -> None:
    assert standin().get(INTEREST, date="20260916").json() == {"data": []}


@pytest.mark.parametrize(
    ("day", "hour", "newest"),
    [
        (datetime(2026, 11, 20, tzinfo=TOKYO), 16, "2026-11-18"),
        (datetime(2026, 11, 20, tzinfo=TOKYO), 17, "2026-11-19"),
        (datetime(2026, 9, 15, tzinfo=TOKYO), 16, "2026-09-04"),
        (datetime(2026, 9, 15, tzinfo=TOKYO), 17, "2026-09-11"),  # a Tuesday
        (datetime(2026, 9, 28, tzinfo=TOKYO), 17, "2026-09-25"),
    ],
)
def test_publication(standin: Standin, day: datetime, hour: int, newest: str) -> None:
    asked = standin(at=day.replace(hour=hour))
    assert asked.rows(INTEREST, code="7203")[-1]["Date"] == newest


def test_rows_are_found_by_their_publication(standin: Standin) -> None:
    asked = standin()
    assert asked.rows(INTEREST, published_date="20261120") == asked.rows(INTEREST, date="20261119")
    assert len(asked.rows(INTEREST, published_date="20261120", code="7203")) == 1
    assert asked.rows(INTEREST, published_date="20260915") == []
    for name in ("date", "from", "to"):
        query = {"published_date": "20261120", "code": "7203", name: "20261119"}
        assert asked.refusal(INTEREST, **query)[0] == 400
    assert asked.refusal(INTEREST)[0] == 400


def test_alerts_show_the_balances_of_the_session_before(standin: Standin) -> None:
    asked = standin()
    rows = asked.rows(ALERT, date="20261120")
    assert 20 < len(rows) < 200
    balances = {row["Code"]: row for row in asked.rows(INTEREST, date="20261119")}
    fresh = [row for row in rows if row["AppDate"] == "2026-11-19"]
    same = [row for row in fresh if row["LongOut"] == balances[row["Code"]]["LongVol"]]
    assert len(same) > 0.9 * len(fresh)
    assert all(row["ShrtOut"] == balances[row["Code"]]["ShrtVol"] for row in fresh)
    for row in rows:
        assert set(row["PubReason"].values()) == {"0", "1"}
        assert len(row) == 20


def test_changes_and_ratios_have_their_blanks(standin: Standin) -> None:
    asked = standin()
    funds = asked.rows(ALERT, code="13060")
    assert {row["LongOutRatio"] for row in funds} == {"*"}
    by_date = {row["AppDate"]: row for row in funds}
    changes = [(n, row) for n, row in enumerate(funds) if row["LongOutChg"] != "-"]
    assert changes
    assert any(row["LongOutChg"] == "-" for row in funds)
    assert len(by_date) <= len(funds)
    stocks = [row for row in asked.rows(ALERT, date="20261120") if row["LongOutRatio"] != "*"]
    assert all(isinstance(row["LongOutRatio"], float) for row in stocks)


def test_corrections_are_second_rows(standin: Standin) -> None:
    asked = standin()
    rows: list[dict[str, Any]] = []
    for day in (16, 17, 18, 19, 20):
        rows += asked.rows(ALERT, date=f"202611{day}")
    counted = Counter((row["Code"], row["AppDate"]) for row in rows)
    twice = [place for place, count in counted.items() if count == 2]
    assert twice
    for code, applied in twice:
        wrong, right = (row for row in rows if (row["Code"], row["AppDate"]) == (code, applied))
        assert wrong["PubDate"] < right["PubDate"]
        assert wrong["LongOut"] != right["LongOut"]


def test_a_history_is_the_sum_of_its_days(standin: Standin) -> None:
    asked = standin()
    code = asked.rows(ALERT, date="20261120")[0]["Code"]
    history = asked.rows(ALERT, code=code, from_="20261118", to="20261120")
    days = [row for day in (18, 19, 20) for row in asked.rows(ALERT, date=f"202611{day}")]
    assert history == [row for row in days if row["Code"] == code]


def test_light_has_neither(standin: Standin) -> None:
    asked = standin(plan="light")
    assert asked.refusal(INTEREST, code="7203")[0] == asked.refusal(ALERT, code="7203")[0] == 403
