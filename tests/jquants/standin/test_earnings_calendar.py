"""GET /equities/earnings-calendar: who reports on the next business day."""

from datetime import datetime

import pytest

from tests.jquants.standin.conftest import TOKYO, Standin

CALENDAR = "/equities/earnings-calendar"


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [(12, 20, "2026-11-13"), (12, 18, "2026-11-12"), (7, 12, "2026-11-09"), (9, 9, "2026-11-09")],
)
def test_next_business_day(standin: Standin, day: int, hour: int, expected: str) -> None:
    rows = standin(at=datetime(2026, 11, day, hour, tzinfo=TOKYO)).rows(CALENDAR)
    assert {row["Date"] for row in rows} - {""} == {expected}


def test_companies_are_those_of_the_master(standin: Standin) -> None:
    asked = standin(at=datetime(2026, 11, 12, 20, tzinfo=TOKYO))
    master = {row["Code"]: row for row in asked.rows("/equities/master", date="20261113")}
    rows = asked.rows(CALENDAR)
    assert len(rows) > 100
    for row in rows:
        issue = master[row["Code"]]
        assert (row["CoName"], row["SectorNm"], row["Section"]) == (
            issue["CoName"],
            issue["S33Nm"],
            issue["MktNm"],
        )
        assert row["FY"][:2] in {"3月", "9月"}
        assert row["FQ"] in {"第２四半期", "本決算"}
        assert issue["ProdCat"] != "013"


def test_some_have_not_decided(standin: Standin) -> None:
    asked = standin(at=datetime(2026, 11, 11, 20, tzinfo=TOKYO))
    assert "" in {row["Date"] for row in asked.rows(CALENDAR)}


def test_a_list_stays_while_nobody_reports(standin: Standin) -> None:
    rows = standin(at=datetime(2026, 11, 26, 12, tzinfo=TOKYO)).rows(CALENDAR)
    assert rows
    assert max(row["Date"] for row in rows) < "2026-11-26"


@pytest.mark.parametrize("plan", ["free", "light", "standard", "premium"])
def test_every_plan_has_it(standin: Standin, plan: str) -> None:
    assert standin(plan=plan).rows(CALENDAR, date="19990101")
