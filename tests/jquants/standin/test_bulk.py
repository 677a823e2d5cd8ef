"""CSV files: /bulk/list, /bulk/get and the download."""

import csv
import gzip
import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from jquants.standin.bulk import padded_gzip
from jquants.standin.endpoints import ENDPOINTS
from tests.jquants.standin.conftest import TOKYO, Asked, Standin

BARS, MASTER, CALENDAR = "/equities/bars/daily", "/equities/master", "/markets/calendar"


def files(asked: Asked, **parameters: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked.get("/bulk/list", **parameters).json()["data"]
    return found


def url(asked: Asked, **parameters: str) -> str:
    address: str = asked.get("/bulk/get", **parameters).json()["url"]
    return address


def download(asked: Asked, **parameters: str) -> list[dict[str, str]]:
    response = requests.get(url(asked, **parameters), timeout=30)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(gzip.decompress(response.content).decode())))


def test_past_months_are_files_and_this_month_has_one_a_day(standin: Standin) -> None:
    keys = [file["Key"] for file in files(standin(), endpoint=BARS)]
    assert keys[0] == "equities/bars/daily/historical/2016/equities_bars_daily_201611.csv.gz"
    assert keys[-15] == "equities/bars/daily/historical/2026/equities_bars_daily_202610.csv.gz"
    assert keys[-14] == "equities/bars/daily/live/equities_bars_daily_20261102.csv.gz"
    assert keys[-1] == "equities/bars/daily/live/equities_bars_daily_20261120.csv.gz"


def test_early_in_a_month_the_month_before_is_still_daily(standin: Standin) -> None:
    early, late = (standin(at=datetime(2026, 11, day, 18, tzinfo=TOKYO)) for day in (9, 10))
    assert files(early, endpoint=BARS, from_="2026-10", to="2026-10")[0]["Key"].endswith("_20261001.csv.gz")
    assert files(late, endpoint=BARS, from_="2026-10", to="2026-10")[0]["Key"].endswith("_202610.csv.gz")


def test_listing_tells_size_and_time(standin: Standin) -> None:
    asked = standin()
    file = files(asked, endpoint=BARS)[-1]
    assert re.fullmatch(r"2026-11-20T07:30:00\.000Z", file["LastModified"])
    response = requests.get(url(asked, key=file["Key"]), timeout=30)
    assert len(response.content) == file["Size"] == int(response.headers["Content-Length"])
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("text", ["2026-10", "202610", "2026-10-15", "20261015"])
def test_files_of_a_month_or_day_of_every_data_set(standin: Standin, text: str) -> None:
    keys = [file["Key"].rpartition("/")[2] for file in files(standin(), date=text)]
    readable = [
        endpoint
        for endpoint in ENDPOINTS.values()
        if endpoint.bulk and "standard" in endpoint.plans and not endpoint.bulk.single
    ]
    assert len(keys) >= 11
    assert keys == [f"{endpoint.name}_202610.csv.gz" for endpoint in readable]


def test_ranges_choose_files_that_overlap(standin: Standin) -> None:
    asked = standin()
    keys = [file["Key"][-15:] for file in files(asked, endpoint=MASTER, from_="2026-09-15", to="20261102")]
    assert keys == ["r_202609.csv.gz", "r_202610.csv.gz", "20261102.csv.gz"]


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/equities/investor-types", "2026-11-19"),
        ("/markets/margin-interest", "2026-11-19"),
        ("/markets/margin-alert", "2026-11-20"),
        ("/markets/short-ratio", "2026-11-20"),
        ("/markets/short-sale-report", "2026-11-20"),
        ("/markets/breakdown", "2026-11-20"),
        ("/indices/bars/daily", "2026-11-20"),
        ("/indices/bars/daily/topix", "2026-11-20"),
    ],
)
def test_newest_file_is_as_long_as_listed_and_has_the_rows_of_the_api(
    standin: Standin, path: str, day: str
) -> None:
    asked = standin(plan="premium", at=datetime(2026, 11, 20, 19, tzinfo=TOKYO))
    file = files(asked, endpoint=path)[-1]
    assert file["Key"].endswith(f"_{day.replace('-', '')}.csv.gz")
    content = requests.get(url(asked, key=file["Key"]), timeout=30).content
    assert len(content) == file["Size"]
    found = list(csv.DictReader(io.StringIO(gzip.decompress(content).decode())))
    names = {"/markets/short-sale-report": ("disc_date",), "/equities/investor-types": ("from", "to")}
    names |= {"/indices/bars/daily/topix": ("from", "to")}
    expected = asked.rows(path, **dict.fromkeys(names.get(path, ("date",)), day))
    blank = "-" if path == "/markets/short-sale-report" else ""
    cells = [
        {name: blank if value in {None, ""} else str(value) for name, value in row.items()}
        for row in map(_hashable, expected)
    ]
    assert found
    assert list(found[0]) == list(expected[0])
    assert found == cells


def _hashable(row: dict[str, Any]) -> dict[str, Any]:
    """A dict in a row is written as Python writes it."""
    return {name: str(value) if isinstance(value, dict) else value for name, value in row.items()}


def test_rows_of_a_day_are_those_of_the_api(standin: Standin) -> None:
    asked = standin()
    rows = download(asked, key="equities/bars/daily/live/equities_bars_daily_20261120.csv.gz")
    columns = ["Date", "Code", "O", "H", "L", "C", "UL", "LL", "Vo", "Va", "AdjFactor"]
    expected = asked.rows(BARS, date="20261120")
    assert list(rows[0]) == columns
    assert rows == [{c: "" if row[c] is None else str(row[c]) for c in columns} for row in expected]


def test_master_and_calendar_come_as_csv(standin: Standin) -> None:
    asked = standin()
    master = download(asked, endpoint=MASTER, date="20261120")
    assert master == asked.rows(MASTER, date="20261120")
    assert download(asked, endpoint=CALENDAR) == asked.rows(CALENDAR)


def test_a_month_has_all_its_days(standin: Standin, tmp_path: Path) -> None:
    rows = [
        {"Date": f"2026-10-{day}", "Code": "72030", "C": None if day == 30 else 1.5} for day in range(20, 31)
    ]
    (tmp_path / "equities_bars_daily.json").write_text(json.dumps({"data": rows}))
    found = download(standin(data=tmp_path), endpoint=BARS, date="2026-10")
    assert [(row["Date"], row["C"]) for row in found] == [
        (r["Date"], "" if r["C"] is None else "1.5") for r in rows
    ]


def test_premium_has_files_of_its_own_with_half_days(standin: Standin) -> None:
    asked = standin(plan="premium")
    key = files(asked, endpoint=BARS)[0]["Key"]
    assert key == "equities/bars/daily/premium/historical/2008/equities_bars_daily_200805.csv.gz"
    newest = download(asked, endpoint=BARS, date="20261120")
    assert "MVo" in newest[0]
    assert not any("Adj" in column for column in newest[0] if column != "AdjFactor")


def test_free_has_the_calendar_only(standin: Standin) -> None:
    asked = standin(plan="free")
    assert len(files(asked, endpoint=CALENDAR)) == 1
    assert asked.get("/bulk/list", endpoint=BARS).status_code == 403
    assert files(asked, date="2026-05") == []
    assert [row["Date"] for row in download(asked, endpoint=CALENDAR)][-1] == "2026-08-28"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/bulk/list", {}),
        ("/bulk/list", {"endpoint": BARS, "date": "2026-10"}),
        ("/bulk/list", {"endpoint": "/td/list"}),
        ("/bulk/list", {"date": "2026-13"}),
        ("/bulk/get", {}),
        ("/bulk/get", {"key": "x", "endpoint": BARS}),
        ("/bulk/get", {"key": "equities/bars/daily/live/other.csv.gz"}),
        ("/bulk/get", {"endpoint": BARS, "date": "2015-01"}),
    ],
)
def test_wrong_questions_are_refused(standin: Standin, path: str, query: dict[str, str]) -> None:
    assert standin().get(path, **query).status_code == 400


def test_an_address_is_good_once(standin: Standin) -> None:
    address = url(standin(), endpoint=CALENDAR)
    assert [requests.get(address, timeout=10).status_code for _ in range(2)] == [200, 403]


def test_an_address_is_good_for_five_minutes(standin: Standin) -> None:
    seconds = [0.0]
    asked = standin(clock=lambda: seconds[0])
    addresses = [url(asked, endpoint=CALENDAR) for _ in range(2)]
    seconds[0] = 299.9
    assert requests.get(addresses[0], timeout=10).status_code == 200
    seconds[0] = 300.0
    assert requests.get(addresses[1], timeout=10).status_code == 403


def test_a_signature_opens_its_own_file_only(standin: Standin) -> None:
    address = url(standin(), endpoint=CALENDAR)
    assert requests.get(address.replace("markets_calendar", "equities_master"), timeout=10).status_code == 403
    assert requests.get(address.partition("?")[0], timeout=10).status_code == 403


def test_padding_fills_a_file_to_its_size() -> None:
    content = b"Date,HolDiv\n" * 50
    assert len(padded_gzip([content[:100], content[100:]], 2_000)) == 2_000
    assert gzip.decompress(padded_gzip([content[:100], content[100:]], 2_000)) == content
    assert gzip.decompress(padded_gzip([content[:100], content[100:]], 0)) == content
