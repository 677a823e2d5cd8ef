"""`data`: rows of JSON files instead of the made-up market."""

import json
from pathlib import Path
from typing import Any

import pytest

from jquants.standin import StandinError
from jquants.standin.recorded import Recorded
from tests.jquants.standin.conftest import Standin

BARS, MASTER, CALENDAR = "/equities/bars/daily", "/equities/master", "/markets/calendar"


def bar(day: str, code: str, **more: Any) -> dict[str, Any]:
    return {"Date": day, "Code": code, "O": 1.0, "C": 2.0, **more}


def write(folder: Path, name: str, *rows: dict[str, Any]) -> None:
    (folder / name).write_text(json.dumps({"data": rows, "pagination_key": "recorded"}), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "equities_bars_daily.json", bar("2026-11-19", "72030"), bar("2026-11-20", "72030"))
    write(tmp_path, "equities_bars_daily.more.json", bar("2026-11-20", "86970"), bar("2026-11-20", "72030"))
    write(tmp_path, "equities_bars_daily_am.json", bar("2026-11-20", "99840"))
    write(
        tmp_path,
        "markets_calendar.json",
        *({"Date": f"2026-11-{d}", "HolDiv": h} for d, h in ((20, "1"), (21, "0"))),
    )
    return tmp_path


def test_rows_of_all_files_are_the_universe_and_duplicates_collapse(standin: Standin, folder: Path) -> None:
    asked = standin(data=folder)
    assert asked.rows(BARS, date="20261120") == [bar("2026-11-20", "72030"), bar("2026-11-20", "86970")]


def test_rows_are_filtered_like_made_up_ones(standin: Standin, folder: Path) -> None:
    asked = standin(data=folder)
    assert [row["Date"] for row in asked.rows(BARS, code="7203")] == ["2026-11-19", "2026-11-20"]
    assert [row["Date"] for row in asked.rows(BARS, code="72030", from_="20261120")] == ["2026-11-20"]
    assert asked.rows(CALENDAR, hol_div="0") == [{"Date": "2026-11-21", "HolDiv": "0"}]
    assert asked.get(BARS).status_code == 400


def test_rows_are_paged(standin: Standin, folder: Path) -> None:
    asked = standin(data=folder, page_size=1)
    document = asked.get(BARS, date="20261120").json()
    assert len(document["data"]) == 1
    assert document["pagination_key"] != "recorded"
    assert len(asked.rows(BARS, date="20261120")) == 2


def test_rows_are_windowed(standin: Standin, folder: Path) -> None:
    write(folder, "equities_bars_daily_old.json", bar("2015-01-05", "72030"))
    asked = standin(data=folder)
    assert asked.get(BARS, date="20150105").status_code == 400
    assert [row["Date"] for row in asked.rows(BARS, code="72030")] == ["2026-11-19", "2026-11-20"]
    assert standin(data=folder, plan="premium").rows(BARS, date="20150105")


def test_premium_keys_are_kept_from_other_plans(standin: Standin, folder: Path) -> None:
    write(folder, "equities_bars_daily_premium.json", bar("2026-11-18", "72030", MO=1.0, AAdjVo=2.0))
    write(folder, "equities_bars_daily_standard.json", bar("2026-11-18", "72030"))
    query = {"code": "72030", "date": "20261118"}
    assert standin(data=folder).rows(BARS, **query) == [bar("2026-11-18", "72030")]
    assert standin(data=folder, plan="premium").rows(BARS, **query)[0]["MO"] == 1.0


def test_endpoint_without_a_file_has_no_rows(standin: Standin, folder: Path) -> None:
    assert standin(data=folder).get(MASTER).json() == {"data": []}


def test_odd_rows_are_served_as_they_are(standin: Standin, folder: Path) -> None:
    odd = [{"Code": "72030", "C": "abc"}, {"Date": "2026-13-45", "Code": "72030"}]
    write(folder, "equities_bars_daily_odd.json", *odd)
    assert standin(data=folder).rows(BARS, code="72030")[:1] == odd[:1]
    assert standin(data=folder).rows(BARS, code="72030")[-1:] == odd[1:]


@pytest.mark.parametrize(
    ("asked_for", "answered"),
    [
        ("2026-11-18", "2026-11-19"),
        ("2026-11-19", "2026-11-19"),
        ("2026-11-20", "2026-11-24"),
        ("2026-11-30", "2026-11-24"),
        (None, "2026-11-24"),
    ],
)
def test_master_is_the_list_of_the_day_or_the_next_recorded(
    standin: Standin, tmp_path: Path, asked_for: str | None, answered: str
) -> None:
    days = ("2026-11-19", "2026-11-24")
    write(tmp_path, "equities_master.json", *({"Date": day, "Code": "72030"} for day in days))
    query = {"date": asked_for} if asked_for else {}
    assert standin(data=tmp_path).rows(MASTER, **query) == [{"Date": answered, "Code": "72030"}]


def test_recorded_rows_come_as_bulk_files_too(standin: Standin, folder: Path) -> None:
    files = standin(data=folder).rows("/bulk/list", endpoint=BARS)
    assert [file["Key"][-15:] for file in files] == ["20261119.csv.gz", "20261120.csv.gz"]


def test_files_of_no_endpoint_are_told(folder: Path) -> None:
    write(folder, "empty.json")
    (folder / "README.md").write_text("no rows", "utf-8")
    assert Recorded(folder).ignored == ["empty.json"]


@pytest.mark.parametrize(
    "text", ['{"data": [', '{"data": null}', '{"data": [1]}', "[]", '{"rows": []}', "\udce3"]
)
def test_broken_files_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "equities_master.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(StandinError, match=r"equities_master\.json"):
        Recorded(tmp_path)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StandinError, match="nowhere"):
        Recorded(tmp_path / "nowhere")
