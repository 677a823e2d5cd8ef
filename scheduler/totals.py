"""The totals, which are kept for ever: add what ended to them, and read them together with the rest.

Totals and executions are read in one statement: between two, an execution could move from one to the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, DurationField, F, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from scheduler.models import DailyTotal, JobExecution, TypeTotal
from scheduler.models.daily_total import ROWS, Total


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
    _write(DailyTotal, ended, lambda run: (run.job_id, _day(run), run.job_type, run.status))
    _write(TypeTotal, ended, lambda run: (run.job_type, run.status))


def _day(run: JobExecution) -> date:
    assert run.completed_at is not None
    return timezone.localtime(run.completed_at, timezone.get_default_timezone()).date()


def _write(
    model: type[Total], ended: list[JobExecution], key: Callable[[JobExecution], tuple[Any, ...]]
) -> None:
    """Add the executions to the rows of `model`. The database adds, so that two schedulers lose nothing."""
    groups: dict[tuple[Any, ...], list[JobExecution]] = defaultdict(list)
    for run in ended:
        groups[key(run)].append(run)
    fields = {field.attname: field for field in model._meta.concrete_fields}
    columns = (*model.KEY, *model.SUMS)
    # In one order, so that two schedulers never wait for each other.
    rows = [
        [
            fields[name].get_db_prep_value(value, connection)
            for name, value in zip(columns, (*group, *_sums(groups[group])), strict=True)
        ]
        for group in sorted(groups)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_upsert(model, columns), rows)


def _sums(runs: list[JobExecution]) -> tuple[Any, ...]:
    """Return what the runs came to, in the order of `Total.SUMS`."""
    spent = sum((run.duration or timedelta(0) for run in runs), timedelta(0))
    return len(runs), spent, *(sum(getattr(run, name) for run in runs) for name in ROWS)


def _upsert(model: type[Total], columns: tuple[str, ...]) -> str:
    table = model._meta.db_table
    adding = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in model.SUMS)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "  # noqa: S608 - our own names
        f"ON CONFLICT ({', '.join(model.KEY)}) DO UPDATE SET {adding}"
    )


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
    kept = TypeTotal.objects.values_list("job_type", "status", *Total.SUMS)
    others = (
        JobExecution.objects.filter(is_counted=False)
        .order_by()
        .values_list("job_type", "status")
        .annotate(
            n=Count("pk"),
            spent=Sum(F("completed_at") - F("started_at"), output_field=DurationField()),
            **{f"sum_{name}": Sum(name) for name in ROWS},
        )
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
