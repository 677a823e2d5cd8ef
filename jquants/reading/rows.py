"""The values of selected rows, as plain as the databases have them: no models, no conversions that nobody needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import groupby
from math import floor
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, FloatField
from django.db.models.functions import Cast

from jquants.memory import collection_paused
from jquants.reading.adjustment import SCALE, Run, factors
from jquants.reading.selection import Selection
from jquants.reading.tables import PRICES

CHUNK = 4000  # rows in memory: an issue's history in one
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
    names = (*selection.columns, *(adjust.needed if adjust else ()))
    # On PostgreSQL a cursor of the server needs a transaction; on SQLite that would lock out who writes.
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        columns = [_column(selection, name) for name in names]
        sql, params = selection.queryset().values_list(*columns).query.sql_with_params()
        with connection.chunked_cursor() as cursor:
            if connection.vendor == "postgresql":
                _load_plainly(cursor)
            cursor.execute(sql, params)
            rows = _next(cursor, adjust)
            while rows:
                yield rows
                rows = _next(cursor, adjust) if len(rows) == CHUNK else []


def _next(cursor: Any, adjust: _Adjustment | None) -> list[Row]:
    with collection_paused():  # of thousands of rows none is garbage yet
        rows = cursor.fetchmany(CHUNK)
        return adjust(rows) if adjust and rows else rows


def _column(selection: Selection, name: str) -> str | Cast:
    """Days and times come as text, decimals as floats: making objects of them would take longer than all the rest."""
    if connection.vendor == "postgresql":  # which would take as long for the cast; see `_load_plainly`
        return name
    kind = selection.table.kind(name)
    if kind in ("date", "time"):
        return Cast(name, CharField())
    return Cast(name, FloatField()) if kind == "number" else name


def _load_plainly(cursor: Any) -> None:
    """Have psycopg read what the server writes as it is, decimals as floats."""
    from psycopg.types.numeric import FloatLoader
    from psycopg.types.string import TextLoader

    adapters = cursor.cursor.adapters
    adapters.register_loader("numeric", FloatLoader)
    for name in ("date", "time"):
        adapters.register_loader(name, TextLoader)


class _Adjustment:
    """Appends the adjusted values to rows, column by column, which is cheap.

    The rows have the columns of the selection and then those that are `needed` besides. Rows of an issue that stand
    side by side ascend by day, in either order of a selection.
    """

    def __init__(self, selection: Selection) -> None:
        names = selection.columns
        self.needed = tuple(name for name in ("code", "date") if name not in names)
        self._code, self._day = ((*names, *self.needed).index(name) for name in ("code", "date"))
        self._width = len(names)
        self._adjusted = [(names.index(name), name in PRICES) for name in selection.adjusted]
        self._factors = factors(selection.codes)

    def __call__(self, rows: list[Row]) -> list[Row]:
        columns: list[Column] = list(zip(*rows, strict=True))
        runs = list(self._runs(columns[self._code], columns[self._day]))
        adjusted = (_times(columns[at], runs, is_price=is_price) for at, is_price in self._adjusted)
        return list(zip(*columns[: self._width], *adjusted, strict=True))

    def _runs(self, codes: Column, days: Column) -> Iterator[Run]:
        """Yield the runs of rows, those of issues that nothing has moved together."""
        start = end = 0
        for code, rows in groupby(codes):
            first, end = end, end + sum(1 for _ in rows)
            if code in self._factors:
                if start < first:
                    yield Run(start, first)
                yield from self._factors[code].runs(days, first, end)
                start = end
        if start < end:
            yield Run(start, end)


def _times(values: Column, runs: Sequence[Run], *, is_price: bool) -> Column:
    moved: list[Any] = []
    for run in runs:
        factor = run.price if is_price else run.volume
        part = values[run.start : run.end]
        if factor == 1.0:
            moved += part
        else:
            scaled = factor * SCALE
            # Half up, as the databases do; round() takes twice the time.
            moved += [None if value is None else floor(value * scaled + 0.5) / SCALE for value in part]
    return moved
