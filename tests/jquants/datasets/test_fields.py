from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jquants.datasets.fields import (
    Choice,
    Code,
    Day,
    Field,
    Flag,
    Misfit,
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
