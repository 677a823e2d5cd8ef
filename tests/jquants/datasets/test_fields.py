from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jquants.datasets.fields import (
    Choice,
    Clock,
    Code,
    Day,
    Field,
    Flag,
    Json,
    Mark,
    Misfit,
    Month,
    Text,
)
from jquants.datasets.numbers import Number, PositiveNumber, WholeNumber

ANY_VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["0", "1", "72030", "130A0", "2026-11-20", 0, 1, 2.0, 1e15, float("nan")]),
    st.sampled_from(["", "-", "1_0", "１", "0x1", "nan", "1e5", "09:00", "24:00", "2026-11", {}, [], ["\0"]]),
)
FIELDS: list[Field] = [
    Choice(choices=frozenset({"0", "1"})),
    Code(),
    Day(),
    Flag(),
    Number(nullable=True),
    PositiveNumber(),
    Text(max_length=5),
    WholeNumber(nullable=True),
    Number(written=True, missing=frozenset({"", "-"})),
    WholeNumber(written=True),
    Day(missing=frozenset({""})),
    Flag(yes="true", no="false", missing=frozenset({""})),
    Clock(),
    Month(nullable=True),
    Json(kind=list),
]


def fits_alone(field: Field, value: Any) -> bool:
    try:
        field.decode([value])
    except Misfit:
        return False
    return True


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: type(field).__name__)
@given(values=st.lists(ANY_VALUE, max_size=5))
def test_a_column_fits_exactly_when_each_value_does(field: Field, values: list[Any]) -> None:
    first = next((index for index, value in enumerate(values) if not fits_alone(field, value)), None)

    if first is None:
        assert len(field.decode(values)) == len(values)
    else:
        with pytest.raises(Misfit) as caught:
            field.decode(values)
        assert caught.value.position == first


def test_numbers_become_floats_and_whole_numbers_integers() -> None:
    number, whole = Number(nullable=True), WholeNumber(nullable=True)

    assert [(type(value), value) for value in number.decode([1, 2.5, None])] == [
        (float, 1.0),
        (float, 2.5),
        (type(None), None),
    ]
    assert [(type(value), value) for value in whole.decode([1.0, 3, None])] == [
        (int, 1),
        (int, 3),
        (type(None), None),
    ]


def test_a_missing_value_is_null_however_it_is_spelled() -> None:
    field = Number(written=True, missing=frozenset({"", "-"}))

    assert field.decode(["12.5", "-", "", None, -3, "-0.25"]) == [12.5, None, None, None, -3.0, -0.25]


@pytest.mark.parametrize("text", ["1_0", "１２", " 1", "1 ", "0x1", "nan", "inf", "1,000", "1e9999", ""])
def test_a_written_number_is_plain(text: str) -> None:
    with pytest.raises(Misfit) as caught:
        Number(written=True).decode([1.0, text])

    assert (caught.value.position, caught.value.value) == (1, text)


def test_a_mark_is_kept_beside_the_values_it_stands_for() -> None:
    assert Mark(marks=frozenset({"-", "*"})).decode([1.5, "-", "*", None, ""]) == ["", "-", "*", "", ""]


def test_times_have_seconds_and_json_has_its_keys_in_order() -> None:
    assert Clock().decode(["09:00", "15:30:01", "09:00:00.123456"]) == [
        "09:00:00",
        "15:30:01",
        "09:00:00.123456",
    ]
    assert Json(kind=dict).decode([{"b": "あ", "a": [1]}]) == ['{"a":[1],"b":"あ"}']


def test_json_may_not_hide_what_a_database_cannot_hold() -> None:
    with pytest.raises(Misfit):
        Json(kind=dict).decode([{"deep": ["a\0b"]}])
