"""The decoded rows of one partition."""

from __future__ import annotations

import hashlib
import json
import marshal
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice, pairwise
from operator import itemgetter, lt
from typing import NamedTuple

from jquants.datasets.answer import Answer, CsvRows, JsonRows
from jquants.datasets.dataset import Column, Dataset, Layout, Partition, Related, Row
from jquants.datasets.errors import (
    ConflictingRowsError,
    MissingFieldError,
    UndecodableValueError,
    WrongDayError,
)
from jquants.datasets.fields import Misfit, Value
from jquants.datasets.nested import UnexpectedShapeError

__all__ = ["CsvRows", "Packed", "Row", "Table", "decode"]

QUOTED = 80  # characters of a bad value that an error shows at most

Rows = list[tuple[Value, ...]]


class Packed(NamedTuple):
    """A table in plain types, its rows as bytes.

    They take a fraction of the memory, and leave no holes in it: what Python allocates next lies side by side, which
    halves the time of decoding.
    """

    day: str | None
    rows: bytes
    row_count: int
    related: dict[str, bytes]
    unknown: dict[str, Row]
    absent: list[str]
    checksum: str


@dataclass(frozen=True)
class Table:
    """Rows of `dataset` in the order of its names, sorted by natural key, each key once.

    `day` is the partition's; None where the partition is the whole data set. `related` are the rows nested in
    them, `unknown` the values of keys that no column declares, by the row's natural key. `absent` names the attributes
    whose key no row had: null in the rows, but not because J-Quants says so.
    """

    dataset: Dataset
    day: date | None
    rows: Rows
    related: dict[Related, Rows] = field(default_factory=dict)
    unknown: dict[str, Row] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.rows)

    def checksum(self, *, without: Collection[str] = ()) -> str:
        """Return the SHA-256 of the content, the same whatever the order in which the rows came.

        `without` names attributes that count as if they had been absent.
        """
        return self._checksum(self._blanked(without)) if without else self._own_checksum

    @cached_property
    def _own_checksum(self) -> str:
        return self._checksum(self.rows)

    def _checksum(self, rows: Rows) -> str:
        return _sha256(_bytes(rows), *map(_bytes, self.related.values()))

    def _blanked(self, names: Collection[str]) -> Rows:
        blank = set(self.dataset.positions(names))
        return [tuple(None if at in blank else value for at, value in enumerate(row)) for row in self.rows]

    def packed(self) -> Packed:
        """Return all of it but the data set, to be kept until `unpacked`."""
        rows, related = _bytes(self.rows), [_bytes(nested) for nested in self.related.values()]
        return Packed(
            None if self.day is None else self.day.isoformat(),
            rows,
            len(self.rows),
            {each.slug: nested for each, nested in zip(self.related, related, strict=True)},
            self.unknown,
            list(self.absent),
            _sha256(rows, *related),
        )

    @classmethod
    def unpacked(cls, dataset: Dataset, packed: Packed) -> Table:
        related = {
            each: marshal.loads(packed.related[each.slug])  # noqa: S302 - written by ourselves
            for each in dataset.related
            if each.slug in packed.related
        }
        table = cls(
            dataset,
            None if packed.day is None else date.fromisoformat(packed.day),
            marshal.loads(packed.rows),  # noqa: S302
            related,
            packed.unknown,
            frozenset(packed.absent),
        )
        vars(table)["_own_checksum"] = packed.checksum  # which took a while
        return table

    def unknown_keys(self) -> list[str]:
        return sorted(frozenset[str]().union(*self.unknown.values()))


def _bytes(rows: Rows) -> bytes:
    # Version 2 of the format has no back references: equal rows are equal bytes, on any Python.
    return marshal.dumps(rows, 2)


def _sha256(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def decode(dataset: Dataset, rows: Sequence[Row] | Answer, *, day: date | None = None) -> Table:
    """Return the table of `rows`; raises a DataError that names what does not fit.

    All rows of a daily partition must be of one day: of `day`, or where that is None of the first row's.
    """
    answer = rows if isinstance(rows, Answer) else JsonRows(rows)
    if not len(answer):
        return Table(dataset, day, [])
    if dataset.spread:
        answer = answer.spread(dataset.spread)
    columns = _columns(dataset, answer)
    if dataset.partition is Partition.DAY:
        day = _day_of(dataset, columns[dataset.day_position], answer, day)
    keys = answer.keys()
    table = Table(
        dataset,
        day,
        _unique(dataset, list(zip(*columns, strict=True))),
        unknown=_unknown(dataset, answer, keys - dataset.known_keys),
        absent=frozenset(
            column.name for column in dataset.columns if column.optional and not answer.has(column.key)
        ),
    )
    for related in dataset.related:
        if related.keys & keys or not related.optional:
            nested = [inner for row in answer.nested(related) for inner in _extracted(dataset, related, row)]
            _add_nested(table, related, answer.inner(nested))
    return table


def _extracted(dataset: Dataset, related: Related, row: Row) -> list[Row]:
    try:
        return list(related.extract(row))
    except KeyError as error:
        raise MissingFieldError(
            path=dataset.path, dataset=dataset.slug, row=_name(dataset, row), field=str(error.args[0])
        ) from None
    except UnexpectedShapeError as error:
        raise UndecodableValueError(
            path=dataset.path,
            dataset=dataset.slug,
            row=_name(dataset, row),
            field=error.key,
            value=_quoted(error.value),
            expected=error.expected,
        ) from None


def _add_nested(table: Table, related: Related, nested: Answer) -> None:
    rows: Rows = list(zip(*_columns(related, nested), strict=True)) if len(nested) else []
    for position, decoded in enumerate(rows):
        row = nested.row(position)
        if unknown := {key: row[key] for key in row.keys() - related.known_keys}:
            place = "/".join(str(decoded[at]) for at in related.key_positions)
            table.unknown[f"{related.slug} {place}"] = unknown
    table.related[related] = _unique(related, rows)


def _unknown(dataset: Dataset, answer: Answer, keys: set[str]) -> dict[str, Row]:
    if not keys:
        return {}
    return {
        _name(dataset, row): {key: row[key] for key in keys & row.keys()}
        for row in map(answer.row, range(len(answer)))
    }


def _columns(layout: Layout, answer: Answer) -> list[Sequence[Value]]:
    """Return the decoded values of each attribute of `layout.names`."""
    columns = [_decoded(layout, column, answer) for column in layout.columns]
    if layout.numbered_within:
        columns.append(_numbers(layout, list(zip(*columns, strict=True))))
    return columns


def _numbers(layout: Layout, rows: Rows) -> list[Value]:
    """Number the rows that agree in `numbered_within` from 1.

    Nested ones in the order of their document; others by content, as an answer and a file have them in any order.
    """
    positions = layout.positions(layout.numbered_within)
    order = range(len(rows))
    in_order = order if isinstance(layout, Related) else sorted(order, key=lambda at: _sortable(rows[at]))
    seen: Counter[tuple[Value, ...]] = Counter()
    numbers: list[Value] = [None] * len(rows)
    for at in in_order:
        alike = tuple(rows[at][position] for position in positions)
        seen[alike] += 1
        numbers[at] = seen[alike]
    return numbers


def _sortable(row: tuple[Value, ...]) -> tuple[tuple[bool, Value], ...]:
    """Return what tells the order of rows whose values may be null, which comes first."""
    return tuple((value is not None, value) for value in row)


def _decoded(layout: Layout, column: Column, answer: Answer) -> Sequence[Value]:
    if column.optional and not answer.has(column.key):
        return [None] * len(answer)
    try:
        return column.field.decode(answer.values(column))
    except KeyError:
        broken = next(row for row in map(answer.row, range(len(answer))) if column.key not in row)
        raise MissingFieldError(
            path=layout.path, dataset=layout.slug, row=_name(layout, broken), field=column.key
        ) from None
    except Misfit as misfit:
        raise UndecodableValueError(
            path=layout.path,
            dataset=layout.slug,
            row=_name(layout, answer.row(misfit.position)),
            field=column.key,
            value=_quoted(misfit.value),
            expected=misfit.expected,
        ) from None


def _day_of(dataset: Dataset, days: Sequence[Value], answer: Answer, asked: date | None) -> date:
    expected = asked.isoformat() if asked else days[0]
    if set(days) != {expected}:
        stray = next(position for position, day in enumerate(days) if day != expected)
        raise WrongDayError(
            path=dataset.path,
            dataset=dataset.slug,
            row=_name(dataset, answer.row(stray)),
            day=str(expected),
        )
    return date.fromisoformat(str(expected))


def _unique(layout: Layout, rows: Rows) -> Rows:
    """Return the rows sorted by natural key; identical ones once. Raises ConflictingRowsError."""
    key = itemgetter(*layout.key_positions)
    keys = list(map(key, rows))
    if all(map(lt, keys, islice(keys, 1, None))):  # as they mostly come
        return rows
    rows.sort(key=key)
    if len(set(map(key, rows))) == len(rows):
        return rows
    once = dict.fromkeys(rows)
    for row, following in pairwise(once):
        if key(row) == key(following):
            name = "/".join(str(row[position]) for position in layout.key_positions)
            raise ConflictingRowsError(path=layout.path, dataset=layout.slug, row=name)
    return list(once)


def _quoted(value: object) -> str:
    """Return `value` as JSON spells it, cut."""
    return json.dumps(value, ensure_ascii=False)[:QUOTED]


def _name(layout: Layout, row: Row) -> str:
    """Return what tells a person which row it is: the values of its natural key."""
    keys = {column.name: column.key for column in layout.columns}
    return "/".join(str(row.get(keys[name], "?"))[:QUOTED] for name in layout.natural_key if name in keys)
