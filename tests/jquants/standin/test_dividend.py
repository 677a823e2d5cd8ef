"""/fins/dividend: notices, as the statements have the rates, with corrections and deletions."""

from datetime import date, datetime
from typing import Any

import pytest

from jquants.standin.companies.dividends import ex_day
from tests.jquants.standin.conftest import TOKYO, Asked, Standin

DIVIDEND, SUMMARY = "/fins/dividend", "/fins/summary"
Row = dict[str, Any]


@pytest.fixture
def premium(standin: Standin) -> Asked:
    return standin(plan="premium")


@pytest.fixture
def busy(premium: Asked) -> list[Row]:
    days = ("2026-11-12", "2026-11-13", "2026-11-16", "2026-05-14", "2026-05-15")
    return [row for day in days for row in premium.rows(DIVIDEND, date=day)]


def test_rows_have_their_23_fields_and_numbers_of_their_own(busy: list[Row]) -> None:
    assert {len(row) for row in busy} == {23}
    numbers = [row["RefNo"] for row in busy]
    assert len(set(numbers)) == len(numbers) > 1_000


@pytest.mark.parametrize("code", ["7203", "8697", "9433", "9984"])
def test_decided_rates_are_those_of_the_statements(premium: Asked, code: str) -> None:
    statements = {
        row["CurPerEn"]: row
        for row in premium.rows(SUMMARY, code=code)
        if row["DocType"].startswith(("2Q", "FY"))
    }
    final: dict[str, Any] = {}
    for row in premium.rows(DIVIDEND, code=code, from_="2009-01-01"):
        if row["FRCode"] == "1" and row["StatCode"] != "3":
            final[row["RecDate"]] = row["DivRate"]
    assert len(final) > 20
    for day, rate in final.items():
        key = "DivFY" if statements[day]["CurPerType"] == "FY" else "Div2Q"
        assert str(rate) == statements[day][key]


def test_forecasts_come_with_the_last_years_statement(premium: Asked) -> None:
    notices = [row for row in premium.rows(DIVIDEND, code="7203") if row["FRCode"] == "2"]
    statements = {row["DiscDate"]: row for row in premium.rows(SUMMARY, code="7203") if row["NxtFYEn"]}
    corrected = {row["CARefNo"] for row in notices if row["StatCode"] == "2"}
    assert len(notices) > 10
    for row in notices:
        statement = statements[row["BoardDate"]]
        assert row["RecDate"] == statement["NxtFYEn"]
        assert row["PayDate"] == "-"
        if row["StatCode"] != "3" and row["RefNo"] not in corrected and row["DivRate"] != "-":
            assert str(row["DivRate"]) == statement["NxFDivFY"]


def test_corrections_and_deletions_name_the_notice_they_are_about(premium: Asked, busy: list[Row]) -> None:
    by_number = {row["RefNo"]: row for row in busy}
    assert all(row["CARefNo"] == row["RefNo"] for row in busy if row["StatCode"] == "1")
    changes = [row for row in busy if row["StatCode"] != "1" and row["CARefNo"] in by_number]
    assert {row["StatCode"] for row in changes} == {"2", "3"}
    for row in changes:
        first = by_number[row["CARefNo"]]
        assert (first["Code"], first["IFTerm"], first["FRCode"]) == (
            row["Code"],
            row["IFTerm"],
            row["FRCode"],
        )
        assert first["PubDate"] < row["PubDate"]
        is_undecided = row["DivRate"] == "-"
        assert (first["DivRate"] == row["DivRate"]) is (row["StatCode"] == "3" or is_undecided)


def test_what_is_missing_is_a_dash_or_nothing(busy: list[Row]) -> None:
    rates = {type(row["DivRate"]) for row in busy}
    assert rates == {float, str}
    assert {row["DivRate"] for row in busy if isinstance(row["DivRate"], str)} == {"-"}
    assert {"-", ""} < {row["PayDate"] for row in busy}
    assert {"0", "1", "2"} == {row["CommSpecCode"] for row in busy}
    assert any(isinstance(row["DistAmt"], float) for row in busy)


def test_fields_of_their_time(premium: Asked) -> None:
    old = premium.rows(DIVIDEND, date="2013-11-14")
    assert {row["DistAmt"] for row in old} == {row["CommDivRate"] for row in old} == {""}


@pytest.mark.parametrize(
    ("record", "ex"),
    [
        ("2014-03-10", "2014-03-06"),  # three days to settle
        ("2026-03-31", "2026-03-30"),
        ("2026-01-31", "2026-01-29"),  # a Saturday: Friday counts
        ("2019-06-30", "2019-06-26"),
        ("2019-09-30", "2019-09-27"),
    ],
)
def test_ex_days_lie_before_the_record_date(record: str, ex: str) -> None:
    day = date.fromisoformat(record).toordinal()
    assert date.fromordinal(ex_day(day)).isoformat() == ex


@pytest.mark.parametrize(("hour", "minute", "there"), [(11, 59, False), (14, 0, True), (19, 0, True)])
def test_notices_are_collected_every_hour(standin: Standin, hour: int, minute: int, there: bool) -> None:
    at = datetime(2026, 11, 13, hour, minute, tzinfo=TOKYO)
    rows = standin(plan="premium", at=at).rows(DIVIDEND, date="20261113")
    assert bool(rows) is there
    assert all(row["PubTime"] < f"{hour}:{minute:02d}" for row in rows)


@pytest.mark.parametrize("plan", ["free", "light", "standard"])
def test_other_plans_are_refused(standin: Standin, plan: str) -> None:
    assert standin(plan=plan).refusal(DIVIDEND, code="7203")[0] == 403
