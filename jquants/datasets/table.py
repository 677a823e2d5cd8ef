"""The decoded rows of one partition."""

from __future__ import annotations

import hashlib
import json
import marshal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from operator import itemgetter
from typing import Any

from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.errors import (
    ConflictingRowsError,
    MissingFieldError,
    UndecodableValueError,
    WrongDayError,
)
from jquants.datasets.fields import Misfit, Value

QUOTED = 80  # characters of a bad value that an error shows at most

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """Rows of `dataset` in the order of its columns, sorted by natural key, each key once.

    `day` is the partition's; None where the partition is the whole data set.
    """

    dataset: Dataset
    day: date | None
    rows: list[tuple[Value, ...]]

    def __len__(self) -> int:
        return len(self.rows)

    def checksum(self) -> str:
        """Return the SHA-256 of the content, the same whatever the order in which the rows came."""
        # Version 2 of the format has no back references: equal rows are equal bytes, on any Python.
        return hashlib.sha256(marshal.dumps(self.rows, 2)).hexdigest()


def decode(dataset: Dataset, rows: Sequence[Row], *, day: date | None = None) -> Table:
    """Return the table of `rows`; raises a DataError that names what does not fit.

    All rows of a daily partition must be of one day: of `day`, or where that is None of the first row's.
    """
    if not rows:
        return Table(dataset, day, [])
    columns = [_decoded(dataset, column, rows) for column in dataset.columns]
    if dataset.partition is Partition.DAY:
        day = _day_of(dataset, columns[dataset.day_position], rows, day)
    return Table(dataset, day, _unique(dataset, list(zip(*columns, strict=True))))


def _decoded(dataset: Dataset, column: Column, rows: Sequence[Row]) -> Sequence[Value]:
    try:
        return column.field.decode(_values(column, rows))
    except KeyError:
        broken = next(row for row in rows if column.key not in row)
        raise MissingFieldError(
            path=dataset.path, dataset=dataset.slug, row=_name(dataset, broken), field=column.key
        ) from None
    except Misfit as misfit:
        raise UndecodableValueError(
            path=dataset.path,
            dataset=dataset.slug,
            row=_name(dataset, rows[misfit.position]),
            field=column.key,
            value=_quoted(misfit.value),
            expected=misfit.expected,
        ) from None


def _values(column: Column, rows: Sequence[Row]) -> list[Any]:
    if column.optional and not any(column.key in row for row in rows):
        return [None] * len(rows)
    return list(map(itemgetter(column.key), rows))


def _day_of(dataset: Dataset, days: Sequence[Value], rows: Sequence[Row], asked: date | None) -> date:
    expected = asked.isoformat() if asked else days[0]
    if set(days) != {expected}:
        stray = next(row for row, day in zip(rows, days, strict=True) if day != expected)
        raise WrongDayError(
            path=dataset.path, dataset=dataset.slug, row=_name(dataset, stray), day=str(expected)
        )
    return date.fromisoformat(str(expected))


def _unique(dataset: Dataset, rows: list[tuple[Value, ...]]) -> list[tuple[Value, ...]]:
    """Return the rows sorted by natural key; identical ones once. Raises ConflictingRowsError."""
    key = itemgetter(*dataset.key_positions)
    rows.sort(key=key)
    if len(set(map(key, rows))) == len(rows):
        return rows
    once = dict.fromkeys(rows)
    for row, following in pairwise(once):
        if key(row) == key(following):
            name = "/".join(str(row[position]) for position in dataset.key_positions)
            raise ConflictingRowsError(path=dataset.path, dataset=dataset.slug, row=name)
    return list(once)


def _quoted(value: object) -> str:
    """Return `value` as JSON spells it, cut."""
    return json.dumps(value, ensure_ascii=False)[:QUOTED]


def _name(dataset: Dataset, row: Row) -> str:
    """Return what tells a person which row it is: the values of its natural key."""
    keys = (dataset.columns[position].key for position in dataset.key_positions)
    return "/".join(str(row.get(key, "?"))[:QUOTED] for key in keys)
