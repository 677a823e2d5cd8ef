"""GET /indices/bars/daily and /topix: codes, their times, and what they follow."""

from datetime import date

import pytest

from jquants.standin.market import Market, market
from jquants.standin.market.indices import INDICES
from tests.jquants.standin.conftest import Standin

INDEX, TOPIX = "/indices/bars/daily", "/indices/bars/daily/topix"


def test_codes_of_a_day(standin: Standin) -> None:
    standard = [row["Code"] for row in standin().rows(INDEX, date="20261120")]
    premium = [row["Code"] for row in standin(plan="premium").rows(INDEX, date="20261120")]
    assert (len(standard), len(premium)) == (79, 152)
    assert premium == sorted(premium)
    assert set(standard) < set(premium)
    sectors = [code for code in standard if "0040" <= code <= "0060"]
    assert len(sectors) == 33
    assert {"0080", "008F", "0090", "0500", "0504", "8503", "6000", "B507"} < set(standard)
    assert {"6028", "7000", "B500", "B503"} < set(premium) - set(standard)


def test_codes_for_premium_are_empty_on_other_plans(standin: Standin) -> None:
    assert standin().get(INDEX, code="6028").json() == {"data": []}
    assert standin(plan="premium").rows(INDEX, code="6028", from_="20261120")


@pytest.mark.parametrize(
    ("code", "first", "first_bar"),
    [
        ("002F", "2018-09-03", "2018-10-09"),
        ("0503", "2023-05-29", "2023-07-03"),
        ("0500", "2022-06-27", "2022-06-27"),
        ("8501", "2010-03-01", "2010-03-08"),
        ("0080", "2009-02-02", "2009-02-02"),
        ("0000", "2008-05-07", "2008-05-07"),
    ],
)
def test_indices_start_with_their_close(standin: Standin, code: str, first: str, first_bar: str) -> None:
    rows = standin(plan="premium").rows(INDEX, code=code, to="20231231")
    assert rows[0]["Date"] == first
    assert next(row["Date"] for row in rows if row["O"]) == first_bar
    assert all(row["O"] is None for row in rows if row["Date"] < first_bar)


@pytest.mark.parametrize("code", ["0001", "0091"])
def test_discontinued_indices_end(standin: Standin, code: str) -> None:
    assert standin().rows(INDEX, code=code)[-1]["Date"] == "2022-04-01"


def test_prices_are_in_order_and_dividends_have_closes_only(standin: Standin) -> None:
    for row in standin(plan="premium").rows(INDEX, date="20261120"):
        if row["Code"][0] in "67B":
            assert [row[key] for key in "OHL"] == [None] * 3
        else:
            assert row["L"] <= min(row["O"], row["C"]) <= max(row["O"], row["C"]) <= row["H"]


def test_outage_is_the_close_before(standin: Standin) -> None:
    asked = standin()
    before = {row["Code"]: row["C"] for row in asked.rows(INDEX, date="20200930")}
    rows = asked.rows(INDEX, date="20201001")
    assert len(rows) == len(before)
    for row in rows:
        expected = before[row["Code"]]
        assert row["C"] == expected
        assert {row[key] for key in "OHL"} == ({None} if row["Code"][0] in "67B" else {expected})
    assert asked.rows(TOPIX, from_="20201001", to="20201001")[0]["O"] == before["0000"]


def test_topix_is_code_0000(standin: Standin) -> None:
    asked = standin(plan="premium")
    topix = asked.rows(TOPIX)
    assert [{**row, "Code": "0000"} for row in topix] == asked.rows(INDEX, code="0000")
    assert list(topix[0]) == ["Date", "O", "H", "L", "C"]


def test_core30_moves_as_the_capital_of_its_members(made_up_market: Market) -> None:
    market = made_up_market
    members = [i for i in market.issues.values() if i.scale == "TOPIX Core30"]
    last = market.sessions.number(date(2026, 11, 20))

    def capital(session: int) -> float:
        day = market.sessions.ordinals[session]
        return sum(market.prices.close(i, session) * i.shares / i.factor(0, day) for i in members)

    for session in range(last - 2_500, last, 250):
        closes = [market.indices.bar("0028", at).close for at in (session, session + 1)]
        moved = capital(session + 1) / capital(session)
        assert closes[1] / closes[0] == pytest.approx(moved, abs=2e-5)


def test_a_member_joins_without_a_jump(made_up_market: Market) -> None:
    market = made_up_market
    joined = market.sessions.number(date(2018, 12, 19))
    for session in range(joined - 2, joined + 3):
        before, after = (market.indices.bar("0029", at).close for at in (session, session + 1))
        assert abs(after / before - 1) < 0.05


@pytest.mark.parametrize("seed", [2, 3])
def test_every_index_has_members(seed: int) -> None:
    indices = market(seed).indices
    assert all(indices.members(code) for code in INDICES)


def test_plans(standin: Standin) -> None:
    light = standin(plan="light")
    assert light.refusal(INDEX, date="20261120")[0] == 403
    assert light.get(TOPIX, from_="20261120").status_code == 200
    assert standin(plan="free").refusal(TOPIX)[0] == 403
    assert standin().refusal(INDEX) == (
        400,
        "This API requires at least 1 parameter as follows; 'date','code'.",
    )
