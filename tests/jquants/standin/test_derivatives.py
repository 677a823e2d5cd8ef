"""/derivatives/bars/daily/*: futures, options and the Nikkei 225 options among them."""

import csv
import gzip
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
import requests

from jquants.standin.derivatives.futures import COLUMNS as FUTURE_COLUMNS
from jquants.standin.derivatives.options import COLUMNS, COLUMNS_225
from tests.jquants.standin.conftest import TOKYO, Asked, Standin

FUTURES, OPTIONS, NIKKEI = (
    f"/derivatives/bars/daily/{name}" for name in ("futures", "options", "options/225")
)
DAY = "2026-11-19"
PANIC = "2026-10-21"  # of the market with seed 1
Row = dict[str, Any]


@pytest.fixture
def premium(standin: Standin) -> Asked:
    return standin(plan="premium")


@pytest.mark.parametrize("path", [FUTURES, OPTIONS, NIKKEI])
@pytest.mark.parametrize("query", [{}, {"code": "7203"}, {"from": DAY}])
def test_a_date_is_needed(premium: Asked, path: str, query: dict[str, str]) -> None:
    text = "This API requires at least 1 parameter as follows; 'date'."
    assert premium.refusal(path, **query) == (400, text)


@pytest.mark.parametrize(
    ("path", "columns"), [(FUTURES, FUTURE_COLUMNS), (OPTIONS, COLUMNS), (NIKKEI, COLUMNS_225)]
)
def test_rows_have_their_columns_and_codes_of_their_own(
    premium: Asked, path: str, columns: tuple[str, ...]
) -> None:
    rows = premium.rows(path, date=DAY)
    assert all(tuple(row) == columns for row in rows)
    codes = {row["Code"] for row in rows}
    assert len(codes) == len(rows)
    assert {len(code) for code in codes} == {9}


@pytest.mark.parametrize(
    ("day", "there", "missing"),
    [
        ("2008-05-07", {"TOPIXF", "NK225F", "NK225MF", "JGBLF"}, {"TOPIXMF"}),
        ("2011-01-05", {"NKYDF", "REITF"}, {"NKVIF"}),
        ("2023-05-26", {"MOTF"}, {"NK225MCF"}),
        ("2026-04-10", {"NK225MCF", "TOA3MF"}, {"USDJPYF"}),
        ("2026-04-13", {"USDJPYF", "EURJPYF", "CNHJPYF"}, set()),
    ],
)
def test_categories_have_their_beginnings(
    premium: Asked, day: str, there: set[str], missing: set[str]
) -> None:
    categories = {row["ProdCat"] for row in premium.rows(FUTURES, date=day)}
    assert there <= categories
    assert not missing & categories


def test_night_is_empty_on_the_first_day_of_a_contract(premium: Asked) -> None:
    first = [row for row in premium.rows(FUTURES, date="2026-04-13") if row["ProdCat"] == "USDJPYF"]
    second = [row for row in premium.rows(FUTURES, date="2026-04-14") if row["ProdCat"] == "USDJPYF"]
    assert {row["EO"] for row in first} == {""}
    assert all(row["O"] == row["AO"] for row in first)
    assert all(isinstance(row["EO"], float) for row in second)
    new = premium.rows(FUTURES, date="2026-09-11", category="TOPIXF")[-1]
    assert (new["CM"], new["EO"]) == ("2027-12", "")


def test_sessions_of_old_had_a_morning(premium: Asked) -> None:
    old = premium.rows(FUTURES, date="2011-02-10", category="NK225F")[0]
    new = premium.rows(FUTURES, date="2011-02-14", category="NK225F")[0]
    assert isinstance(old["MO"], float)
    assert [new[key] for key in ("MO", "MH", "ML", "MC")] == [""] * 4
    assert (old["O"], old["C"]) == (old["EO"], old["AC"])


def test_fields_of_2016_are_empty_before(premium: Asked) -> None:
    keys = ("VoOA", "LTD", "SQD", "Settle", "CCMFlag")
    before, after = (
        premium.rows(FUTURES, date=day, category="NK225F")[0] for day in ("20160715", "20160719")
    )
    assert {before[key] for key in keys} == {""}
    assert "" not in {after[key] for key in keys}


def test_no_trade_is_zero_and_settles_nevertheless(premium: Asked) -> None:
    row = next(row for row in premium.rows(OPTIONS, date=DAY) if not row["Vo"] and row["EO"] != "")
    prices = [row[prefix + key] for prefix in ("", "E", "A") for key in "OHLC"]
    assert (set(prices), row["Va"]) == ({0.0}, 0.0)
    assert row["Settle"] > 0
    assert {row["Vo"] for row in premium.rows(FUTURES, date="2020-10-01")} == {0.0}


def test_whole_days_span_their_sessions(premium: Asked) -> None:
    for row in premium.rows(FUTURES, date=DAY):
        if row["Vo"] and row["EO"]:
            assert row["H"] == max(row["EH"], row["AH"])
            assert row["L"] == min(row["EL"], row["AL"])
            assert row["L"] <= row["Settle"] <= row["H"]


def test_margins_called_at_noon_give_a_second_row(premium: Asked) -> None:
    rows = premium.rows(FUTURES, date=PANIC, category="NK225F")
    counted = Counter((row["Code"], row["EmMrgnTrgDiv"]) for row in rows)
    assert set(counted.values()) == {1}
    assert {division for _, division in counted} == {"001", "002"}
    assert len(rows) == 2 * len({row["Code"] for row in rows})
    assert {row["EmMrgnTrgDiv"] for row in premium.rows(FUTURES, date=DAY)} == {"002"}


def test_one_contract_of_a_category_is_central(premium: Asked) -> None:
    rows = premium.rows(FUTURES, date=DAY, contract_flag="1")
    assert set(Counter(row["ProdCat"] for row in rows).values()) == {1}
    assert rows == premium.rows(FUTURES, date=DAY, contractFlag="1")
    nikkei = next(row for row in rows if row["ProdCat"] == "NK225F")
    assert (nikkei["CM"], nikkei["LTD"], nikkei["SQD"]) == ("2026-12", "2026-12-10", "2026-12-11")


@pytest.mark.parametrize("path", [FUTURES, OPTIONS, NIKKEI])
@pytest.mark.parametrize("day", ["2026-11-03", "2026-11-14"])
def test_holiday_trading_belongs_to_the_next_business_day(premium: Asked, path: str, day: str) -> None:
    assert premium.get(path, date=day).json() == {"data": []}


def test_options_come_in_pairs_around_the_level(premium: Asked) -> None:
    rows = premium.rows(OPTIONS, date=DAY, category="NK225E")
    strikes = Counter((row["CM"], row["Strike"]) for row in rows)
    assert set(strikes.values()) == {2}
    assert {row["PCDiv"] for row in rows} == {"1", "2"}
    level = rows[0]["UnderPx"]
    near = [row for row in rows if row["CM"] == "2026-12"]
    assert min(row["Strike"] for row in near) < level < max(row["Strike"] for row in near)
    # Puts gain and calls lose with the strike.
    puts = [row["Theo"] for row in near if row["PCDiv"] == "1"]
    calls = [row["Theo"] for row in near if row["PCDiv"] == "2"]
    assert puts[-1] > puts[0]
    assert calls[0] > calls[-1]
    assert all(10 < row["IV"] < 60 for row in rows)


def test_strikes_stay_until_their_contract_ends(premium: Asked) -> None:
    before, after = (
        {row["Code"] for row in premium.rows(OPTIONS, date=day, category="NK225E") if row["CM"] == "2026-12"}
        for day in ("2026-08-21", "2026-11-19")
    )
    assert before < after


def test_security_options_are_asked_for_by_code(premium: Asked) -> None:
    rows = premium.rows(OPTIONS, date=DAY, category="EQOP", code="7203")
    assert {(row["ProdCat"], row["UndSSO"]) for row in rows} == {("EQOP", "72030")}
    others = premium.rows(OPTIONS, date=DAY, category="TOPIXE")
    assert {row["UndSSO"] for row in others} == {"-"}
    status, message = premium.refusal(OPTIONS, date=DAY, code="7203")
    assert status == 400
    assert "category=EQOP" in message


def test_weekly_options_are_named_by_their_week(premium: Asked) -> None:
    rows = premium.rows(OPTIONS, date=DAY, category="NK225MWE")
    assert {row["CM"] for row in rows} == {"2026-47", "2026-48", "2026-49", "2026-51"}
    assert premium.rows(OPTIONS, date="2023-05-26", category="NK225MWE") == []


def test_nikkei_options_are_those_of_the_options(standin: Standin, premium: Asked) -> None:
    standard = standin(plan="standard").rows(NIKKEI, date=DAY)
    options = premium.rows(OPTIONS, date=DAY, category="NK225E")
    assert standard == [{key: row[key] for key in COLUMNS_225} for row in options]
    assert len(standard) > 1_000


@pytest.mark.parametrize(("hour", "there"), [(2, False), (3, True)])
def test_rows_come_in_the_night_after(standin: Standin, hour: int, there: bool) -> None:
    asked = standin(plan="premium", at=datetime(2026, 11, 20, hour, tzinfo=TOKYO))
    assert bool(asked.rows(FUTURES, date=DAY)) is there
    assert asked.rows(FUTURES, date="2026-11-20") == []


@pytest.mark.parametrize("path", [FUTURES, NIKKEI])
def test_files_hold_the_rows_of_the_api(premium: Asked, path: str) -> None:
    url = premium.get("/bulk/get", endpoint=path, date=DAY).json()["url"]
    text = gzip.decompress(requests.get(url, timeout=30).content).decode()
    rows = [{key: str(value) for key, value in row.items()} for row in premium.rows(path, date=DAY)]
    assert list(csv.DictReader(text.splitlines())) == rows


@pytest.mark.parametrize(
    ("plan", "refused"),
    [("light", {FUTURES, OPTIONS, NIKKEI}), ("standard", {FUTURES, OPTIONS}), ("premium", set())],
)
def test_plans(standin: Standin, plan: str, refused: set[str]) -> None:
    asked = standin(plan=plan)
    statuses = {path: asked.get(path, date=DAY).status_code for path in (FUTURES, OPTIONS, NIKKEI)}
    assert {path for path, status in statuses.items() if status == 403} == refused


def test_contracts_on_topix_follow_the_index(premium: Asked) -> None:
    for day in (DAY, "2018-02-06"):
        (topix,) = premium.rows("/indices/bars/daily/topix", from_=day, to=day)
        futures = premium.rows(FUTURES, date=day, category="TOPIXF")
        options = premium.rows(OPTIONS, date=day, category="TOPIXE")
        (central,) = (row for row in futures if row["CCMFlag"] == "1")
        assert central["Settle"] == pytest.approx(topix["C"], rel=0.005)
        assert {row["UnderPx"] for row in options} == {topix["C"]}
