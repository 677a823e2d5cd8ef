"""Store what was fetched: a partition is stored with its coverage, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from jquants import source, upsert
from jquants.coverage import fetches
from jquants.datasets.dataset import Dataset
from jquants.datasets.errors import NoRowsError
from jquants.datasets.table import Row, Table, decode
from jquants.upsert import Counts
from scheduler.models import JobExecution

__all__ = ["Counts", "write", "write_tables"]


def write(
    dataset: Dataset,
    rows: Sequence[Row],
    *,
    base_url: str,
    now: datetime,
    day: date | None = None,
    execution: JobExecution | None = None,
    is_thorough: bool = False,
) -> Counts:
    """Store `rows`, all that `dataset` has of a partition, together with its coverage.

    `day` is the day they were asked for; None where the answer decides. The rest is as in `write_tables`.
    Raises DataError for rows that do not fit, or where only an empty day may come without any, and
    MixedSourcesError; nothing is stored then.
    """
    table = decode(dataset, rows, day=day)
    [counts] = write_tables([table], base_url=base_url, now=now, execution=execution, is_thorough=is_thorough)
    return counts


def write_tables(
    tables: Sequence[Table],
    *,
    base_url: str,
    now: datetime,
    execution: JobExecution | None = None,
    is_thorough: bool = False,
) -> list[Counts]:
    """Store decoded partitions of a data set that came from `base_url`, with their coverage, in one transaction.

    Stored rows are compared one by one only where their checksum or their number differs, or `is_thorough`.
    """
    for table in tables:
        check_rows(table)
    with transaction.atomic():
        source.claim(base_url, now)
        records = fetches.records(tables, execution=execution, now=now)
        if upsert.are_new(tables):
            counts = upsert.insert_tables(tables)
        else:
            counts = [_stored(record, is_thorough=is_thorough) for record in records]
        for record, counted in zip(records, counts, strict=True):
            record.save(counted)
    return counts


def check_rows(table: Table) -> None:
    """Raise NoRowsError for a partition that never is without rows, and has none."""
    dataset = table.dataset
    if not table.rows and not dataset.may_be_empty:
        raise NoRowsError(path=dataset.path, dataset=dataset.slug)


def _stored(record: fetches.Record, *, is_thorough: bool) -> Counts:
    table = record.table
    if not table.rows:
        return Counts()
    if not is_thorough and record.is_same and _are_all_there(table):
        return Counts(unchanged=len(table))
    return table.dataset.write(table)


def _are_all_there(table: Table) -> bool:
    """Whether as many rows are stored as the partition has; a writer of its own keeps them in its own way."""
    return table.dataset.write is upsert.write and upsert.stored_rows(table).count() == len(table)
