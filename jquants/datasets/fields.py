"""What a column of an answer may hold, and what of it is stored.

A column is checked as a whole, which costs microseconds a thousand rows; only when something is wrong are
its values looked at one by one to name the first that does not fit.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

LARGEST = 10**15  # what a number may amount to: it fits the columns, and a float still holds each integer

Value = str | float | int | bool | None


class Misfit(ValueError):
    """A value of a column does not fit; `position` is its row."""

    def __init__(self, position: int, value: object, expected: str) -> None:
        super().__init__(position, value, expected)
        self.position = position
        self.value = value
        self.expected = expected


@dataclass(frozen=True, kw_only=True)
class Field:
    """Base of all fields; a null fits only where `nullable`."""

    expected: ClassVar[str]
    nullable: bool = False

    def decode(self, values: Sequence[Any]) -> Sequence[Value]:
        """Return what to store of each value. Raises Misfit."""
        present = [value for value in values if value is not None] if self.nullable else values
        if present and not self.fits(present):
            raise self._first_misfit(values)
        return self.convert(values)

    def fits(self, values: Sequence[Any]) -> bool:
        """Whether each of `values` (at least one) fits."""
        raise NotImplementedError

    def convert(self, values: Sequence[Any]) -> Sequence[Value]:
        return values

    def expectation(self) -> str:
        """Say what fits, as in "not a number"."""
        return self.expected

    def _first_misfit(self, values: Sequence[Any]) -> Misfit:
        for position, value in enumerate(values):
            if not (self.nullable and value is None) and not self.fits([value]):
                return Misfit(position, value, self.expectation())
        raise AssertionError(f"{self!r} refuses a column, but none of its values")


def _types(values: Iterable[Any]) -> set[type]:
    return set(map(type, values))


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A text as sent, blanks included."""

    max_length: int

    def expectation(self) -> str:
        return f"a text of at most {self.max_length} characters"

    def fits(self, values: Sequence[Any]) -> bool:
        return _types(values) == {str} and max(map(len, values)) <= self.max_length and _is_storable(values)


def _is_storable(texts: Sequence[str]) -> bool:
    """Whether a database can hold the texts: no NUL, no half of a surrogate pair."""
    joined = "".join(texts)
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in joined


@dataclass(frozen=True, kw_only=True)
class Code(Field):
    """The code of an issue: five letters and digits, such as 72030 and 130A0."""

    expected = "a code of 5 letters and digits"

    def fits(self, values: Sequence[Any]) -> bool:
        if _types(values) != {str} or set(map(len, values)) != {5}:
            return False
        joined = "".join(values)
        return joined.isascii() and joined.isalnum()


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A calendar day written YYYY-MM-DD, kept as that text: both databases take it as it is."""

    expected = "a date written YYYY-MM-DD"

    def fits(self, values: Sequence[Any]) -> bool:
        return _types(values) == {str} and all(map(_is_day, set(values)))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text  # fromisoformat also reads 20261120
    except ValueError:
        return False


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number; NaN, infinities and numbers in a text do not fit."""

    expected = "a number"

    def fits(self, values: Sequence[Any]) -> bool:
        return _types(values) <= {float, int} and _are_bounded(values)

    def convert(self, values: Sequence[Any]) -> Sequence[Value]:
        """Return floats only, so that 2047 and 2047.0 are one content."""
        if int not in _types(values):
            return values
        return [value if value is None else float(value) for value in values]


def _are_bounded(values: Sequence[float]) -> bool:
    if min(values) < -LARGEST or max(values) > LARGEST:
        return False
    try:
        return math.isfinite(sum(values))  # a NaN hides from min and max, not from a sum
    except OverflowError:  # and so does an integer beyond floats next to a NaN
        return False


@dataclass(frozen=True, kw_only=True)
class PositiveNumber(Number):
    expected = "a number above 0"

    def fits(self, values: Sequence[Any]) -> bool:
        return super().fits(values) and min(values) > 0


@dataclass(frozen=True, kw_only=True)
class WholeNumber(Number):
    """A number without a fraction, however it is written."""

    expected = "a whole number"

    def fits(self, values: Sequence[Any]) -> bool:
        return super().fits(values) and all(map(float.is_integer, map(float, values)))

    def convert(self, values: Sequence[Any]) -> Sequence[Value]:
        return [value if value is None else int(value) for value in values]


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    """A yes or no, sent as "1" or "0"."""

    expected = '"0" or "1"'

    def fits(self, values: Sequence[Any]) -> bool:
        return _types(values) == {str} and set(values) <= {"0", "1"}

    def convert(self, values: Sequence[Any]) -> Sequence[Value]:
        return [value if value is None else value == "1" for value in values]


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of a few texts."""

    choices: frozenset[str]

    def expectation(self) -> str:
        return "one of " + ", ".join(sorted(self.choices))

    def fits(self, values: Sequence[Any]) -> bool:
        return _types(values) == {str} and set(values) <= self.choices
