"""What a column of an answer may hold, and what of it is stored.

A column is checked as a whole, which costs microseconds a thousand rows; only when something is wrong are
its values looked at one by one to name the first that does not fit.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import NoneType
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_noop

Value = str | float | int | bool | None

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class Expected(str):
    """What would fit, in English; `told` are the text and its values, for who translates it."""

    told: dict[str, Any]

    def __new__(cls, text: str, **values: object) -> Self:
        self = super().__new__(cls, text % values)
        self.told = {"text": text, "params": {name: str(value) for name, value in values.items()}}
        return self


class Misfit(ValueError):
    """A value of a column does not fit; `position` is its row."""

    def __init__(self, position: int, value: object, expected: str) -> None:
        super().__init__(position, value, expected)
        self.position = position
        self.value = value
        self.expected = expected


@dataclass(frozen=True, kw_only=True)
class Field:
    """Base of all fields. A null fits only where `nullable`, or where texts such as "-" are sent for it: `missing`."""

    expected: ClassVar[str]
    takes: ClassVar[frozenset[type]] = frozenset({str})  # the types that fit
    keeps: ClassVar[frozenset[type]] = frozenset({str})  # those of them whose values are stored as they come
    nullable: bool = False
    missing: frozenset[str] = frozenset()

    def decode(self, values: Sequence[Any]) -> Sequence[Value]:
        """Return what to store of each value. Raises Misfit."""
        if self.missing:
            values = [None if isinstance(v, str) and v in self.missing else v for v in values]
        types = set(map(type, values))
        present = values
        if self._may_be_null and NoneType in types:
            types.discard(NoneType)
            present = [value for value in values if value is not None]
        if types and not (types <= self.takes and self.fits(present)):
            raise self._first_misfit(values)
        return values if types <= self.keeps else self.convert(values)

    def from_text(self, texts: Sequence[str]) -> Sequence[Any]:
        """Return what the API would have sent for cells of a CSV file: null for an empty one, where null fits."""
        return [text or None for text in texts] if self.nullable and "" in texts else texts

    @property
    def _may_be_null(self) -> bool:
        return self.nullable or bool(self.missing)

    def fits(self, values: Sequence[Any]) -> bool:
        """Whether each of `values`, at least one, of the types that the field takes, fits."""
        raise NotImplementedError

    def convert(self, values: Sequence[Any]) -> Sequence[Value]:
        """Return what is stored of values that fit, or are null, where that is not what came."""
        raise NotImplementedError

    def expectation(self) -> str:
        """Say what fits, as in "not a number"."""
        return self.expected

    def _first_misfit(self, values: Sequence[Any]) -> Misfit:
        for position, value in enumerate(values):
            if self._may_be_null and value is None:
                continue
            if type(value) not in self.takes or not self.fits([value]):
                return Misfit(position, value, self.expectation())
        raise AssertionError(f"{self!r} refuses a column, but none of its values")


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A text as sent, blanks included. `max_length` None: as long as it comes."""

    max_length: int | None = None

    def expectation(self) -> str:
        if self.max_length is None:
            return gettext_noop("a text")
        return Expected(gettext_noop("a text of at most %(most)s characters"), most=self.max_length)

    def fits(self, values: Sequence[Any]) -> bool:
        return self._is_short(values) and _is_storable(values)

    def _is_short(self, values: Sequence[str]) -> bool:
        return self.max_length is None or max(map(len, values)) <= self.max_length


def _is_storable(texts: Sequence[str]) -> bool:
    """Whether a database can hold the texts: no NUL, no half of a surrogate pair."""
    joined = "".join(texts)
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in joined


@dataclass(frozen=True, kw_only=True)
class Mark(Text):
    """The mark that stands where a value is missing, such as "-" for undecided; "" beside a value."""

    marks: frozenset[str]

    def decode(self, values: Sequence[Any]) -> Sequence[Value]:
        return [value if isinstance(value, str) and value in self.marks else "" for value in values]


@dataclass(frozen=True, kw_only=True)
class Code(Field):
    """The code of an issue: five letters and digits, such as 72030 and 130A0. Those of indices have four."""

    length: int = 5

    def expectation(self) -> str:
        return Expected(gettext_noop("a code of %(length)s letters and digits"), length=self.length)

    def fits(self, values: Sequence[Any]) -> bool:
        if set(map(len, values)) != {self.length}:
            return False
        joined = "".join(values)
        return joined.isascii() and joined.isalnum()


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A calendar day written YYYY-MM-DD, kept as that text: both databases take it as it is."""

    expected = gettext_noop("a date written YYYY-MM-DD")

    def fits(self, values: Sequence[Any]) -> bool:
        return all(map(_is_day, set(values)))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text  # fromisoformat also reads 20261120
    except ValueError:
        return False


@dataclass(frozen=True, kw_only=True)
class Month(Field):
    """A month written YYYY-MM, kept as that text."""

    expected = gettext_noop("a month written YYYY-MM")

    def fits(self, values: Sequence[Any]) -> bool:
        return all(map(MONTH.fullmatch, set(values)))


@dataclass(frozen=True, kw_only=True)
class Clock(Field):
    """A time of the day in Tokyo, HH:MM, HH:MM:SS or with a fraction; kept as HH:MM:SS and the fraction sent."""

    expected = gettext_noop("a time written HH:MM or HH:MM:SS")
    keeps = frozenset()

    def fits(self, values: Sequence[Any]) -> bool:
        return all(map(CLOCK.fullmatch, set(values)))

    def convert(self, values: Sequence[Any]) -> Sequence[Value]:
        return [f"{value}:00" if value is not None and len(value) == 5 else value for value in values]


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    """A yes or no, sent as one of two texts."""

    keeps = frozenset()
    yes: str = "1"
    no: str = "0"

    def expectation(self) -> str:
        return Expected(gettext_noop('"%(no)s" or "%(yes)s"'), no=self.no, yes=self.yes)

    def fits(self, values: Sequence[Any]) -> bool:
        return set(values) <= {self.no, self.yes}

    def convert(self, values: Sequence[Any]) -> Sequence[Value]:
        meaning = {None: None, self.yes: True, self.no: False}
        return [meaning[value] for value in values]


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of a few texts."""

    choices: frozenset[str]

    def expectation(self) -> str:
        return Expected(gettext_noop("one of %(choices)s"), choices=", ".join(sorted(self.choices)))

    def fits(self, values: Sequence[Any]) -> bool:
        return set(values) <= self.choices


@dataclass(frozen=True, kw_only=True)
class Json(Field):
    """A list or an object, kept as JSON with its keys in order."""

    takes = frozenset({list, dict})
    keeps = frozenset()
    kind: type[list[Any]] | type[dict[str, Any]]

    def expectation(self) -> str:
        return gettext_noop("a list") if self.kind is list else gettext_noop("an object")

    def fits(self, values: Sequence[Any]) -> bool:
        return set(map(type, values)) == {self.kind} and _is_storable(list(map(_dumped, values)))

    def convert(self, values: Sequence[Any]) -> Sequence[Value]:
        return [value if value is None else _dumped(value) for value in values]

    def from_text(self, texts: Sequence[str]) -> Sequence[Any]:
        """Read each cell as JSON or, as J-Quants writes objects into its files, as a literal of Python."""
        return [_literal(text) if text else None for text in texts]


def _literal(text: str) -> object:
    """Return what `text` spells; the text itself where it spells nothing, to be judged as it came."""
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return text


def _dumped(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace(r"\u0000", "\0")  # a NUL that hides behind its escape
