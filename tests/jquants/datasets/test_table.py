import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils.translation import override

from jquants.datasets import DAILY_QUOTES, LISTED_COMPANIES, TRADING_CALENDAR, Dataset
from jquants.datasets.dataset import Column, Related
from jquants.datasets.errors import (
    ConflictingRowsError,
    DataError,
    MissingFieldError,
    UndecodableValueError,
    WrongDayError,
)
from jquants.datasets.fields import Code
from jquants.datasets.numbers import Number, WholeNumber
from jquants.datasets.table import Row, decode
from jquants.models import DailyQuote
from scheduler import messages
from tests.jquants.fakes import NO_TRADE, TODAY, bar, calendar_day, issue


def decoded(**fields: Any) -> dict[str, Any]:
    """Return the decoded bar with `fields`, by column."""
    table = decode(DAILY_QUOTES, [bar(**fields)], day=TODAY)
    return dict(zip(DAILY_QUOTES.names, table.rows[0], strict=True))


def test_decode_keeps_the_raw_values_of_a_bar() -> None:
    assert decoded(UL="1", AdjFactor=0.5, ExRT="1") == {
        "code": "72030",
        "date": "2026-11-20",
        "open": 2047.0,
        "high": 2069.0,
        "low": 2035.0,
        "close": 2045.5,
        "upper_limit": True,
        "lower_limit": False,
        "volume": 2202500,
        "turnover_value": 4507051850.0,
        "adjustment_factor": 0.5,
        "market_cap": 1068000.5,
        "ex_rights": "1",
    }


def test_decode_keeps_nulls_of_a_day_without_trade() -> None:
    row = decoded(**NO_TRADE)

    assert (row["open"], row["close"], row["volume"], row["market_cap"]) == (None, None, None, None)
    assert row["adjustment_factor"] == 1.0


def test_decode_takes_keys_that_some_plans_lack_as_null() -> None:
    rows = [bar("72030"), bar("99840")]
    for row in rows:
        del row["MktCap"], row["ExRT"]

    assert [row[-2:] for row in decode(DAILY_QUOTES, rows, day=TODAY).rows] == [(None, None), (None, None)]


def test_decode_keeps_values_of_unknown_keys_apart() -> None:
    table = decode(DAILY_QUOTES, [bar(), bar("99840", Surprise={"deep": []})], day=TODAY)

    assert table.unknown == {"72030/2026-11-20": {}, "99840/2026-11-20": {"Surprise": {"deep": []}}}
    assert table.unknown_keys() == ["Surprise"]
    assert decode(DAILY_QUOTES, [bar()], day=TODAY).unknown == {}


def test_decode_numbers_rows_that_have_no_key_of_their_own() -> None:
    numbered = replace(DAILY_QUOTES, numbered_within=("code",), natural_key=("code", "date", "number"))

    answer = [bar(C=2.0), bar("99840"), bar(C=1.0), bar(C=None), bar(C=2.0)]

    found = [decode(numbered, rows) for rows in (answer, answer[::-1], sorted(answer, key=str))]

    assert [(row[0], row[5], row[-1]) for row in found[0].rows] == [
        ("72030", None, 1),
        ("72030", 1.0, 2),
        ("72030", 2.0, 3),
        ("72030", 2.0, 4),
        ("99840", 2045.5, 1),
    ]
    assert len({table.checksum() for table in found}) == 1


def test_decode_takes_nested_rows_out_of_theirs() -> None:
    def trades(row: Row) -> Iterator[Row]:
        for number, price in enumerate(row["Trades"], 1):
            yield {"Code": row["Code"], "Number": number, "Price": price}

    related = Related(
        slug="trades",
        label="",
        path="",
        model=DailyQuote,
        columns=(
            Column("Code", "code", Code()),
            Column("Number", "volume", WholeNumber()),
            Column("Price", "open", Number()),
        ),
        natural_key=("code", "volume"),
        extract=trades,
        keys=frozenset({"Trades"}),
        parent="code",
    )
    dataset = replace(DAILY_QUOTES, related=(related,))

    table = decode(dataset, [bar(Trades=[3.0, 4.0]), bar("99840", Trades=[])])

    assert table.related == {related: [("72030", 1, 3.0), ("72030", 2, 4.0)]}
    assert table.unknown == {}
    assert table.checksum() != decode(dataset, [bar(Trades=[3.0, 5.0]), bar("99840", Trades=[])]).checksum()
    with pytest.raises(UndecodableValueError, match='trades, row 72030/1: Price is "x"'):
        decode(dataset, [bar(Trades=["x"])])


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("O", "2047.0", '"2047.0"'),
        ("H", True, "true"),
        ("L", float("nan"), "NaN"),
        ("C", float("inf"), "Infinity"),
        ("C", 1e300, "1e+300"),
        ("C", 10**400, "1" + "0" * 79),
        ("C", [], "[]"),
        ("UL", 1, "1"),
        ("UL", "2", '"2"'),
        ("LL", None, "null"),
        ("Vo", 10.5, "10.5"),
        ("Vo", "", '""'),
        ("Va", {"yen": 1}, '{"yen": 1}'),
        ("AdjFactor", None, "null"),
        ("AdjFactor", 0, "0"),
        ("AdjFactor", -0.5, "-0.5"),
        ("ExRT", 1, "1"),
        ("MktCap", "-", '"-"'),
        ("Code", "7203", '"7203"'),
        ("Code", "72 30", '"72 30"'),
        ("Code", 72030, "72030"),
        ("Date", "2026-11-31", '"2026-11-31"'),
        ("Date", "20261120", '"20261120"'),
        ("Date", None, "null"),
    ],
)
def test_decode_names_row_field_and_value_that_do_not_fit(field: str, value: Any, shown: str) -> None:
    rows = [bar("13010"), bar("72030", **{field: value}), bar("99840")]

    with pytest.raises(UndecodableValueError) as caught:
        decode(DAILY_QUOTES, rows, day=TODAY)

    told = caught.value.params
    assert (told["field"], told["value"]) == (field, shown)
    assert told["row"] == f"{rows[1]['Code']}/{rows[1]['Date']}"
    assert f"{field} is {shown}, not " in str(caught.value)
    assert caught.value.retryable is False


@pytest.mark.parametrize("name", ["x" * 201, "a\0b", "half a \ud83d"])
def test_decode_refuses_texts_a_database_cannot_hold(name: str) -> None:
    with pytest.raises(UndecodableValueError, match="CoName"):
        decode(LISTED_COMPANIES, [issue(CoName=name)])


@pytest.mark.parametrize("field", ["AdjFactor", "ExRT"])
def test_decode_names_the_row_that_lacks_a_field(field: str) -> None:
    broken = bar("99840")
    del broken[field]

    with pytest.raises(MissingFieldError, match=f"daily_quotes, row 99840/2026-11-20: {field} is missing"):
        decode(DAILY_QUOTES, [bar("72030"), broken], day=TODAY)


def test_decode_collapses_identical_rows() -> None:
    table = decode(DAILY_QUOTES, [bar("99840"), bar("72030"), bar("99840")], day=TODAY)

    assert [row[0] for row in table.rows] == ["72030", "99840"]


def test_decode_refuses_two_rows_of_one_key() -> None:
    rows = [bar("99840"), bar("72030"), bar("99840", C=1.0), bar("72030")]

    with pytest.raises(ConflictingRowsError, match="two different rows for 99840/2026-11-20"):
        decode(DAILY_QUOTES, rows, day=TODAY)


def test_decode_refuses_a_day_that_was_not_asked_for() -> None:
    with pytest.raises(WrongDayError, match="row 99840/2026-11-19: its day is not 2026-11-20"):
        decode(DAILY_QUOTES, [bar("72030"), bar("99840", "2026-11-19")], day=TODAY)


def test_decode_takes_the_day_of_a_snapshot_from_its_rows() -> None:
    assert decode(LISTED_COMPANIES, [issue(day="2026-11-24")]).day.isoformat() == "2026-11-24"  # type: ignore[union-attr]

    with pytest.raises(WrongDayError):
        decode(LISTED_COMPANIES, [issue(day="2026-11-24"), issue("99840", "2026-11-25")])


def test_decode_refuses_a_kind_of_day_it_does_not_know() -> None:
    with pytest.raises(UndecodableValueError, match='HolDiv is "4", not one of 0, 1, 2, 3'):
        decode(TRADING_CALENDAR, [calendar_day("2026-11-20", "4")])


@pytest.mark.parametrize(
    ("dataset", "row", "told"),
    [
        (TRADING_CALENDAR, calendar_day("2026-11-20", "4"), 'HolDiv は "4" で、0, 1, 2, 3 のいずれか'),
        (DAILY_QUOTES, bar(Code="7"), 'Code は "7" で、5桁の英数字'),
        (DAILY_QUOTES, bar(UL="x"), 'UL は "x" で、"0" か "1"'),
        (DAILY_QUOTES, bar(C="x"), 'C は "x" で、数値'),
        (LISTED_COMPANIES, issue(CoName="x" * 201), "文字以内の文字列"),
    ],
)
def test_what_was_expected_is_told_in_the_language_of_the_reader(
    dataset: Dataset, row: Row, told: str
) -> None:
    with pytest.raises(UndecodableValueError) as caught:
        decode(dataset, [row])

    with override("ja"):
        assert f"{told}ではありません" in messages.render(caught.value.code, caught.value.params)


def test_every_data_error_tells_data_set_and_row() -> None:
    for rows in ([bar(C="x")], [bar(), bar(C=1.0)], [bar(day="2026-11-19")], [{"Code": "72030"}]):
        with pytest.raises(DataError, match=r"daily_quotes.* 72030/"):
            decode(DAILY_QUOTES, rows, day=TODAY)


def test_checksum_depends_on_the_content_only() -> None:
    rows = [bar(f"{code}0", MktCap=None) for code in range(1300, 1330)]
    checksum = decode(DAILY_QUOTES, rows).checksum()
    shuffled = [dict(row, O=2047, AdjC=0.0) for row in rows]  # 2047 is 2047.0, and AdjC is not kept
    random.Random(1).shuffle(shuffled)

    assert decode(DAILY_QUOTES, shuffled).checksum() == checksum
    assert decode(DAILY_QUOTES, [*rows[:-1], bar("13290", C=1.0)]).checksum() != checksum
