"""Store what was fetched: one partition, one transaction, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from jquants import coverage, source, upsert
from jquants.datasets.dataset import Dataset
from jquants.datasets.errors import NoRowsError
from jquants.datasets.table import Row, Table, decode
from jquants.upsert import Counts
from scheduler.models import JobExecution

__all__ = ["Counts", "write", "write_table"]


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

    `day` is the day they were asked for; None where the answer decides. The rest is as in `write_table`.
    Raises DataError for rows that do not fit, or where only an empty day may come without any, and
    MixedSourcesError; nothing is stored then.
    """
    table = decode(dataset, rows, day=day)
    return write_table(table, base_url=base_url, now=now, execution=execution, is_thorough=is_thorough)


def write_table(
    table: Table,
    *,
    base_url: str,
    now: datetime,
    execution: JobExecution | None = None,
    is_thorough: bool = False,
) -> Counts:
    """Store a decoded partition that came from `base_url`, together with its coverage.

    Stored rows are compared one by one only where their checksum or their number differs, or `is_thorough`.
    """
    dataset = table.dataset
    if not table.rows and not dataset.may_be_empty:
        raise NoRowsError(path=dataset.path, dataset=dataset.slug)
    with transaction.atomic():
        source.claim(base_url, now)
        record = coverage.Record(table, execution=execution, now=now)
        if not table.rows:
            counts = Counts()
        elif not is_thorough and record.is_same and _are_all_there(table):
            counts = Counts(unchanged=len(table))
        else:
            counts = dataset.write(table)
        record.save(counts)
    return counts


def _are_all_there(table: Table) -> bool:
    """Whether as many rows are stored as the partition has; a writer of its own keeps them in its own way."""
    return table.dataset.write is upsert.write and upsert.stored_rows(table).count() == len(table)
