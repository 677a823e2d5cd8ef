"""/edinet/*: reports with their nested parts, and the oddities of what people file."""

from datetime import datetime
from typing import Any

import pytest

from tests.jquants.standin.conftest import TOKYO, Asked, Standin

MAJOR, CROSS, LARGE = (
    f"/edinet/{name}" for name in ("major-shareholders", "cross-shareholdings", "large-volume-shareholders")
)
ALL = (MAJOR, CROSS, LARGE)
Row = dict[str, Any]


@pytest.fixture
def standard(standin: Standin) -> Asked:
    return standin(plan="standard")


@pytest.mark.parametrize("path", ALL)
def test_code_and_edinet_code_exclude_each_other_and_find_the_same(standard: Asked, path: str) -> None:
    text = "Specify only one of the following parameters: edinet_code, code."
    rows = standard.rows(path, code="7203")
    edinet_code = rows[0]["EdinetCode"]
    assert standard.refusal(path, code="7203", edinet_code=edinet_code) == (400, text)
    assert standard.rows(path, edinet_code=edinet_code) == rows
    assert standard.rows(path, edinet_code="E99999") == []
    assert {row["Code"] for row in rows} == {"72030"}


@pytest.mark.parametrize("path", ALL)
def test_code_and_date_go_together(standard: Asked, path: str) -> None:
    row = standard.rows(path, code="7203")[-1]
    assert standard.rows(path, code="7203", date=row["SubDate"]) == [row]
    assert row in standard.rows(path, date=row["SubDate"])


def test_without_parameters_what_was_filed_today(standin: Standin) -> None:
    noon = standin(plan="standard", at=datetime(2026, 11, 13, 12, 0, tzinfo=TOKYO)).rows(MAJOR)
    evening = standin(plan="standard", at=datetime(2026, 11, 13, 18, 0, tzinfo=TOKYO)).rows(MAJOR)
    assert 0 < len(noon) < len(evening)
    assert {row["SubDate"] for row in evening} == {"2026-11-13"}
    assert max(row["SubTime"] for row in noon) <= "12:00:00"


@pytest.mark.parametrize("path", ALL)
def test_documents_have_numbers_of_their_own(standard: Asked, path: str) -> None:
    rows = [
        row for day in ("2026-06-24", "2026-06-25", "2026-06-26") for row in standard.rows(path, date=day)
    ]
    numbers = {row["DocId"] for row in rows}
    assert len(numbers) == len(rows) > 50
    assert {(number[0], len(number)) for number in numbers} == {("S", 8)}


def test_half_yearly_reports_took_over_from_quarterly_ones(standard: Asked) -> None:
    kinds = {row["CurPerEn"]: row["DocTypeCode"] for row in standard.rows(MAJOR, code="7203")}
    assert (kinds["2023-09-30"], kinds["2024-09-30"], kinds["2025-03-31"]) == ("140", "160", "120")


def test_major_holders_are_ranked_with_ties_texts_and_nulls(standard: Asked) -> None:
    rows = standard.rows(MAJOR, date="2026-11-13")
    ranks = [[holder["Rank"] for holder in row["Hldrs"]] for row in rows]
    assert [*range(1, 11)] in ranks
    assert [*range(1, 11), 10] in ranks
    holders = [holder for row in rows for holder in row["Hldrs"]]
    assert {type(holder["ShsHeld"]) for holder in holders} == {int, str}
    assert None in {holder["ShsRatio"] for holder in holders}
    assert any(holder["HldrAddr"] != holder["HldrAddr"].rstrip() for holder in holders)
    for row in rows:
        shares = [int(holder["ShsHeld"]) for holder in row["Hldrs"]]
        assert shares == sorted(shares, reverse=True)


def test_cross_shareholdings_are_valued_at_the_close_of_the_year(standin: Standin) -> None:
    asked = standin(plan="premium")
    row = asked.rows(CROSS, code="9433")[-1]
    assert row["PerEn"] == "2026-03-31"
    item = next(item for item in row["Report"]["Spec"] if item["CurBookVal"])
    close = asked.rows("/equities/bars/daily", code=item["IsrCode"], from_="2026-03-01", to="2026-03-31")[-1][
        "C"
    ]
    if close is not None:
        assert item["CurBookVal"] == int(item["CurShs"] * close) // 1_000_000 * 1_000_000
    before = next(one for one in asked.rows(CROSS, code="9433") if one["PerEn"] == "2025-03-31")
    assert before["Report"]["Spec"][0]["CurBookVal"] == row["Report"]["Spec"][0]["PriBookVal"]


def test_cross_shareholdings_have_their_blocks_and_oddities(standard: Asked) -> None:
    rows = [
        row for day in ("2026-06-24", "2026-06-25", "2026-06-26") for row in standard.rows(CROSS, date=day)
    ]
    assert {row["DocTypeCode"] for row in rows} == {"120"}
    assert {row["Largest"] is None for row in rows} == {True, False}
    assert {row["SecondLargest"] is None for row in rows} == {True, False}
    items = [item for row in rows for item in row["Report"]["Spec"]]
    assert {item["IsrHoldsCode"] for item in items} == {"0", "1", "2"}
    hidden = [item for item in items if item["CurShs"] is None]
    assert {item["CurShsNotDisc"] for item in hidden} <= {"*", "（注3）"}
    assert hidden
    assert any(row["Report"]["Deem"] and row["Report"]["DeemFn"] for row in rows)
    assert standard.rows(CROSS, date="2019-06-26") == []


def test_annual_reports_are_one_document_in_both_data_sets(standard: Asked) -> None:
    day = "2026-06-25"
    major = {
        row["DocId"]: row["Code"] for row in standard.rows(MAJOR, date=day) if row["DocTypeCode"] == "120"
    }
    assert major == {row["DocId"]: row["Code"] for row in standard.rows(CROSS, date=day)}


def test_large_holdings_are_corrected(standard: Asked) -> None:
    rows = [
        row for day in ("2026-06-25", "2026-11-13", "2026-11-12") for row in standard.rows(LARGE, date=day)
    ]
    corrections = [row for row in rows if row["DocTypeCode"] == "360"]
    assert corrections
    for row in corrections:
        assert row["LargeHldgTypeCode"] == "6"
        history = {one["DocId"]: one for one in standard.rows(LARGE, code=row["Code"])}
        assert history[row["ParDocId"]]["DocTypeCode"] == "350"
        assert history[row["ParDocId"]]["TotalShsHeld"] == row["TotalShsHeld"]
    assert {row["ParDocId"] for row in rows if row["DocTypeCode"] == "350"} == {None}


def test_large_holders_have_deals_loans_and_creditors(standard: Asked) -> None:
    rows = standard.rows(LARGE, date="2026-11-13")
    holders = [holder for row in rows for holder in row["Hldrs"]]
    assert len(holders) > len(rows) > 50
    assert {holder["LargeHldrTypeCode"] for holder in holders} == {"0", "1", "2"}
    assert {type(holder["ShsHeld"]) for holder in holders} == {int, str}
    assert any(holder["AcqDisp"] for holder in holders)
    assert any(holder["BrwList"] and holder["TotalBrw"] for holder in holders)
    assert any(holder["CredList"] for holder in holders)
    for row in rows:
        assert row["TotalShsHeld"] == sum(int(holder["ShsHeld"]) for holder in row["Hldrs"])
    assert standard.rows(LARGE, date="2021-06-25") == []


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("plan", ["free", "light"])
def test_smaller_plans_are_refused(standin: Standin, path: str, plan: str) -> None:
    assert standin(plan=plan).refusal(path)[0] == 403
