"""GET /markets/short-sale-report: rows without a key of their own."""

from collections import Counter
from datetime import datetime

import pytest

from tests.jquants.standin.conftest import TOKYO, Standin

REPORT = "/markets/short-sale-report"


def test_reports_of_a_day(standin: Standin) -> None:
    asked = standin()
    rows = asked.rows(REPORT, disc_date="20261120")
    assert 50 < len(rows) < 300
    assert {row["DiscDate"] for row in rows} == {"2026-11-20"}
    assert {row["CalcDate"] for row in rows} == {"2026-11-18"}
    assert rows == asked.rows(REPORT, calc_date="20261118")
    assert len(rows[0]) == 14


def test_reports_of_an_issue_are_those_of_its_days(standin: Standin) -> None:
    asked = standin()
    history = asked.rows(REPORT, code="7203")
    assert len(history) > 10
    row = history[-1]
    assert row in asked.rows(REPORT, disc_date=row["DiscDate"])
    some = asked.rows(REPORT, code="7203", disc_date_from="20220101", disc_date_to="20221231")
    assert some == [row for row in history if row["DiscDate"][:4] == "2022"]


def test_earlier_reports_are_named_as_they_were(standin: Standin) -> None:
    history = standin().rows(REPORT, code="7203")
    ratios = {(row["DiscDate"], row["SSName"]): row["ShrtPosToSO"] for row in history[::-1]}
    with_earlier = [row for row in history[5:] if row["PrevRptDate"] and row["PrevRptDate"] > "2016-12"]
    assert with_earlier
    for row in with_earlier:
        assert ratios[row["PrevRptDate"], row["SSName"]] == row["PrevRptRatio"]


def test_some_codes_are_in_no_list_and_some_rows_look_alike(standin: Standin) -> None:
    asked = standin()
    listed = {row["Code"] for row in asked.rows("/equities/master")}
    assert "38080" not in listed
    assert asked.rows(REPORT, code="38080")
    rows = asked.rows(REPORT, disc_date="20261120") + asked.rows(REPORT, disc_date="20261119")
    alike = Counter((row["DiscDate"], row["Code"], row["SSName"], row["FundName"]) for row in rows)
    assert max(alike.values()) == 2
    assert len({str(row) for row in rows}) == len(rows)
    assert any(row["Notes"].endswith(" " * 200) for row in rows)
    assert {"", "個人"} & {row["SSAddr"] for row in rows}


def test_something_must_be_asked_for(standin: Standin) -> None:
    asked = standin()
    text = "This API requires at least 1 parameter as follows; 'code','disc_date','calc_date'."
    assert asked.refusal(REPORT) == (400, text)
    assert asked.refusal(REPORT, disc_date_from="20261101") == (400, text)
    assert asked.refusal(REPORT, date="20261120") == (400, text)
    assert asked.refusal(REPORT, calc_date="20161118")[0] == 400
    assert standin(plan="light").refusal(REPORT, code="7203")[0] == 403


@pytest.mark.parametrize(("minute", "there"), [(29, False), (30, True)])
def test_published_at_half_past_five(standin: Standin, minute: int, there: bool) -> None:
    asked = standin(at=datetime(2026, 11, 20, 17, minute, tzinfo=TOKYO))
    assert bool(asked.rows(REPORT, disc_date="20261120")) is there


def test_first_reports_are_of_november_2013(standin: Standin) -> None:
    asked = standin(plan="premium")
    assert asked.rows(REPORT, disc_date="20131106") == []
    assert asked.rows(REPORT, disc_date="20131107")
