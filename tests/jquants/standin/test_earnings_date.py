"""/fins/earnings-date: announced days, on which the statements then come."""

from datetime import datetime
from itertools import groupby
from typing import Any

import pytest

from tests.jquants.standin.conftest import TOKYO, Asked, Standin

DATES, SUMMARY = "/fins/earnings-date", "/fins/summary"
FIELDS = ["PubDate", "SchDate", "FQName", "FYE", "Code", "CoName", "CoNameEn"]


@pytest.fixture
def premium(standin: Standin) -> Asked:
    return standin(plan="premium")


@pytest.mark.parametrize("query", [{}, {"code": "7203", "date": "20261120"}, {"from": "20261120"}])
def test_exactly_one_selector(premium: Asked, query: dict[str, str]) -> None:
    text = "Specify exactly one of the following parameters: code, date, or scheduled_date."
    assert premium.refusal(DATES, **query) == (400, text)


@pytest.mark.parametrize("code", ["7203", "8697", "1301", "9433"])
def test_the_last_announcement_of_a_quarter_is_the_day_of_its_statement(premium: Asked, code: str) -> None:
    rows = premium.rows(DATES, code=code)
    assert all(list(row) == FIELDS for row in rows)
    assert [row["PubDate"] for row in rows] == sorted(row["PubDate"] for row in rows)
    last = {[*quarter][-1]["SchDate"] for _, quarter in groupby(rows, key=lambda row: str(row["FQName"]))}
    reported = {
        row["DiscDate"]
        for row in premium.rows(SUMMARY, code=code)
        if "FinancialStatements" in row["DocType"] and row["DiscDate"] > "2014-12-31"
    }
    assert reported <= last


def test_changes_and_undecided_days_add_rows(premium: Asked) -> None:
    announced = [row for day in ("2026-10-20", "2026-10-21") for row in premium.rows(DATES, date=day)]
    undecided = next(row for row in announced if row["SchDate"] == "")
    history = premium.rows(DATES, code=undecided["Code"])
    later = history[history.index(undecided) + 1]
    assert later["FQName"] == undecided["FQName"]
    assert later["SchDate"] > later["PubDate"] > undecided["PubDate"]


def test_scheduled_date_finds_what_is_valid_now(standin: Standin) -> None:
    before = standin(plan="premium", at=datetime(2026, 11, 2, 12, tzinfo=TOKYO))
    after = standin(plan="premium", at=datetime(2026, 11, 13, 12, tzinfo=TOKYO))
    day = "2026-11-13"
    then, now = ({row["Code"] for row in asked.rows(DATES, scheduled_date=day)} for asked in (before, after))
    reported = {
        row["Code"]
        for row in standin(plan="premium").rows(SUMMARY, date=day)
        if "FinancialStatements" in row["DocType"]
    }
    assert now == reported
    assert then != now
    assert len(then & now) > 300


def test_days_outside_the_window_are_refused_as_publication_and_dropped_elsewhere(standin: Standin) -> None:
    light = standin(plan="light")
    assert light.refusal(DATES, date="20211119")[0] == 400
    assert light.rows(DATES, scheduled_date="2021-11-22") == []
    assert light.rows(DATES, code="7203")[0]["PubDate"] >= "2021-11-20"
    assert light.get(DATES, scheduled_date="20210230").status_code == 400


def test_published_at_five_past_ten(standin: Standin) -> None:
    early, late = (
        standin(plan="premium", at=datetime(2026, 10, 20, 10, minute, tzinfo=TOKYO)) for minute in (4, 5)
    )
    assert early.rows(DATES, date="20261020") == []
    assert late.rows(DATES, date="20261020")


def test_reits_are_announced_too(premium: Asked) -> None:
    reit = next(row for row in premium.rows(SUMMARY, date="2026-11-13") if row["DocType"].endswith("_REIT"))
    ends: set[Any] = {row["FYE"] for row in premium.rows(DATES, code=reit["Code"])}
    assert len(ends) == 2
