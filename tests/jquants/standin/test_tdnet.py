"""/td/*: the list of disclosures, their files and the bulk file."""

import csv
import gzip
import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
import requests

from tests.jquants.standin.conftest import TOKYO, Asked, Standin

LIST, FILES, BULK, SUMMARY = "/td/list", "/td/files", "/td/bulk", "/fins/summary"
DAY = "2026-11-13"
FIELDS = [
    "DiscNo",
    "Code",
    "Name",
    "DiscDate",
    "DiscTime",
    "Title",
    "DiscStatus",
    "RevNo",
    "DiscItems",
    "Docs",
]


@pytest.fixture
def light(standin: Standin) -> Asked:
    return standin(plan="light")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, "This API requires at least 1 parameter as follows; 'date','code'."),
        ({"date": DAY, "code": "7203"}, "Specify only one of the following parameters: date, code."),
        ({"code": "7203", "from": DAY}, "Specify both of the following parameters: from, to."),
    ],
)
def test_rules_of_the_parameters(light: Asked, query: dict[str, str], text: str) -> None:
    assert light.refusal(LIST, **query) == (400, text)


def test_statements_have_the_numbers_of_the_summary(standin: Standin, light: Asked) -> None:
    rows = light.rows(LIST, date=DAY)
    assert all(list(row) == FIELDS for row in rows)
    assert {(row["DiscStatus"], row["RevNo"]) for row in rows} == {(None, 1)}
    numbers = [row["DiscNo"] for row in rows]
    assert len(set(numbers)) == len(numbers)
    summary = {row["DiscNo"]: row["Code"] for row in standin(plan="premium").rows(SUMMARY, date=DAY)}
    listed = {row["DiscNo"]: row["Code"] for row in rows}
    assert summary.items() < listed.items()
    assert {len(number) for number in numbers} == {14}


def test_items_are_combined_by_and(light: Asked) -> None:
    forecasts = light.rows(LIST, date=DAY, discItems="14021")
    dividends = light.rows(LIST, date=DAY, discItems="14021,14022")
    assert 0 < len(dividends) < len(forecasts)
    assert all({"14021", "14022"} <= set(row["DiscItems"]) for row in dividends)


def test_a_company_in_a_range(light: Asked) -> None:
    rows = light.rows(LIST, code="7203", from_="2026-01-01", to="2026-06-30")
    assert {row["Code"] for row in rows} == {"72030"}
    assert all("2026-01-01" <= row["DiscDate"] <= "2026-06-30" for row in rows)
    whole = light.rows(LIST, code="7203")
    assert len(rows) < len(whole)
    assert whole[0]["DiscDate"] >= "2021-11-20"
    assert light.refusal(LIST, date="20211119")[0] == 400


def test_cursor_comes_with_today_unless_it_is_paged(standin: Standin) -> None:
    moment = datetime(2026, 11, 13, 12, 30, tzinfo=TOKYO)
    asked = standin(plan="light", now=lambda: moment)
    first = asked.get(LIST, date=DAY).json()
    moment = datetime(2026, 11, 13, 15, 36, tzinfo=TOKYO)
    news = asked.get(LIST, date=DAY, cursor=first["cursor"]).json()
    assert len(news["data"]) > 10
    assert len(first["data"]) + len(news["data"]) == len(asked.rows(LIST, date=DAY))
    paged = standin(plan="light", now=lambda: moment, page_size=50)
    documents = [paged.get(LIST, date=DAY).json()]
    while "pagination_key" in documents[-1]:
        key = documents[-1]["pagination_key"]
        documents.append(paged.get(LIST, date=DAY, pagination_key=key).json())
    assert not any("cursor" in document for document in documents)
    assert "cursor" not in asked.get(LIST, date="2026-11-12").json()


def test_files_are_served_for_a_quarter_of_an_hour(standin: Standin) -> None:
    seconds = 0.0
    asked = standin(plan="light", clock=lambda: seconds)
    rows = asked.rows(LIST, date=DAY)
    number = next(row["DiscNo"] for row in rows if row["Docs"] == ["g", "s", "x"])
    answer = asked.get(FILES, discNo=number).json()
    assert answer["discNo"] == number
    assert list(answer["files"]) == ["pdf", "summaryPdf", "xbrl"]
    for kind in ("pdf", "summaryPdf"):
        response = requests.get(answer["files"][kind], timeout=10)
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-")
        assert response.content.endswith(b"%%EOF\n")
    archive = zipfile.ZipFile(io.BytesIO(requests.get(answer["files"]["xbrl"], timeout=10).content))
    assert archive.testzip() is None
    assert number in archive.namelist()[0]
    seconds = 899.0
    assert requests.get(answer["files"]["pdf"], timeout=10).status_code == 200
    seconds = 900.0
    assert requests.get(answer["files"]["pdf"], timeout=10).status_code == 403


def test_kinds_a_document_lacks_are_null_and_others_can_be_left_out(light: Asked) -> None:
    number = next(row["DiscNo"] for row in light.rows(LIST, date=DAY) if row["Docs"] == ["g"])
    files = light.get(FILES, discNo=number).json()["files"]
    assert files["pdf"]
    assert (files["summaryPdf"], files["xbrl"]) == (None, None)
    assert list(light.get(FILES, discNo=number, docs="g,x").json()["files"]) == ["pdf", "xbrl"]


def test_files_need_a_known_number(light: Asked) -> None:
    text = "This API requires at least 1 parameter as follows; 'discNo'."
    assert light.refusal(FILES) == (400, text)
    assert light.refusal(FILES, discNo="20261113999999")[0] == 400
    assert light.refusal(FILES, discNo="nonsense")[0] == 400


def test_bulk_holds_the_rows_of_the_list(standin: Standin) -> None:
    # Half a year after the first disclosures, so that there is little of it.
    asked = standin(plan="light", at=datetime(2008, 12, 5, 18, tzinfo=TOKYO))
    answer = asked.get(BULK).json()
    assert answer["lastUpdated"] == "2008-12-05T08:00:00Z"
    content = requests.get(answer["url"], timeout=60).content
    rows: list[dict[str, Any]] = list(csv.DictReader(gzip.decompress(content).decode().splitlines()))
    assert list(rows[0]) == FIELDS
    days = {row["DiscDate"] for row in rows}
    assert ("2008-07-07" in days, max(days)) == (True, "2008-12-05")
    listed = asked.rows(LIST, date="2008-11-14")
    assert [row for row in rows if row["DiscDate"] == "2008-11-14"] == [
        {key: "" if row[key] is None else str(row[key]) for key in FIELDS} for row in listed
    ]


@pytest.mark.parametrize("path", [LIST, FILES, BULK])
def test_the_add_on_is_needed(standin: Standin, path: str) -> None:
    query = {"date": DAY, "discNo": "20261113400000"}
    assert standin(plan="premium", addons=()).refusal(path, **query)[0] == 403
    assert standin(plan="free").refusal(path, **query)[0] == 403


def test_the_list_has_a_limit_of_its_own(standin: Standin) -> None:
    asked = standin(plan="light", per_minute=None)
    statuses = [asked.get(FILES).status_code for _ in range(101)]
    assert statuses == [400] * 100 + [429]
    assert asked.get("/markets/calendar").status_code == 200
