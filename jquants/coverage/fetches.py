"""Which partitions of a data set are here, and the record of each fetch."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Avg, Q
from django.utils.translation import gettext_noop

from jquants.coverage import states
from jquants.datasets.dataset import Dataset
from jquants.models import Coverage, CoverageStatus, UnknownValues
from jquants.plan import subscription
from scheduler.masking import mask
from scheduler.models import JobExecution

if TYPE_CHECKING:
    from jquants.datasets.table import Table
    from jquants.upsert import Counts

logger = logging.getLogger(__name__)

ERROR_LIMIT = 1000  # characters of an error that are kept


class Record:
    """The coverage of a partition that is about to be written; `save` it in the same transaction, after the rows.

    What is stored stays noted as fetched, should J-Quants have nothing of that day later.
    """

    def __init__(
        self,
        table: Table,
        row: Coverage,
        fetched: dict[str, Any],
        *,
        is_new: bool,
        execution: JobExecution | None,
        now: datetime,
    ) -> None:
        self.table = table
        self._row = row
        self._fetched = fetched
        self._is_new = is_new
        self._execution = execution
        self._now = now

    @property
    def is_same(self) -> bool:
        """Whether the very content of the table was fetched before."""
        return (
            not self._is_new
            and self._row.status == CoverageStatus.FETCHED
            and self._row.checksum == self._fetched["checksum"]
            and self._row.absent_keys == self._fetched["absent_keys"]
        )

    def save(self, counts: Counts) -> None:
        """Write what was fetched; `counts` are what it did to the rows."""
        if self.table.unknown:
            _keep_unknown(self.table)
        if self._is_new or (not self.table.rows and self._row.status == CoverageStatus.FETCHED):
            return
        fields: dict[str, Any] = {
            "fetched_at": self._now,
            "execution": self._execution,
            "stale_since": None,
            "error": "",
        }
        is_changed = self._is_changed(counts)
        if is_changed or not self._knows_less:
            fields |= self._fetched
        if is_changed:
            fields |= {"changed_at": self._now, "changed_rows": counts.changed}
            logger.warning(
                gettext_noop("J-Quants has other rows of %(where)s than before: %(rows)s differ"),
                {"where": self._row, "rows": f"{counts.changed:,}"},
                extra={"action": "content_changed"},
            )
        Coverage.objects.filter(pk=self._row.pk).update(**fields)

    def _is_changed(self, counts: Counts) -> bool:
        """Whether other content is stored than was before; columns that one of the two sources lacks do not count."""
        if self._row.status != CoverageStatus.FETCHED or self.is_same:
            return False
        if self._knows_less:
            return counts.changed > 0
        if states.is_richer(self.table.dataset, self._fetched["plan"], than=self._row.plan):
            return counts.updated > 0
        return self._row.checksum != self.table.checksum(without=self._names(self._row.absent_keys))

    @property
    def _knows_less(self) -> bool:
        """Whether columns or rows are absent now that were there before, because the source or the plan lacks them."""
        return self._row.status == CoverageStatus.FETCHED and (
            not set(self._fetched["absent_keys"]) <= set(self._row.absent_keys)
            or states.is_richer(self.table.dataset, self._row.plan, than=self._fetched["plan"])
        )

    def _names(self, keys: Iterable[str]) -> set[str]:
        wanted = set(keys)
        return {column.name for column in self.table.dataset.columns if column.key in wanted}


def records(tables: Sequence[Table], *, execution: JobExecution | None, now: datetime) -> list[Record]:
    """Return the records of partitions of one data set, for the transaction that writes them.

    Comes before the rows: on PostgreSQL it locks out another writer of the same partitions.
    """
    dataset = tables[0].dataset
    plan = subscription.current().plan if dataset.richer_on else ""
    fetched = {table.day: _content(table, plan) for table in tables}
    rows, new = _rows(dataset, fetched, execution=execution, now=now)
    return [
        Record(
            table,
            rows[table.day],
            fetched[table.day],
            is_new=table.day in new,
            execution=execution,
            now=now,
        )
        for table in tables
    ]


def _content(table: Table, plan: str) -> dict[str, Any]:
    return {
        "status": CoverageStatus.FETCHED if table.rows else CoverageStatus.EMPTY,
        "rows": len(table),
        "checksum": table.checksum(),
        "plan": plan,
        "unknown_keys": table.unknown_keys(),
        "absent_keys": sorted(column.key for column in table.dataset.columns if column.name in table.absent),
    }


def _rows(
    dataset: Dataset,
    fetched: Mapping[date | None, dict[str, Any]],
    *,
    execution: JobExecution | None,
    now: datetime,
) -> tuple[dict[date | None, Coverage], set[date | None]]:
    """Return the locked rows of partitions by day, and the days whose row is new: it says what was `fetched`."""
    days = sorted(fetched, key=str)  # in one order, so that two writers do not wait for each other
    partitions = Q(day__in=days) if days != [None] else Q(day=None)
    stored = Coverage.objects.filter(partitions, dataset=dataset.slug)
    rows = {row.day: row for row in stored.order_by("day").select_for_update()}
    new = [
        Coverage(dataset=dataset.slug, day=day, fetched_at=now, execution=execution, **fetched[day])
        for day in days
        if day not in rows
    ]
    try:
        with transaction.atomic():
            Coverage.objects.bulk_create(new)
    except IntegrityError:
        if stored.count() == len(rows):
            raise
        # Another writer was first.
        return _rows(dataset, fetched, execution=execution, now=now)
    created = {row.day: row for row in new}
    return rows | created, set(created)


def _keep_unknown(table: Table) -> None:
    """Keep the values that no column takes."""
    slug = table.dataset.slug
    logger.warning(
        gettext_noop("J-Quants sent keys that this version does not know (%(keys)s); their values are kept"),
        {"keys": ", ".join(table.unknown_keys())},
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


def record_failed(
    dataset: Dataset, day: date | None, error: Exception, *, execution: JobExecution | None, now: datetime
) -> None:
    """Note that what J-Quants sent of `day` could not be stored; what is stored of it stays noted as fetched."""
    text = mask(str(error))[:ERROR_LIMIT]
    with transaction.atomic():
        # Locked, so that who stores the day at the same time is not overwritten.
        row, is_new = Coverage.objects.select_for_update().get_or_create(
            dataset=dataset.slug,
            day=day,
            defaults={
                "status": CoverageStatus.FAILED,
                "error": text,
                "fetched_at": now,
                "execution": execution,
            },
        )
        if is_new:
            return
        row.error = text
        if row.status != CoverageStatus.FETCHED:
            row.status, row.fetched_at, row.execution = CoverageStatus.FAILED, now, execution
            row.rows, row.checksum = 0, ""
        row.save()


def covered(dataset: Dataset, days: Iterable[date]) -> set[date]:
    """Return those of `days` that need no fetch: stored, whole and final, or empty for good."""
    wanted = set(days)
    if not wanted:
        return set()
    known = states.stored([dataset], min(wanted), max(wanted), plan=subscription.current().plan)
    return {day for day, row in known.of(dataset).items() if day in wanted and known.is_final(dataset, row)}


def fetched(dataset: Dataset, first: date, last: date) -> set[date]:
    """Return the days from `first` to `last` of which rows are stored, final or not."""
    rows = Coverage.objects.filter(
        dataset=dataset.slug, day__range=(first, last), status=CoverageStatus.FETCHED
    )
    return {day for day in rows.values_list("day", flat=True) if day is not None}


def usual_rows(datasets: Iterable[Dataset]) -> dict[str, float]:
    """Return how many rows a fetched partition has on average, by data set; nothing of those never fetched."""
    rows = Coverage.objects.filter(
        dataset__in=[dataset.slug for dataset in datasets], status=CoverageStatus.FETCHED
    )
    return dict(
        rows.order_by().values("dataset").annotate(average=Avg("rows")).values_list("dataset", "average")
    )


def done_by(execution: JobExecution, dataset: Dataset) -> set[date]:
    """Return the days of `dataset` that `execution` fetched."""
    rows = Coverage.objects.filter(dataset=dataset.slug, execution=execution)
    return {day for day in rows.values_list("day", flat=True) if day is not None}


def next_snapshot(dataset: Dataset, day: date) -> date | None:
    """Return the first fetched day of `dataset` after `day`."""
    later = Coverage.objects.filter(dataset=dataset.slug, day__gt=day, status=CoverageStatus.FETCHED)
    return later.order_by("day").values_list("day", flat=True).first()
