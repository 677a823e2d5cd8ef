"""Write ticks to the ledger: as a run, or as skipped with its reason (R3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from moo_markets import __version__
from scheduler.models import Job, JobExecution, OverlapPolicy, SkipReason, Status, Trigger

COUNT_LIMIT = 1000  # counting missed ticks stops here (R22)
# Live runs and those a person waits for come before backfill (R29).
PRIORITY = {Trigger.SCHEDULE: 0, Trigger.MANUAL: 0, Trigger.API: 0, Trigger.BACKFILL: 10}


@dataclass(frozen=True)
class TickRange:
    """Contiguous ticks, from the first to the last (UTC)."""

    first: datetime
    last: datetime
    count: int


def snapshot(job: Job) -> dict[str, Any]:
    """Return what an execution keeps of its job (R4)."""
    return {
        "job": job,
        "job_name": job.name,
        "job_type": job.job_type,
        "schedule_version": job.schedule_version,
        "code_version": __version__,
        "timeout_seconds": job.timeout_seconds,
        "warn_after_seconds": job.warn_after_seconds,
        "max_retries": job.max_retries,
        "retry_backoff_seconds": job.retry_backoff_seconds,
        "retry_timeouts": job.retry_timeouts,
        "orphan_policy": job.orphan_policy,
        "needs_slot": job.overlap_policy != OverlapPolicy.ALLOW,
    }


def new_run(job: Job, trigger: Trigger, now: datetime, **fields: Any) -> JobExecution:
    """Return an unsaved queued run of `job`."""
    return JobExecution(
        **snapshot(job) | {"parameters": job.parameters} | fields,
        trigger=trigger,
        priority=PRIORITY[trigger],
        created_at=now,
        available_at=now,
    )


def insert_run(run: JobExecution) -> bool:
    """Insert `run`; False when a unique key forbids it: its tick has a row, or the slot is held (R26)."""
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def record_skipped(job: Job, ticks: TickRange, reason: SkipReason, now: datetime) -> None:
    """Write `ticks` as skipped, joined to the range right before when that has the same reason."""
    newest = (
        JobExecution.objects.filter(job=job, trigger=Trigger.SCHEDULE, scheduled_for__lt=ticks.first)
        .only("status", "skip_reason", "scheduled_for", "scheduled_until", "tick_count", "schedule_version")
        .order_by("-scheduled_for")
        .first()
    )
    if (
        newest is not None
        and newest.skip_reason == reason
        and newest.schedule_version == job.schedule_version
    ):
        newest.change(
            only_from=(Status.SKIPPED,),
            scheduled_until=ticks.last,
            tick_count=min(newest.tick_count + ticks.count, COUNT_LIMIT),
            completed_at=now,
        )
        return
    JobExecution(
        **snapshot(job),
        parameters=job.parameters,
        trigger=Trigger.SCHEDULE,
        scheduled_for=ticks.first,
        scheduled_until=ticks.last if ticks.count > 1 else None,
        tick_count=ticks.count,
        status=Status.SKIPPED,
        skip_reason=reason,
        created_at=now,
        available_at=now,
        completed_at=now,
    ).save(force_insert=True)


def last_accounted(job: Job) -> datetime | None:
    """Return the newest tick of `job` that has a row, its own or that of a range."""
    newest = (
        JobExecution.objects.filter(job=job, trigger=Trigger.SCHEDULE)
        .order_by("-scheduled_for")
        .values_list("scheduled_for", "scheduled_until")
        .first()
    )
    return None if newest is None else newest[1] or newest[0]


def ticks_between(job: Job, cursor: datetime, until: datetime) -> TickRange | None:
    """Return the ticks of `job` in [cursor, until], counted up to COUNT_LIMIT; None when there is none.

    The cursor is a tick because it was promised as one, even if time zone data have changed since.
    """
    schedule = job.parsed_schedule
    if schedule is None or cursor > until:
        return None
    last = schedule.latest_until(until, since=cursor) or cursor
    return TickRange(cursor, last, 1 + schedule.count_between(cursor, until, limit=COUNT_LIMIT - 1))
