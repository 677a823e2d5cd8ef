"""The daily totals, which are kept for ever: add what ended to them, and read them together with the rest.

Totals and executions are read in one statement: between two, an execution could move from one to the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, DateField, DurationField, F, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from scheduler.models import DailyTotal, JobExecution

ROWS = ("rows_fetched", "rows_inserted", "rows_updated", "rows_unchanged")

# The database adds, so that two schedulers lose nothing.
_ADD = """
    INSERT INTO job_daily_totals
        (job_id, day, job_type, status,
         executions, time_spent, rows_fetched, rows_inserted, rows_updated, rows_unchanged)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (job_id, day, job_type, status) DO UPDATE SET
        executions = job_daily_totals.executions + excluded.executions,
        time_spent = job_daily_totals.time_spent + excluded.time_spent,
        rows_fetched = job_daily_totals.rows_fetched + excluded.rows_fetched,
        rows_inserted = job_daily_totals.rows_inserted + excluded.rows_inserted,
        rows_updated = job_daily_totals.rows_updated + excluded.rows_updated,
        rows_unchanged = job_daily_totals.rows_unchanged + excluded.rows_unchanged
"""


def count_ended(limit: int) -> int:
    """Add up to `limit` ended executions to their totals, each exactly once; return how many."""
    uncounted = JobExecution.objects.uncounted().order_by("completed_at")
    if (
        not uncounted.exists()
    ):  # on SQLite a transaction takes the write lock even when there is nothing to do
        return 0
    columns = ("job_id", "job_type", "status", "started_at", "completed_at", *ROWS)
    with transaction.atomic():
        ended = list(uncounted.select_for_update(skip_locked=True).only(*columns)[:limit])
        _add(ended)
        JobExecution.objects.filter(pk__in=[run.pk for run in ended]).update(is_counted=True)
    return len(ended)


def _add(ended: list[JobExecution]) -> None:
    groups: dict[tuple[int, date, str, str], list[JobExecution]] = defaultdict(list)
    for run in ended:
        groups[run.job_id, _day(run), run.job_type, run.status].append(run)
    with connection.cursor() as cursor:
        # In one order, so that two schedulers never wait for each other.
        cursor.executemany(_ADD, [_values(*key, groups[key]) for key in sorted(groups)])


def _day(run: JobExecution) -> date:
    assert run.completed_at is not None
    return timezone.localtime(run.completed_at, timezone.get_default_timezone()).date()


def _values(job: int, day: date, job_type: str, status: str, runs: list[JobExecution]) -> list[Any]:
    """Return the values of `_ADD` as the driver takes them."""
    spent = sum((run.duration or timedelta(0) for run in runs), timedelta(0))
    return [
        job,
        DateField().get_db_prep_value(day, connection),
        job_type,
        status,
        len(runs),
        DurationField().get_db_prep_value(spent, connection),
        *(sum(getattr(run, name) for run in runs) for name in ROWS),
    ]


@dataclass(frozen=True)
class Sums:
    """What all executions of one type in one status came to, pruned ones included.

    Exact, so that a counter made of it never falls.
    """

    executions: int = 0
    time_spent: timedelta = timedelta(0)
    rows: tuple[int, ...] = (0,) * len(ROWS)  # in the order of ROWS

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.executions + other.executions,
            self.time_spent + other.time_spent,
            tuple(map(sum, zip(self.rows, other.rows, strict=True))),
        )


def by_type_and_status() -> dict[tuple[str, str], Sums]:
    """Return the sums of all executions ever, active ones included; one query."""
    rows = {f"sum_{name}": Sum(name) for name in ROWS}
    kept = DailyTotal.objects.values_list("job_type", "status").annotate(
        n=Sum("executions"), spent=Sum("time_spent"), **rows
    )
    spent = Sum(F("completed_at") - F("started_at"), output_field=DurationField())
    others = (
        JobExecution.objects.filter(is_counted=False)
        .order_by()
        .values_list("job_type", "status")
        .annotate(n=Count("pk"), spent=spent, **rows)
    )
    result: dict[tuple[str, str], Sums] = {}
    for job_type, status, n, time_spent, *counts in kept.union(others, all=True):
        sums = Sums(int(n), time_spent or timedelta(0), tuple(map(int, counts)))
        key = job_type, status
        result[key] = result.get(key, Sums()) + sums
    return result


def by_day(since: date) -> Iterable[tuple[date, str, int]]:
    """Return day, status and number of what ended, pruned ones included; a pair may come twice. One query."""
    zone = timezone.get_default_timezone()
    kept = (
        DailyTotal.objects.filter(day__gte=since).values_list("day", "status").annotate(n=Sum("executions"))
    )
    others = (
        JobExecution.objects.uncounted()
        .filter(completed_at__gte=datetime.combine(since, time.min, zone))
        .order_by()
        .annotate(on=TruncDate("completed_at", tzinfo=zone))
        .values_list("on", "status")
        .annotate(n=Count("pk"))
    )
    return kept.union(others, all=True)
