"""The rows of an answer, gathered from its pages."""

from datetime import date
from typing import Any

import pytest

from jquants.datasets import DAILY_QUOTES
from jquants.datasets.answer import Answer, ColumnRows, Gathered, JsonRows
from jquants.datasets.errors import MissingFieldError, UndecodableValueError
from jquants.datasets.table import decode
from tests.jquants.fakes import bar

DAY = date(2026, 11, 20)
BARS = [bar(code) for code in ("13010", "13050", "72030", "86970")]
SESSIONS = {f"{session}{key}": 1.0 for session in "MA" for key in ("O", "H", "L", "C", "Vo", "Va")} | {
    f"{session}{key}": "0" for session in "MA" for key in ("UL", "LL")
}


@pytest.fixture(autouse=True, params=[1, 3])
def _few_are_many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn rows into columns from a few on."""
    monkeypatch.setattr("jquants.datasets.answer.ROWS_TO_TURN", request.param)


def gathered(*pages: list[dict[str, Any]]) -> Answer:
    found = Gathered()
    for number, page in enumerate(pages):
        assert len(found) == sum(map(len, pages[:number]))
        found.extend(page)
    return found.answer()


@pytest.mark.parametrize("size", [1, 3, 4])
def test_pages_are_turned_into_columns(size: int) -> None:
    answer = gathered(*(BARS[start : start + size] for start in range(0, len(BARS), size)), [])

    assert isinstance(answer, ColumnRows)
    assert [answer.row(position) for position in range(len(answer))] == BARS
    assert decode(DAILY_QUOTES, answer, day=DAY) == decode(DAILY_QUOTES, BARS, day=DAY)


@pytest.mark.parametrize(
    "pages",
    [
        [BARS[:2], [BARS[2] | {"New": 1}, BARS[3]]],
        [BARS[:2], [bar | {"New": 1} for bar in BARS[2:]]],
        [[BARS[0], BARS[1] | {"New": 1}], BARS[2:]],
    ],
    ids=["within a page", "between pages", "at first"],
)
def test_rows_whose_keys_differ_stay_rows(pages: list[list[dict[str, Any]]]) -> None:
    rows = [row for page in pages for row in page]
    answer = gathered(*pages)

    assert isinstance(answer, JsonRows)
    assert [answer.row(position) for position in range(len(answer))] == rows
    assert decode(DAILY_QUOTES, answer, day=DAY) == decode(DAILY_QUOTES, rows, day=DAY)


def test_what_is_nested_and_unknown_is_found_in_columns() -> None:
    rows = [row | SESSIONS | {"New": [1]} for row in BARS]
    answer = gathered(rows[:1], rows[1:])

    assert isinstance(answer, ColumnRows)
    table = decode(DAILY_QUOTES, answer, day=DAY)
    assert table == decode(DAILY_QUOTES, rows, day=DAY)
    assert table.unknown_keys() == ["New"]
    assert len(next(iter(table.related.values()))) == 2 * len(rows)


def test_errors_name_the_row_of_a_column() -> None:
    with pytest.raises(UndecodableValueError, match="72030"):
        decode(DAILY_QUOTES, gathered(BARS[:2], [BARS[2] | {"C": "much"}, BARS[3]]), day=DAY)
    bare = [{key: value for key, value in row.items() if key != "C"} for row in BARS]
    with pytest.raises(MissingFieldError, match="13010"):
        decode(DAILY_QUOTES, gathered(bare[:2], bare[2:]), day=DAY)


def test_no_rows_are_an_answer() -> None:
    assert (len(gathered()), len(gathered([]))) == (0, 0)
    assert decode(DAILY_QUOTES, gathered(), day=DAY).rows == []


def test_rows_of_one_key_are_gathered() -> None:
    rows = [{"Code": "13010"}, {"Code": "13050"}]
    answer = gathered(rows[:1], rows[1:])
    assert [answer.row(position) for position in range(len(answer))] == rows


def test_few_rows_stay_as_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jquants.datasets.answer.ROWS_TO_TURN", 5)
    assert isinstance(gathered(BARS[:2], BARS[2:]), JsonRows)
