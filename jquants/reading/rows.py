"""The values of selected rows, as plain as the databases have them: no models, no conversions that nobody needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, FloatField
from django.db.models.functions import Cast

from jquants.reading.adjustment import DECIMALS, UNMOVED, Factors, factors
from jquants.reading.selection import Selection
from jquants.reading.tables import PRICES

CHUNK = 2000  # rows in memory
Row = tuple[Any, ...]
Column = Sequence[Any]


def read(selection: Selection) -> Iterator[Row]:
    """Yield the selected rows in the order of `selection.order`, as `selection.header` names them.

    Numbers are floats and integers; days and times are ISO texts, and so is JSON. Memory stays the same however
    many rows there are.
    """
    return (row for chunk in chunks(selection) for row in chunk)


def chunks(selection: Selection) -> Iterator[list[Row]]:
    """Yield the rows of `read` in lists."""
    adjust = _Adjustment(selection) if selection.is_adjusted else None
    # On PostgreSQL a cursor of the server needs a transaction; on SQLite that would lock out who writes.
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        columns = [_column(selection, name) for name in _asked(selection)]
        sql, params = selection.queryset().values_list(*columns).query.sql_with_params()
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, params)
            while rows := cursor.fetchmany(CHUNK):
                yield adjust(rows) if adjust else rows


def _asked(selection: Selection) -> tuple[str, ...]:
    """Return the columns to ask the database for: adjusting needs code and date too."""
    return (*selection.columns, "code", "date") if selection.is_adjusted else selection.columns


def _column(selection: Selection, name: str) -> str | Cast:
    """Days and times come as text, decimals as floats: making objects of them would take longer than all the rest."""
    kind = selection.table.kind(name)
    if kind in ("date", "time"):
        return Cast(name, CharField())
    return Cast(name, FloatField()) if kind == "number" else name


class _Adjustment:
    """Appends the adjusted values to rows whose last two are code and date; column by column, which is cheap."""

    def __init__(self, selection: Selection) -> None:
        self._factors: dict[str, Factors] = factors(selection.codes)
        self._columns = [
            (selection.columns.index(name), 0 if name in PRICES else 1) for name in selection.adjusted
        ]

    def __call__(self, rows: list[Row]) -> list[Row]:
        columns: list[Column] = list(zip(*rows, strict=True))
        later = [self._after(code, day) for code, day in zip(*columns[-2:], strict=True)]
        is_moved = any(pair is not UNMOVED for pair in later)
        adjusted = (
            _times(columns[at], later, which) if is_moved else columns[at] for at, which in self._columns
        )
        return list(zip(*columns[:-2], *adjusted, strict=True))

    def _after(self, code: str, day: str) -> tuple[float, float]:
        issue = self._factors.get(code)
        return issue.after(day) if issue else UNMOVED


def _times(values: Column, later: Sequence[tuple[float, float]], which: int) -> Column:
    return [
        value if value is None or pair is UNMOVED else round(value * pair[which], DECIMALS)
        for value, pair in zip(values, later, strict=True)
    ]
