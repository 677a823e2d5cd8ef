"""Rows into a table, fast, with exact counts; unchanged rows are not rewritten.

PostgreSQL takes them through COPY, SQLite through executemany of many rows; both on Django's connection, in the
caller's transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, groupby, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection, models
from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from jquants.datasets.dataset import Layout
    from jquants.datasets.fields import Value
    from jquants.datasets.table import Table

logger = logging.getLogger(__name__)

STAGE = "upsert_stage"
# For a load of some months: SQLite then writes each page of an index once a transaction, and waits for the disk rarely.
LOAD_PRAGMAS = {"cache_size": -52_000, "wal_autocheckpoint": 16_000}  # KiB of pages; pages of 4 KiB
PARAMETERS_A_STEP = 4_000  # SQLite takes 32,766 a statement; more cost Django as much as they save
KEYS_A_STEP = 200
ROWS_A_PART = 5_000

Rows = Sequence[tuple["Value", ...]]


@dataclass(frozen=True)
class Counts:
    """What a write did with the rows it was given: each is one of the first three."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0  # stored rows that were not among them

    @property
    def changed(self) -> int:
        return self.inserted + self.updated + self.deleted


def write(table: Table) -> Counts:
    """Store `table` in the model of its data set, and what is nested in its rows in theirs.

    Counts the rows of the data set; one whose nested rows alone have changed is not among the updated. What is
    stored in columns that are absent from `table` stays.
    """
    dataset = table.dataset
    stored = stored_rows(table)
    counts = merge(stored, dataset.names, dataset.natural_key, table.rows, keep=table.absent)
    if dataset.replaces:
        deleted = delete_others(stored, dataset.natural_key, dataset.key_positions, table.rows)
        counts = replace(counts, deleted=deleted)
        if deleted:
            logger.info(
                gettext_noop("%(rows)s rows that J-Quants no longer has were deleted"),
                {"rows": deleted},
                extra={"action": "rows_deleted"},
            )
    for related, rows in table.related.items():
        parents = {row[dataset.names.index(related.parent)] for row in table.rows}
        nested = related.model._default_manager.filter(**{f"{related.parent}__in": parents})
        merge(nested, related.names, related.natural_key, rows)
        delete_others(nested, related.natural_key, related.key_positions, rows)
    return counts


def are_new(tables: Sequence[Table]) -> bool:
    """Whether these are some days of a data set that keeps plain rows, with nothing stored of any of them."""
    if len(tables) < 2 or tables[0].dataset.write is not write:
        return False
    dataset = tables[0].dataset
    if any(related.parent != dataset.day_column for related in dataset.related):
        return False
    days = {f"{dataset.day_column}__in": [table.day for table in tables]}
    layouts: tuple[Layout, ...] = (dataset, *dataset.related)
    return all(_is_empty(layout.model._default_manager.filter(**days)) for layout in layouts)


def _is_empty(rows: models.QuerySet[Any]) -> bool:
    """Whether there are no such rows.

    With exists(), PostgreSQL looks through the whole table for the first of rows that it takes for many. It counts
    them by their index, which is as quick where there are none.
    """
    return not rows.count()


def insert_tables(tables: Sequence[Table]) -> list[Counts]:
    """Insert days that `are_new`, oldest first, sorted by key together: each page of an index is visited once."""
    dataset = tables[0].dataset
    _insert_sorted(dataset, dataset.day_column, [table.rows for table in tables])
    for related in dataset.related:
        _insert_sorted(related, dataset.day_column, [table.related.get(related, []) for table in tables])
    return [Counts(inserted=len(table)) for table in tables]


def _insert_sorted(layout: Layout, day_column: str, parts: Iterable[Rows]) -> None:
    """Insert `parts`, each a day's rows sorted by key, sorted by what the key has before the day."""
    rows = list(chain.from_iterable(parts))
    if before_day := layout.positions(takewhile(day_column.__ne__, layout.natural_key)):
        rows.sort(key=itemgetter(*before_day))
    insert(layout.model, layout.names, rows)


@contextmanager
def loading() -> Iterator[None]:
    """Prepare the connection for transactions of many rows; as it was afterwards."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in LOAD_PRAGMAS}
        _set_pragmas(cursor, LOAD_PRAGMAS)
        try:
            yield
        finally:
            _set_pragmas(cursor, usual)


def _set_pragmas(cursor: Any, values: dict[str, int]) -> None:
    for name, value in values.items():
        cursor.execute(f"PRAGMA {name} = {value}")


def stored_rows(table: Table) -> models.QuerySet[Any]:
    """Return what is stored of the partition of `table`."""
    rows = table.dataset.model._default_manager.all()
    return rows if table.day is None else rows.filter(**{table.dataset.day_column: table.day})


def merge(
    stored: models.QuerySet[Any],
    names: Sequence[str],
    key: Sequence[str],
    rows: Rows,
    *,
    keep: Collection[str] = (),
) -> Counts:
    """Insert the `rows` that are new by `key`, update those that differ in other columns than those to `keep`.

    `stored` are the rows of the table among which those keys are; `names` say what is in a row, keys once.
    """
    if not rows:
        return Counts()
    if _is_empty(stored):
        insert(stored.model, names, rows)
        return Counts(inserted=len(rows))
    statement = _Statement(stored.model, names)
    on_conflict = statement.update_where_different({*key, *keep}, key)
    if connection.vendor == "postgresql":
        inserted, updated = _merge_copied(statement, on_conflict, rows)
    else:
        inserted, updated = _merge_inserted(stored, statement, on_conflict, rows)
    return Counts(inserted, updated, len(rows) - inserted - updated)


def delete_others(
    stored: models.QuerySet[Any], key: Sequence[str], positions: Sequence[int], rows: Rows
) -> int:
    """Delete those of `stored` whose key none of `rows` has; return how many."""
    if stored.count() == len(rows):
        return 0
    kept = {tuple(str(row[position]) for position in positions) for row in rows}
    gone = [pk for pk, *values in stored.values_list("pk", *key) if tuple(map(str, values)) not in kept]
    for start in range(0, len(gone), KEYS_A_STEP):
        stored.model._default_manager.filter(pk__in=gone[start : start + KEYS_A_STEP]).delete()
    return len(gone)


def insert(model: type[models.Model], names: Sequence[str], rows: Rows) -> None:
    """Insert rows whose keys are known to be new."""
    if not rows:
        return
    statement = _Statement(model, names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, statement.table, statement.columns, rows)
        else:
            _execute(cursor, statement, rows)


class _Statement:
    """The parts of the SQL that writes `names` of `model`."""

    def __init__(self, model: type[models.Model], names: Sequence[str]) -> None:
        columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
        self.names = names
        self._quoted = {name: _quote(columns[name]) for name in names}
        self.table = _quote(model._meta.db_table)
        self.columns = ", ".join(self._quoted.values())
        self.insert = f"INSERT INTO {self.table} ({self.columns})"
        self._row = f"({', '.join(['%s'] * len(names))})"

    def insert_values(self, rows: int) -> str:
        """Return the statement that inserts `rows` rows."""
        return f"{self.insert} VALUES {', '.join([self._row] * rows)}"

    def update_where_different(self, fixed: Collection[str], key: Sequence[str]) -> str:
        """Return the clause that updates the row of an existing key, if columns that are not `fixed` differ."""
        others = [column for name, column in self._quoted.items() if name not in fixed]
        conflict = f"ON CONFLICT ({', '.join(self._quoted[name] for name in key)})"
        if not others:
            return f"{conflict} DO NOTHING"
        return (
            f"{conflict} DO UPDATE SET "
            + ", ".join(f"{column} = excluded.{column}" for column in others)
            + f" WHERE ({', '.join(f'{self.table}.{column}' for column in others)})"
            + f" {_DIFFERS[connection.vendor]} ({', '.join(f'excluded.{column}' for column in others)})"
        )


_DIFFERS = {"postgresql": "IS DISTINCT FROM", "sqlite": "IS NOT"}


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _merge_copied(statement: _Statement, on_conflict: str, rows: Rows) -> tuple[int, int]:
    """Return how many rows were inserted and updated."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {STAGE} ON COMMIT DROP AS "  # noqa: S608 - names of our own models
            f"SELECT {statement.columns} FROM {statement.table} WITH NO DATA"
        )
        _copy(cursor, STAGE, statement.columns, rows)
        # xmax is 0 in a row that nobody has locked or replaced: one that was inserted.
        cursor.execute(
            f"WITH written AS ({statement.insert} SELECT {statement.columns} FROM {STAGE} "  # noqa: S608
            f"{on_conflict} RETURNING xmax = 0 AS is_new) "
            "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written"
        )
        inserted, updated = cursor.fetchone()
        cursor.execute(f"DROP TABLE {STAGE}")
    return inserted, updated


def _merge_inserted(
    stored: models.QuerySet[Any], statement: _Statement, on_conflict: str, rows: Rows
) -> tuple[int, int]:
    """Return how many rows were inserted and updated."""
    before = stored.count()
    with connection.cursor() as cursor:
        written = -connection.connection.total_changes
        _execute(cursor, statement, rows, on_conflict)
        written += connection.connection.total_changes
    inserted = stored.count() - before
    return inserted, written - inserted


def _execute(cursor: Any, statement: _Statement, rows: Rows, on_conflict: str = "") -> None:
    """Insert in SQLite, many rows a step: a third cheaper than a row a step, and other threads run meanwhile.

    Of two sizes, as each has a statement that Python keeps prepared; what is left goes a row a step.
    """
    for size in (PARAMETERS_A_STEP // len(statement.names), 1):
        whole = len(rows) - len(rows) % size
        if whole:
            steps = (list(chain.from_iterable(rows[start : start + size])) for start in range(0, whole, size))
            cursor.executemany(f"{statement.insert_values(size)} {on_conflict}", steps)
            rows = rows[whole:]


def _copy(cursor: Any, table: str, columns: str, rows: Rows) -> None:
    """Copy rows into PostgreSQL, as lines of CSV where these are what JSON makes of them."""
    for is_csv, parts in groupby(_parts(rows), key=lambda part: isinstance(part, bytes)):
        form = "(FORMAT csv, NULL 'null')" if is_csv else ""
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN {form}") as copy:
            for part in parts:  # each is made while the server stores the one before
                if isinstance(part, bytes):
                    copy.write(part)
                    continue
                for row in part:
                    copy.write_row(row)


def _parts(rows: Rows) -> Iterator[bytes | Rows]:
    """Yield `rows` in parts as lines of CSV, or as they are where a text has a quote or the like.

    Written as JSON, which takes a third of psycopg's time: texts are quoted, a null is not, and rows are told apart by
    what is nowhere else.
    """
    for start in range(0, len(rows), ROWS_A_PART):
        part = rows[start : start + ROWS_A_PART]
        text = orjson.dumps(part)
        if b"\\" in text or text.count(b"],[") != len(part) - 1:
            yield part
        else:
            yield text[2:-2].replace(b"],[", b"\n") + b"\n"
