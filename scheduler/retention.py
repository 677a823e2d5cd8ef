"""Forget executions after a while: per job the newest ones stay, failed ones stay longer, log lines shorter (R50).

What the scheduler relies on is never pruned (R5): active rows, rows younger than 48 hours or than a tick that
may still be claimed, the newest row of each job, and the newest row of its ticks. What is pruned stays in the
daily totals.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Subquery

from scheduler import totals
from scheduler.models import (
    ExecutionLog,
    Job,
    JobExecution,
    SchedulerEvent,
    SchedulerSettings,
    Status,
    Trigger,
)
from scheduler.models.job import LONGEST_DAYS

logger = logging.getLogger(__name__)

INTERVAL = timedelta(hours=1)
CHUNK = 1000  # rows a transaction
JOBS = 25  # a step; each costs a query
YOUNGEST = timedelta(hours=48)
FAILED = (Status.FAILED, Status.TIMED_OUT)


class Deleted(NamedTuple):
    executions: int = 0
    lines: int = 0


def step(now: datetime) -> None:
    """Add what ended to the totals, then do the next piece of the hourly pruning when it is due.

    A piece is small, so that no tick has to wait. Whichever scheduler comes next goes on; two at once do no harm.
    """
    counted = totals.count_ended(CHUNK)
    sweep = SchedulerSettings.load()
    # Due later than the interval: written by a clock that was ahead.
    if sweep.prune_due_at is not None and now < sweep.prune_due_at <= now + INTERVAL:
        return
    if counted == CHUNK or delete_lines(now, CHUNK) == CHUNK:
        return
    position = _prune_jobs(now, after=sweep.pruned_until_job)
    place = SchedulerSettings.objects.filter(pk=sweep.pk, pruned_until_job=sweep.pruned_until_job)
    if position is None:
        _delete_events(now)
        place.update(pruned_until_job=0, prune_due_at=now + INTERVAL)
    else:
        place.update(pruned_until_job=position)


def _delete_events(now: datetime) -> None:
    """Delete the events of schedulers as old as log lines; there are few."""
    keep = max(_length(settings.SCHEDULER_KEEP_LOG_DAYS), YOUNGEST)
    SchedulerEvent.objects.filter(at__lt=now - keep).delete()


def _prune_jobs(now: datetime, *, after: int) -> int | None:
    """Prune up to JOBS jobs or CHUNK rows; return the last job that is finished, None after the last of all."""
    jobs = list(Job.objects.filter(pk__gt=after).order_by("pk")[:JOBS])
    chosen: list[int] = []
    finished = after
    for job in jobs:
        chosen += choose(job, now, CHUNK - len(chosen))
        if len(chosen) == CHUNK:
            break
        finished = job.pk
    deleted = delete_executions(chosen)
    if deleted.executions:
        logger.info("%s old executions deleted", deleted.executions, extra={"action": "executions_pruned"})
    if deleted.executions < len(chosen):
        return after  # their log lines were a chunk already
    is_last = len(chosen) < CHUNK and len(jobs) < JOBS
    return None if is_last else finished


def prunable(job: Job, now: datetime, *, days: int | None = None) -> QuerySet[JobExecution]:
    """Return the executions of `job` that need not be kept; `days` replaces what job and settings say."""
    keep_runs = settings.SCHEDULER_KEEP_RUNS if job.keep_runs is None else job.keep_runs
    oldest_kept = job.executions.order_by("-pk").values("pk")[max(0, keep_runs - 1) :][:1]
    newest_tick = job.executions.filter(trigger=Trigger.SCHEDULE).order_by("-scheduled_for").values("pk")[:1]
    ended, failed = _limits(job, now, days)
    return (
        job.executions.filter(completed_at__lt=ended, pk__lt=Subquery(oldest_kept))
        .filter(~Q(status__in=FAILED) | Q(completed_at__lt=failed))
        .exclude(pk__in=newest_tick)
        .order_by("completed_at")
    )


def _limits(job: Job, now: datetime, days: int | None) -> tuple[datetime, datetime]:
    """Return before when executions are old enough, and failed ones."""
    keep = days if days is not None else job.keep_days
    keep_days = settings.SCHEDULER_KEEP_DAYS if keep is None else keep
    failed_days = keep_days if days is not None else max(keep_days, settings.SCHEDULER_KEEP_FAILED_DAYS)
    # A tick older than the start deadline never runs; until then its row says that it was dealt with.
    least = max(YOUNGEST, timedelta(seconds=job.start_deadline_seconds or 0))
    return now - max(_length(keep_days), least), now - max(_length(failed_days), least)


def _length(days: int) -> timedelta:
    """Return so many days, or as many as can be counted back: one job's wish must not stop the pruning of all."""
    return timedelta(days=min(days, LONGEST_DAYS))


def old_lines(now: datetime, *, days: int | None = None) -> QuerySet[ExecutionLog]:
    """Return the log lines that need not be kept."""
    keep = settings.SCHEDULER_KEEP_LOG_DAYS if days is None else min(days, settings.SCHEDULER_KEEP_LOG_DAYS)
    return ExecutionLog.objects.filter(at__lt=now - max(_length(keep), YOUNGEST)).order_by("at")


def delete_lines(now: datetime, limit: int, *, days: int | None = None) -> int:
    """Delete up to `limit` old log lines; return how many."""
    return _delete(ExecutionLog.objects.all(), _first(old_lines(now, days=days), limit))


def choose(job: Job, now: datetime, limit: int, *, days: int | None = None) -> list[int]:
    """Return the ids of up to `limit` prunable executions that the totals hold."""
    return _first(prunable(job, now, days=days).filter(is_counted=True), limit)


def delete_executions(chosen: list[int]) -> Deleted:
    """Delete the chosen executions with their log lines; while these are more than a chunk, only a chunk of them."""
    lines = _first(ExecutionLog.objects.filter(execution__in=chosen).order_by("pk"), CHUNK)
    deleted_lines = _delete(ExecutionLog.objects.all(), lines)
    if len(lines) == CHUNK:
        return Deleted(lines=deleted_lines)
    return Deleted(_delete(JobExecution.objects.only("pk"), chosen), deleted_lines)


def _first(rows: QuerySet[Any], limit: int) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:limit])


def _delete(rows: QuerySet[Any], chosen: list[int]) -> int:
    """Delete those of the chosen rows that no other scheduler is deleting; return how many."""
    if not chosen:  # on SQLite a transaction takes the write lock even when there is nothing to do
        return 0
    with transaction.atomic():
        free = rows.filter(pk__in=chosen).select_for_update(skip_locked=True).values_list("pk", flat=True)
        return rows.filter(pk__in=list(free)).delete()[1].get(rows.model._meta.label, 0)
