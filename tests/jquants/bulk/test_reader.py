"""What is in CSV files: the same rows as the API has, or nothing."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jquants import bulk
from jquants.bulk import lines
from jquants.client import Client
from jquants.datasets import DAILY_QUOTES, LISTED_COMPANIES, TRADING_CALENDAR
from jquants.datasets.errors import DataError, WrongHeaderError, WrongLineError
from jquants.datasets.table import decode
from jquants.errors import MalformedError
from tests.jquants.bulk.written import HEADER, LINE, csv_file, days
from tests.jquants.fakes import bar, issue

CODES = ("13010", "13050", "72030")


@pytest.mark.parametrize("dataset", [DAILY_QUOTES, LISTED_COMPANIES], ids=lambda dataset: dataset.slug)
def test_file_has_the_rows_of_the_api(client: Client, dataset: Any) -> None:
    day = date(2026, 11, 19)
    [file] = bulk.chosen(bulk.listed(client, dataset, day, day), [day])
    with bulk.downloaded(client, file) as path:
        table = days(path, dataset)[day]

    api = decode(dataset, client.rows(dataset.path, date=day.isoformat()), day=day)
    absent = set(dataset.positions(table.absent))
    kept = [i for i in range(len(dataset.names)) if i not in absent]
    assert len(table) > 4000
    assert [[row[i] for i in kept] for row in table.rows] == [[row[i] for i in kept] for row in api.rows]
    assert table.checksum() == api.checksum(without=table.absent)


def test_whole_data_set_is_one_file(client: Client) -> None:
    [file] = bulk.listed(client, TRADING_CALENDAR)
    with bulk.downloaded(client, file) as path:
        table = days(path, TRADING_CALENDAR)[None]

    assert table.rows == decode(TRADING_CALENDAR, client.rows(TRADING_CALENDAR.path)).rows


def test_days_of_a_file_are_partitions_in_any_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "CHARACTERS_A_PIECE", 200)
    other = LINE.replace("2026-11-20", "2026-11-19")
    path = csv_file(tmp_path, f"\ufeff{HEADER}\n{LINE}\n{other}\n{LINE.replace('72030', '99840')}\n")

    assert {day: len(table) for day, table in days(path).items()} == {
        date(2026, 11, 19): 1,
        date(2026, 11, 20): 2,
    }
    assert not list(tmp_path.glob("days-*/*"))


def test_a_text_that_comes_again_and_again_is_held_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "CHARACTERS_A_PIECE", 5 * len(LINE))
    path = csv_file(tmp_path, "\n".join([HEADER, *[LINE] * 20]))

    [(_day, found)] = bulk.read(DAILY_QUOTES, path)

    codes = found.values(DAILY_QUOTES.columns[0])
    assert (len(codes), set(codes), len(set(map(id, codes)))) == (20, {"72030"}, 1)


@pytest.mark.parametrize("characters", [1, 90, 150, 1 << 20])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("quoted", [range(0), range(1), range(2, 3), range(4)], ids=str)
def test_lines_mean_the_same_however_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, characters: int, line_end: str, quoted: range
) -> None:
    monkeypatch.setattr(lines, "CHARACTERS_A_PIECE", characters)
    written = [HEADER, *(LINE.replace("72030", code) for code in CODES)]
    for number in quoted:
        written[number] = ",".join(f'"{cell}"' for cell in written[number].split(","))
    written.insert(2, "")

    [table] = days(csv_file(tmp_path, line_end.join(written))).values()

    quotes = [bar(code, MktCap=None) for code in CODES]
    assert table.rows == decode(DAILY_QUOTES, quotes).rows


def test_a_cell_keeps_its_commas_quotes_and_line_ends(tmp_path: Path) -> None:
    name = 'a "b",\r\n\u2028c'
    text = io.StringIO(newline="")
    csv.writer(text).writerows(zip(*issue(CoName=name).items(), strict=True))

    [table] = days(csv_file(tmp_path, text.getvalue()), LISTED_COMPANIES).values()
    assert table.rows[0][LISTED_COMPANIES.names.index("company_name")] == name


def test_empty_cells_are_null_where_null_fits(tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"{HEADER}\n2026-11-20,72030,,,,,0,0,,,1.0\n")

    [table] = days(path).values()
    assert table.rows[0][2:] == (None, None, None, None, False, False, None, None, 1.0, None, None)
    assert table.absent == {"market_cap", "ex_rights"}


@pytest.mark.parametrize(
    ("text", "error", "found"),
    [
        ("", WrongHeaderError, "lacks AdjFactor, C, Code"),
        (f"{HEADER},O\n{LINE},1\n", WrongHeaderError, "twice: O"),
        (HEADER.replace(",Vo", "") + "\n", WrongHeaderError, "lacks Vo"),
        (f"{HEADER}\n{LINE}\n{LINE[:-4]}\n", WrongLineError, "line 3 of the file has 10 cells, not 11"),
        (f"{HEADER}\n" + LINE.replace("2045.5", "1_0"), DataError, '72030/2026-11-20: C is "1_0"'),
        (f"{HEADER}\n" + LINE.replace("2045.5", "nan"), DataError, 'C is "nan", not a number'),
        (f"{HEADER}\n" + LINE[:-3], DataError, 'AdjFactor is "", not a number above 0'),
        (f"{HEADER}\n{LINE}\n\n{LINE}\n{LINE},\n", WrongLineError, "line 5 of the file has 12 cells, not 11"),
        (f"{HEADER}\n" + LINE.replace("2026-11-20", "20-11"), MalformedError, "a day that is none: 20-11"),
        (f"{HEADER}\n" + LINE.replace("2026-11-20", "20261120"), MalformedError, "that is none: 20261120"),
        (f"{HEADER}\n" + LINE + '\n"', MalformedError, "no CSV"),
        (b"\xff\xfe", MalformedError, "not UTF-8"),
    ],
)
def test_file_that_is_not_as_promised_is_named(
    tmp_path: Path, text: str | bytes, error: type[Exception], found: str
) -> None:
    with pytest.raises(error) as caught:
        days(csv_file(tmp_path, text))

    assert found in str(caught.value)
