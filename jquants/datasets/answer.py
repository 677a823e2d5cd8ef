"""The rows of an answer by column, whether they came as JSON or as the lines of a CSV file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any

from jquants.datasets.dataset import Column, Related, Row
from jquants.datasets.fields import Json

LITERAL = Json(kind=list)
ROWS_AT_ONCE = 256


class Answer(ABC):
    """What J-Quants sent of a partition."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def keys(self) -> set[str]:
        """Return the keys that any row has."""

    @abstractmethod
    def has(self, key: str) -> bool:
        """Whether any row has `key`."""

    @abstractmethod
    def values(self, column: Column) -> Sequence[Any]:
        """Return the values of a column as the API sends them; raises KeyError where a row lacks its key."""

    @abstractmethod
    def row(self, position: int) -> Row: ...

    @abstractmethod
    def spread(self, names: frozenset[str]) -> Answer:
        """Return the answer with the members of the objects `names` beside the other values."""

    def inner(self, rows: Sequence[Row]) -> Answer:
        """Return rows that were extracted from ours."""
        return JsonRows(rows)

    @abstractmethod
    def nested(self, related: Related) -> Iterable[Row]:
        """Return the rows as what is nested in them is extracted from."""


class JsonRows(Answer):
    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @cached_property
    def _columns(self) -> Mapping[str, Sequence[Any]] | None:
        """The values by key, where all rows have the same keys; None where they differ."""
        keys = list(self._rows[0]) if self._rows else []
        if len(keys) < 2 or set(map(len, self._rows)) != {len(keys)}:
            return None
        try:
            return dict(zip(keys, _turned(self._rows, keys), strict=True))
        except KeyError:
            return None

    def keys(self) -> set[str]:
        return set(self._columns or set[str]().union(*self._rows))

    def has(self, key: str) -> bool:
        return key in self._columns if self._columns else any(key in row for row in self._rows)

    def values(self, column: Column) -> Sequence[Any]:
        return self._columns[column.key] if self._columns else list(map(itemgetter(column.key), self._rows))

    def row(self, position: int) -> Row:
        return self._rows[position]

    def spread(self, names: frozenset[str]) -> Answer:
        return JsonRows([_spread(names, row) for row in self._rows])

    def nested(self, related: Related) -> Iterable[Row]:
        return self._rows


def _turned(rows: Sequence[Row], keys: Sequence[str]) -> list[list[Any]]:
    """Return the values of `rows` under each of `keys` (two at least), some rows at a time: those the cache holds."""
    values = itemgetter(*keys)
    columns: list[list[Any]] = [[] for _ in keys]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = zip(*map(values, rows[start : start + ROWS_AT_ONCE]), strict=True)
        for column, part in zip(columns, some, strict=True):
            column.extend(part)
    return columns


class TextRows(JsonRows):
    """Rows whose values are cells of a file."""

    def values(self, column: Column) -> Sequence[Any]:
        values = super().values(column)
        return column.field.from_text(values) if all(isinstance(value, str) for value in values) else values


def _spread(names: frozenset[str], row: Row) -> Row:
    """Return the row with the members of the objects `names` beside its other values."""
    spread: dict[str, Any] = {}
    for key, value in row.items():
        if key in names and isinstance(value, Mapping):
            spread |= {f"{key}.{member}": inner for member, inner in value.items()}
        else:
            spread[key] = value
    return spread


class CsvRows(Answer):
    """The cells of a file: a column, all of the same length, under each key of its `header`."""

    def __init__(self, header: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
        self._header = header
        self._columns = dict(zip(header, columns, strict=True))

    def __len__(self) -> int:
        return len(self._columns[self._header[0]])

    def keys(self) -> set[str]:
        return set(self._header)

    def has(self, key: str) -> bool:
        return key in self._columns

    def values(self, column: Column) -> Sequence[Any]:
        return column.field.from_text(self._columns[column.key])

    def row(self, position: int) -> Row:
        return {key: column[position] for key, column in self._columns.items()}

    def spread(self, names: frozenset[str]) -> Answer:
        rows = map(self.row, range(len(self)))
        return TextRows([_spread(names, {**row, **_read(row, names)}) for row in rows])

    def inner(self, rows: Sequence[Row]) -> Answer:
        return TextRows(rows)

    def nested(self, related: Related) -> Iterable[Row]:
        """Yield the rows with what they nest read from its text."""
        for position in range(len(self)):
            row = self.row(position)
            yield {**row, **_read(row, related.keys)}


def _read(row: Row, keys: Iterable[str]) -> dict[str, Any]:
    """Return those cells under `keys` that spell a list or an object."""
    spelt = {key: row[key] for key in keys if str(row.get(key, "")).startswith(("[", "{"))}
    return {key: LITERAL.from_text([text])[0] for key, text in spelt.items()}
