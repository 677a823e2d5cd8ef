"""Columns of numbers; see jquants.datasets.fields."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.translation import gettext_noop

from jquants.datasets.fields import Field, Value

LARGEST = 10**15  # what a number may amount to: it fits the columns, and a float still holds each integer
DIGITS = b"0123456789+-.eE"
WRITTEN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number; NaN and infinities do not fit. `written`: it may also come as text."""

    expected = gettext_noop("a number")
    takes = frozenset({float, int})
    keeps = frozenset({float})  # alone, so that 2047 and 2047.0 are one content
    written: bool = False

    def decode(self, values: Sequence[Any]) -> Sequence[Value]:
        return super().decode([_read(value) for value in values] if self.written else values)

    def from_text(self, texts: Sequence[str]) -> Sequence[Any]:
        numbers = _numbers(texts) if self.nullable or "" not in texts else None
        if numbers is not None:
            return numbers
        if self.written:
            return super().from_text(texts)
        empty = None if self.nullable else ""
        return [_read(text) if text else empty for text in texts]

    def fits(self, values: Sequence[Any]) -> bool:
        return _are_bounded(values)

    def convert(self, values: Sequence[Any]) -> Sequence[Value]:
        return [value if value is None else float(value) for value in values]


def _numbers(texts: Sequence[str]) -> list[float] | None:
    """Return the numbers of cells, null for an empty one; None where they are not all spelt as JSON does.

    Read together as JSON, which takes a third of float() for each.
    """
    joined = "".join(texts)
    if not joined.isascii() or joined.encode().translate(None, DIGITS):
        return None
    cells = [text or "null" for text in texts] if "" in texts else texts
    try:
        numbers: list[float] = orjson.loads(f"[{','.join(cells)}]")
    except orjson.JSONDecodeError:
        return None
    return numbers


def _read(value: object) -> object:
    """Return the number that a text spells; anything else as it is, to be judged as it came."""
    return float(value) if isinstance(value, str) and WRITTEN.fullmatch(value) else value


def _are_bounded(values: Sequence[float]) -> bool:
    try:
        if math.hypot(*values) <= LARGEST:  # none is longer than all of them together; false for a NaN
            return True
    except OverflowError:  # an integer beyond floats
        return False
    return all(-LARGEST <= value <= LARGEST for value in values)


@dataclass(frozen=True, kw_only=True)
class PositiveNumber(Number):
    expected = gettext_noop("a number above 0")

    def fits(self, values: Sequence[Any]) -> bool:
        return super().fits(values) and min(values) > 0


@dataclass(frozen=True, kw_only=True)
class WholeNumber(Number):
    """A number without a fraction, however it is written."""

    expected = gettext_noop("a whole number")
    keeps = frozenset({int})

    def fits(self, values: Sequence[Any]) -> bool:
        return super().fits(values) and all(map(float.is_integer, map(float, values)))

    def convert(self, values: Sequence[Any]) -> Sequence[Value]:
        return [value if value is None else int(value) for value in values]
