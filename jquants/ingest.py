"""Store what was fetched: one partition, one transaction, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from jquants import coverage, source
from jquants.datasets.dataset import Dataset
from jquants.datasets.errors import NoRowsError
from jquants.datasets.table import Row, decode
from jquants.upsert import Counts
from scheduler.models import JobExecution

__all__ = ["Counts", "write"]


def write(
    dataset: Dataset,
    rows: Sequence[Row],
    *,
    base_url: str,
    now: datetime,
    day: date | None = None,
    execution: JobExecution | None = None,
) -> Counts:
    """Store `rows`, all that `dataset` has of a partition, together with its coverage.

    `day` is the day they were asked for; None where the answer decides. `base_url` is where they came from.
    Raises DataError for rows that do not fit, or where only an empty day may come without any, and
    MixedSourcesError; nothing is stored then.
    """
    table = decode(dataset, rows, day=day)
    if not rows and not dataset.may_be_empty:
        raise NoRowsError(path=dataset.path, dataset=dataset.slug)
    with transaction.atomic():
        source.claim(base_url, now)
        coverage.record(table, execution=execution, now=now)
        return dataset.write(table) if table.rows else Counts()
