"""What is to be kept of rows as they are sent, by the declarations alone; and what is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from operator import itemgetter
from typing import Any, TypeAlias

from django.db import models

from jquants.datasets.dataset import Column, Layout, Related, Row
from jquants.datasets.fields import Clock, Day, Field, Flag, Mark
from jquants.datasets.numbers import Number

Values: TypeAlias = tuple[Any, ...]  # in the order of a layout's names
ByKey: TypeAlias = dict[Values, Values]


def to_keep(layout: Layout, rows: Sequence[Row]) -> ByKey:
    """Return by natural key what is to be stored of `rows`; a row that is sent twice is one."""
    columns = [
        [understood(column.field, value) for value in _sent(column, rows)] for column in layout.columns
    ]
    if layout.numbered_within:
        columns.append(_numbers(layout, list(zip(*columns, strict=True))))
    found: ByKey = {}
    for values in zip(*columns, strict=True):
        key = _key(layout, values)
        assert found.setdefault(key, values) == values, f"{layout.slug} {key} is two different rows"
    return found


def _sent(column: Column, rows: Sequence[Row]) -> list[Any]:
    """Return the values of a key; of one such as "Reason.Lifted" those of a member."""
    if column.optional:
        return [row.get(column.key) for row in rows]
    found: list[Any] = list(rows)
    for part in column.key.split("."):
        found = list(map(itemgetter(part), found))
    return found


def understood(field: Field, value: Any) -> Any:
    """Return what a sent value means."""
    if isinstance(field, Mark):
        return value if value in field.marks else ""
    if value is None or (isinstance(value, str) and value in field.missing):
        return None
    match field:
        case Number():
            return float(value)
        case Flag():
            return value == field.yes
        case Day():
            return date.fromisoformat(value)
        case Clock():
            return time.fromisoformat(value)
    return value


def _numbers(layout: Layout, rows: Sequence[Values]) -> list[int]:
    """Count the rows of each group from 1: nested ones as they came, others by content, of which null is the least."""
    groups = [tuple(row[at] for at in layout.positions(layout.numbered_within)) for row in rows]
    contents = [
        position if isinstance(layout, Related) else [(value is not None, value) for value in row]
        for position, row in enumerate(rows)
    ]
    numbers = [0] * len(rows)
    seen: Counter[Values] = Counter()
    for position in sorted(range(len(rows)), key=contents.__getitem__):
        seen[groups[position]] += 1
        numbers[position] = seen[groups[position]]
    return numbers


def kept(layout: Layout, stored: models.QuerySet[Any]) -> ByKey:
    """Return the stored rows by natural key."""
    found: ByKey = {}
    for row in stored.values_list(*layout.names):
        values = tuple(float(value) if isinstance(value, Decimal) else value for value in row)
        found[_key(layout, values)] = values
    return found


def _key(layout: Layout, values: Values) -> Values:
    return tuple(values[position] for position in layout.key_positions)


def differences(layout: Layout, expected: ByKey, stored: ByKey) -> list[str]:
    """Name what is missing, is too much, or has another value; each attribute of a row by itself."""
    if expected == stored:
        return []
    return [
        *(f"{key} is missing" for key in expected.keys() - stored.keys()),
        *(f"{key} was never sent" for key in stored.keys() - expected.keys()),
        *(
            f"{key}: {name} is {theirs!r}, not {ours!r}"
            for key in expected.keys() & stored.keys()
            for name, ours, theirs in zip(layout.names, expected[key], stored[key], strict=True)
            if ours != theirs
        ),
    ]
