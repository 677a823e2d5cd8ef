"""Which partitions of a data set are here, and the record of each fetch."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from jquants.datasets.dataset import Dataset
from jquants.datasets.table import Table
from jquants.expected import final_at
from jquants.models import Coverage, CoverageStatus, UnknownValues
from scheduler.models import JobExecution

logger = logging.getLogger(__name__)

# A day that came empty is asked for again until then: J-Quants may just have been late.
EMPTY_IS_FINAL_AFTER = timedelta(days=7)


def record(table: Table, *, execution: JobExecution | None, now: datetime) -> None:
    """Write the coverage of `table`, whose rows are stored in the same transaction.

    Comes before the rows: on PostgreSQL the row locks out another writer of the same partition.
    What is stored stays noted as fetched, should J-Quants have nothing of that day later.
    """
    if not table.rows and _is_stored(table):
        return
    Coverage.objects.update_or_create(
        dataset=table.dataset.slug,
        day=table.day,
        defaults={
            "status": CoverageStatus.FETCHED if table.rows else CoverageStatus.EMPTY,
            "rows": len(table),
            "checksum": table.checksum(),
            "unknown_keys": table.unknown_keys(),
            "fetched_at": now,
            "execution": execution,
        },
    )
    if table.unknown:
        _keep_unknown(table)


def _keep_unknown(table: Table) -> None:
    """Keep the values that no column takes."""
    slug = table.dataset.slug
    logger.warning(
        "J-Quants sent keys that this version does not know (%s); their values are kept",
        ", ".join(table.unknown_keys()),
        extra={"action": "unknown_keys"},
    )
    UnknownValues.objects.filter(dataset=slug, day=table.day).delete()
    UnknownValues.objects.bulk_create(
        UnknownValues(dataset=slug, day=table.day, row=row, values=dict(values))
        for row, values in table.unknown.items()
    )


def record_refused(
    dataset: Dataset, days: Iterable[date], *, execution: JobExecution | None, now: datetime
) -> None:
    """Note that the plan does not cover `days`; what was fetched of them stays noted as fetched."""
    Coverage.objects.bulk_create(
        [
            Coverage(
                dataset=dataset.slug,
                day=day,
                status=CoverageStatus.REFUSED,
                fetched_at=now,
                execution=execution,
            )
            for day in days
        ],
        ignore_conflicts=True,
    )


def covered(dataset: Dataset, days: Iterable[date]) -> set[date]:
    """Return those of `days` that need no fetch: stored and final, or empty for good."""
    wanted = set(days)
    if not wanted:
        return set()
    rows = Coverage.objects.filter(dataset=dataset.slug, day__range=(min(wanted), max(wanted))).exclude(
        status=CoverageStatus.REFUSED
    )
    return {
        row.day
        for row in rows.only("day", "status", "fetched_at")
        if row.day in wanted and _is_final(dataset, row)
    }


def _is_stored(table: Table) -> bool:
    return Coverage.objects.filter(
        dataset=table.dataset.slug, day=table.day, status=CoverageStatus.FETCHED
    ).exists()


def _is_final(dataset: Dataset, row: Coverage) -> bool:
    """Whether what was fetched stays as it is."""
    assert row.day is not None
    since = final_at(dataset, row.day)
    if since is not None and row.fetched_at < since:
        return False
    if row.status == CoverageStatus.FETCHED or dataset.is_sparse:
        return True
    return row.fetched_at.date() > row.day + EMPTY_IS_FINAL_AFTER


def next_snapshot(dataset: Dataset, day: date) -> date | None:
    """Return the first fetched day of `dataset` after `day`."""
    later = Coverage.objects.filter(dataset=dataset.slug, day__gt=day, status=CoverageStatus.FETCHED)
    return later.order_by("day").values_list("day", flat=True).first()
