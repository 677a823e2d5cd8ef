"""GET /equities/investor-types: weeks, sections, and corrections that come as rows of their own."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from jquants.standin.market.investors import KINDS
from tests.jquants.standin.conftest import TOKYO, Standin

TYPES = "/equities/investor-types"


def test_a_week_is_published_on_the_fourth_business_day_of_the_next(standin: Standin) -> None:
    rows = standin().rows(TYPES, section="TSEPrime", from_="20261001")
    weeks = [(row["StDate"], row["EnDate"], row["PubDate"]) for row in rows]
    assert ("2026-11-09", "2026-11-13", "2026-11-19") in weeks
    assert ("2026-10-26", "2026-10-30", "2026-11-06") in weeks  # Tuesday was a holiday
    published = {row["PubDate"] for row in standin().rows(TYPES, from_="20170101", to="20170131")}
    assert "2017-01-13" in published  # for the week from the 4th to the 6th


def test_groups_add_up(standin: Standin) -> None:
    for row in standin().rows(TYPES, from_="20260901"):
        assert len(row) == 56
        for part in ("Sell", "Buy", "Tot", "Bal"):
            assert row[f"Brk{part}"] == sum(row[f"{kind}{part}"] for kind in KINDS)
            assert row[f"Tot{part}"] == row[f"Brk{part}"] + row[f"Prop{part}"]
        for group in ("Prop", "Brk", "Tot", *KINDS):
            assert row[f"{group}Tot"] == row[f"{group}Sell"] + row[f"{group}Buy"]
            assert row[f"{group}Bal"] == row[f"{group}Buy"] - row[f"{group}Sell"]
            assert row[f"{group}Sell"] >= 0


def test_turnover_is_of_the_order_of_daily_bars(standin: Standin) -> None:
    asked = standin()
    prime = {row["Code"] for row in asked.rows("/equities/master") if row["Mkt"] == "0111"}
    bars = asked.rows("/equities/bars/daily", date="20261111")
    traded = 5 * sum(row["Va"] or 0 for row in bars if row["Code"] in prime) / 1_000
    (row,) = asked.rows(TYPES, section="TSEPrime", from_="20261119", to="20261119")
    assert 0.5 < row["TotSell"] / traded < 2


def test_sections_changed_in_april_2022(standin: Standin) -> None:
    asked = standin()
    before = [row["Section"] for row in asked.rows(TYPES, from_="20220407", to="20220407")]
    after = [row["Section"] for row in asked.rows(TYPES, from_="20220414", to="20220414")]
    assert before == ["TSE1st", "TSE2nd", "TSEMothers", "TSEJASDAQ", "TokyoNagoya"]
    assert after == ["TSEPrime", "TSEStandard", "TSEGrowth", "TokyoNagoya"]


def test_corrections_are_later_rows_of_the_same_week(standin: Standin) -> None:
    asked = standin()
    rows = asked.rows(TYPES, from_="20251001")
    twice = [place for place, count in Counter(map(week, rows)).items() if count == 2]
    assert twice
    for place in twice:
        wrong, right = (row for row in rows if week(row) == place)
        assert wrong["PubDate"] < right["PubDate"]
        assert wrong["TotBuy"] != right["TotBuy"]
    before = asked.rows(TYPES, from_="20220601", to="20230330")
    assert set(Counter(map(week, before)).values()) == {1}


def week(row: dict[str, Any]) -> tuple[str, str]:
    return row["Section"], row["StDate"]


@pytest.mark.parametrize(("minute", "there"), [(29, False), (30, True)])
def test_published_at_half_past_four(standin: Standin, minute: int, there: bool) -> None:
    asked = standin(at=datetime(2026, 11, 19, 16, minute, tzinfo=TOKYO))
    assert bool(asked.rows(TYPES, from_="20261119")) is there


def test_window_and_plan(standin: Standin) -> None:
    asked = standin(plan="light")
    assert asked.rows(TYPES)[0]["PubDate"] >= "2021-11-20"
    assert asked.refusal(TYPES, from_="20211119")[0] == 400
    assert standin(plan="free").refusal(TYPES)[0] == 403
