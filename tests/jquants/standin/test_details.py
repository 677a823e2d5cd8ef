"""/fins/details: the figures of /fins/summary under the labels of the taxonomy."""

import csv
import gzip
from ast import literal_eval
from typing import Any

import pytest
import requests

from tests.jquants.standin.conftest import Asked, Standin

DETAILS, SUMMARY = "/fins/details", "/fins/summary"
DAY = "2026-11-04"


@pytest.fixture
def premium(standin: Standin) -> Asked:
    return standin(plan="premium")


def test_statements_agree_with_the_summary(premium: Asked) -> None:
    told = {row["DiscNo"]: row for row in premium.rows(SUMMARY, date=DAY)}
    rows = premium.rows(DETAILS, date=DAY)
    statements = {number for number, row in told.items() if "FinancialStatements" in row["DocType"]}
    assert {row["DiscNo"] for row in rows} == statements
    for row in rows:
        summary, figures = told[row["DiscNo"]], row["FS"]
        assert all(type(value) is str for value in figures.values())
        standard = row["DocType"].rpartition("_")[2]
        suffix = f" ({standard})" if standard in {"IFRS", "JMIS"} else ""
        assert figures[f"Assets{suffix}"] == summary["TA"]
        assert figures[f"Equity{suffix}" if suffix else "Net assets"] == summary["Eq"]
        net = {value for label, value in figures.items() if label.startswith("Profit (loss)")}
        assert net == {summary["NP"]}
        revenue = {
            value
            for label, value in figures.items()
            if label in {"Net sales", f"Revenue - 2{suffix}", "Ordinary income"}
        }
        assert {value.removesuffix(".0") for value in revenue} == {summary["Sales"]}


def test_labels_differ_by_standard(premium: Asked) -> None:
    new, old = premium.rows(DETAILS, code="7203")[-1], premium.rows(DETAILS, code="7203")[0]
    assert new["FS"]["Accounting standards, DEI"] == "IFRS"
    assert new["FS"]["Revenue - 2 (IFRS)"].endswith(".0")
    assert old["FS"]["Accounting standards, DEI"] == "US"
    assert "Net sales (US GAAP)" in old["FS"]


def test_cursor_comes_with_what_there_is_of_today(premium: Asked) -> None:
    document = premium.get(DETAILS, date="2026-11-20").json()
    assert premium.get(DETAILS, date="2026-11-20", cursor=document["cursor"]).json()["data"] == []


def test_files_hold_the_statements_as_dict_like_text(premium: Asked) -> None:
    query = {"endpoint": DETAILS, "date": "20261104"}
    key = premium.get("/bulk/list", endpoint=DETAILS, from_="20261104", to="20261104").json()["data"][0][
        "Key"
    ]
    assert key == "fins/details/live/fins_details_20261104.csv.gz"
    rows = _downloaded(premium, **query)
    told = premium.rows(DETAILS, date=DAY)
    assert [{**row, "FS": literal_eval(row["FS"])} for row in rows] == told


@pytest.mark.parametrize("path", [SUMMARY, "/fins/earnings-date", "/fins/dividend", "/equities/valuation"])
def test_files_hold_the_rows_of_the_api(premium: Asked, path: str) -> None:
    day = "20261104"
    query = {"endpoint": path, "date": day}
    file = premium.get("/bulk/list", endpoint=path, from_=day, to=day).json()["data"][0]
    rows = _downloaded(premium, **query)
    told = premium.rows(path, date=day)
    assert rows == [{key: _cell(value) for key, value in row.items()} for row in told]
    assert len(rows) > 10
    assert file["Size"] >= len(gzip.compress(repr(rows).encode(), 1)) / 4


@pytest.mark.parametrize("plan", ["free", "light", "standard"])
def test_other_plans_are_refused(standin: Standin, plan: str) -> None:
    assert standin(plan=plan).refusal(DETAILS, code="7203")[0] == 403


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _downloaded(asked: Asked, **query: str) -> list[dict[str, Any]]:
    url = asked.get("/bulk/get", **query).json()["url"]
    text = gzip.decompress(requests.get(url, timeout=30).content).decode()
    return list(csv.DictReader(text.splitlines()))
