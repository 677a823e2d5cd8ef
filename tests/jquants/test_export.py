"""manage.py export, as its user runs it."""

from __future__ import annotations

import csv
import gzip
import io
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet
import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.utils import translation

from jquants import ingest
from jquants.datasets import DAILY_QUOTES
from tests.jquants.fakes import NO_TRADE, NOW, TODAY, bar

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quotes() -> None:
    rows = [bar("72030", C=2045.5), bar("99840", **NO_TRADE)]
    ingest.write(DAILY_QUOTES, rows, day=TODAY, base_url="http://127.0.0.1/v2", now=NOW)


def exported(path: Path, *arguments: str) -> list[dict[str, str]]:
    call_command("export", "daily_quotes", "--output", str(path), *arguments, stderr=io.StringIO())
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return list(csv.DictReader(io.StringIO(text.decode())))


@pytest.mark.parametrize("name", ["quotes.csv", "quotes.csv.gz", "quotes"])
def test_export_writes_csv(tmp_path: Path, name: str) -> None:
    traded, untraded = exported(tmp_path / name, "--adjusted")

    assert (traded["code"], traded["date"], traded["close"]) == ("72030", "2026-11-20", "2045.5")
    assert (traded["upper_limit"], traded["adjusted_close"]) == ("false", "2045.5")
    assert (untraded["close"], untraded["adjusted_volume"]) == ("", "")
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_export_takes_a_selection(tmp_path: Path) -> None:
    rows = exported(
        tmp_path / "q.csv", "--code", "9984", "130A", "--columns", "code,volume", "--to", "2026-11-20"
    )

    assert rows == [{"code": "99840", "volume": ""}]


def test_export_writes_to_the_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    call_command("export", "daily_quotes", "--columns", "code", "--date", "2026-11-20")

    assert capfdbinary.readouterr().out == b"code\n72030\n99840\n"


def test_export_ends_quietly_when_its_reader_has_had_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)

        with pytest.raises(SystemExit):
            call_command("export", "daily_quotes")

        pipe.flush()


def test_export_writes_parquet_with_types(tmp_path: Path) -> None:
    path = tmp_path / "quotes.parquet"
    call_command("export", "daily_quotes", "--output", str(path), "--adjusted", stderr=io.StringIO())

    table = pyarrow.parquet.read_table(path)
    kinds = {field.name: str(field.type) for field in table.schema}
    assert (kinds["date"], kinds["close"], kinds["volume"]) == ("date32[day]", "double", "int64")
    assert (kinds["upper_limit"], kinds["code"], kinds["adjusted_close"]) == ("bool", "string", "double")
    assert table.to_pylist()[0]["date"] == date(2026, 11, 20)
    assert table.to_pylist()[1]["close"] is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["daily_quote"], "“daily_quote” is not a table; there are: trading_calendar"),
        (["daily_quotes", "--code", "x"], "--code: “x” is not the code of an issue"),
        (["daily_quotes", "--from", "2026"], "--from: “2026” is not a date"),
        (["daily_quotes", "--output", "/nowhere/q.csv"], "/nowhere/q.csv cannot be written: No such file"),
        (["daily_quotes", "--output", "q.xlsx"], "“q.xlsx” does not end in .csv, .csv.gz or .parquet"),
        (["daily_quotes", "--output", "q.parquet.gz"], "“q.parquet.gz” does not end in .csv"),
        (["trading_calendar", "--adjusted"], "--adjusted: There is no such parameter"),
    ],
)
def test_export_says_in_a_line_what_is_wrong(arguments: list[str], told: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("export", *arguments)

    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_export_into_a_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written: Is a directory"):
        call_command("export", "daily_quotes", "--output", str(tmp_path))


def test_an_export_that_breaks_leaves_the_file_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text("before")
    monkeypatch.setattr("jquants.export.chunks", _breaking)

    with pytest.raises(ZeroDivisionError):
        call_command("export", "daily_quotes", "--columns", "code", "--output", str(path))

    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def _breaking(selection: object) -> Iterator[list[tuple[str]]]:
    yield [("72030",)]
    raise ZeroDivisionError


def test_help_breaks_no_name_of_a_table() -> None:
    with translation.override("ja"):
        text = load_command_class("jquants", "export").create_parser("manage.py", "export").format_help()

    assert "listed_company_history" in text
    assert "large_holder_transactions" in text
