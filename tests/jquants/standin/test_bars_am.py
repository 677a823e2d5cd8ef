"""GET /equities/bars/daily/am: this morning, from noon until six the next day."""

from datetime import datetime

import pytest

from tests.jquants.standin.conftest import TOKYO, Standin

AM, BARS = "/equities/bars/daily/am", "/equities/bars/daily"
MORNING = ("MO", "MH", "ML", "MC", "MVo", "MVa")


def test_mornings_are_those_of_daily_bars(standin: Standin) -> None:
    asked = standin(plan="premium")
    bars = asked.rows(BARS, date="20261120")
    assert asked.rows(AM) == [{key: bar[key] for key in ("Date", "Code", *MORNING)} for bar in bars]


@pytest.mark.parametrize(
    ("day", "hour", "minute", "served"),
    [
        (20, 11, 59, None),
        (20, 12, 0, "2026-11-20"),
        (21, 5, 59, "2026-11-20"),
        (21, 6, 0, None),
        (22, 13, 0, None),
        (23, 13, 0, None),  # a holiday
        (24, 12, 0, "2026-11-24"),
    ],
)
def test_hours_of_service(standin: Standin, day: int, hour: int, minute: int, served: str | None) -> None:
    asked = standin(plan="premium", at=datetime(2026, 11, day, hour, minute, tzinfo=TOKYO))
    response = asked.get(AM, code="7203")
    if served:
        assert [row["Date"] for row in response.json()["data"]] == [served]
    else:
        assert (response.status_code, list(response.json())) == (210, ["message"])


def test_unknown_codes_are_210(standin: Standin) -> None:
    assert standin(plan="premium").refusal(AM, code="00000")[0] == 210


@pytest.mark.parametrize("plan", ["free", "light", "standard"])
def test_only_premium_has_it(standin: Standin, plan: str) -> None:
    assert standin(plan=plan).refusal(AM)[0] == 403
