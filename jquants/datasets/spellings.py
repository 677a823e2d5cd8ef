"""Columns as the families spell them: numbers as texts, and the texts that stand for nothing."""

from __future__ import annotations

from jquants.datasets.dataset import Column
from jquants.datasets.fields import Clock, Code, Day, Field, Flag, Mark, Text
from jquants.datasets.numbers import Number, WholeNumber

NOTHING = frozenset({""})
UNDECIDED = frozenset({"-"})

CODE = Code()
DAY = Day()
CLOCK = Clock()
WRITTEN_NUMBER = Number(written=True, nullable=True, missing=NOTHING)
WRITTEN_WHOLE = WholeNumber(written=True, nullable=True, missing=NOTHING)
OPTIONAL_DAY = Day(nullable=True, missing=NOTHING)
TRUE_FALSE = Flag(yes="true", no="false", missing=NOTHING)
LONG_TEXT = Text(nullable=True)


def columns(field: Field, /, **names: str) -> tuple[Column, ...]:
    """Return columns that hold the same kind of value: their keys, and the attributes that keep them."""
    return tuple(Column(key, name, field) for key, name in names.items())


def marked(key: str, name: str, field: Field) -> tuple[Column, Column]:
    """Return the column of a value and that of the mark which stands in its place, `name`_mark."""
    return Column(key, name, field), Column(key, f"{name}_mark", Mark(marks=UNDECIDED))


def texts(max_length: int, /, **names: str) -> tuple[Column, ...]:
    """Return columns of texts that may be null."""
    return columns(Text(max_length=max_length, nullable=True), **names)
