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
ROWS_TO_TURN = 20_000  # into columns; to turn few as they come takes longer than to turn them together


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
        return _turned(self._rows)

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


def _turned(rows: Sequence[Row]) -> dict[str, list[Any]] | None:
    """Return the values of `rows` by key; None where their keys differ, or are less than two."""
    keys = list(rows[0]) if rows else []
    if len(keys) < 2 or set(map(len, rows)) != {len(keys)}:
        return None
    values = itemgetter(*keys)
    columns: list[list[Any]] = [[] for _ in keys]
    try:
        for start in range(0, len(rows), ROWS_AT_ONCE):  # those that the cache holds
            some = zip(*map(values, rows[start : start + ROWS_AT_ONCE]), strict=True)
            for column, part in zip(columns, some, strict=True):
                column.extend(part)
    except KeyError:
        return None
    return dict(zip(keys, columns, strict=True))


class Gathered:
    """Collects the rows of an answer page by page; many of them as columns, which take a quarter of the memory."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._columns: dict[str, list[Any]] = {}  # of the rows before those
        self._texts: dict[str, str] = {}  # each once, however often it came
        self._differ = False  # the keys of the rows

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), ())) + len(self._rows)

    def extend(self, rows: Sequence[Row]) -> None:
        self._rows += rows
        if len(self._rows) >= ROWS_TO_TURN and not self._differ:
            self._turn()

    def answer(self) -> Answer:
        if self._columns and self._rows:
            self._turn()
        return ColumnRows(self._columns) if self._columns else JsonRows(self._rows)

    def _turn(self) -> None:
        """Put the rows behind the columns; where their keys differ, all stay rows."""
        turned = _turned(self._rows)
        if turned is None or (self._columns and turned.keys() != self._columns.keys()):
            before = zip(*self._columns.values(), strict=True)
            self._rows = [*(dict(zip(self._columns, row, strict=True)) for row in before), *self._rows]
            self._columns, self._differ = {}, True
            return
        self._rows = []
        for key, values in turned.items():
            self._columns.setdefault(key, []).extend(self._once(values))

    def _once(self, values: list[Any]) -> Iterable[Any]:
        return map(self._texts.setdefault, values, values) if set(map(type, values)) == {str} else values


class ColumnRows(Answer):
    """Rows as columns, all of the same length, by key."""

    def __init__(self, columns: Mapping[str, Sequence[Any]]) -> None:
        self._columns = columns

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def keys(self) -> set[str]:
        return set(self._columns)

    def has(self, key: str) -> bool:
        return key in self._columns

    def values(self, column: Column) -> Sequence[Any]:
        return self._columns[column.key]

    def row(self, position: int) -> Row:
        return {key: column[position] for key, column in self._columns.items()}

    def spread(self, names: frozenset[str]) -> Answer:
        return JsonRows([_spread(names, row) for row in map(self.row, range(len(self)))])

    def nested(self, related: Related) -> Iterable[Row]:
        return map(self.row, range(len(self)))


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


class CsvRows(ColumnRows):
    """The cells of a file: a column under each key of its `header`."""

    def __init__(self, header: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
        super().__init__(dict(zip(header, columns, strict=True)))

    def values(self, column: Column) -> Sequence[Any]:
        return column.field.from_text(self._columns[column.key])

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
