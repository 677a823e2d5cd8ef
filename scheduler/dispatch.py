"""Turn due ticks into executions: one transaction a job, so that a crash leaves nothing or everything (R14)."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from scheduler import ticks
from scheduler.control import replace_active
from scheduler.misfire import Downtime, decide
from scheduler.models import (
    Job,
    JobExecution,
    OverlapPolicy,
    SchedulerSettings,
    SkipReason,
    Status,
    Trigger,
)

logger = logging.getLogger(__name__)

BATCH = 500  # due jobs a pass
QUARANTINE_FIRST = timedelta(minutes=1)
QUARANTINE_LONGEST = timedelta(hours=1)


@dataclass
class Pass:
    """What one pass over the due jobs did, and when the next tick within `ahead` is due."""

    runs: list[JobExecution] = field(default_factory=list)
    next_due_at: datetime | None = None


def tick(now: datetime, *, ahead: timedelta = timedelta(0)) -> Pass:
    """Dispatch every job that is due at `now`. Raises only when the database is out of reach (R39)."""
    result = Pass()
    pauses: tuple[Downtime, ...] | None = None
    upcoming = Job.objects.due(now + ahead).unless_paused().values_list("pk", "next_run_at")[:BATCH]
    for pk, next_run_at in list(upcoming):
        if next_run_at is not None and next_run_at > now:
            result.next_due_at = next_run_at
            break
        try:
            if pauses is None:
                pauses = _pauses()
            result.runs += _dispatch(pk, now, pauses)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # one job's trouble must not stop the others (R18)
            _quarantine(pk, error, now)
    return result


def _pauses() -> tuple[Downtime, ...]:
    """Return the last pause of the whole scheduler, if it has ended."""
    switches = SchedulerSettings.load()
    if switches.paused_at is None or switches.resumed_at is None:
        return ()
    return (Downtime(switches.paused_at, switches.resumed_at, SkipReason.PAUSED),)


def _dispatch(pk: int, now: datetime, pauses: tuple[Downtime, ...]) -> list[JobExecution]:
    """Dispatch one job; nothing when another scheduler was faster or the job is not due any more."""
    with transaction.atomic():
        job = (
            Job.objects.due(now)
            .unless_paused()
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=pk)
            .first()
        )
        if job is None:
            return []
        downtimes = pauses
        if job.quarantined_since is not None:
            downtimes += (Downtime(job.quarantined_since, now, SkipReason.QUARANTINED),)
        decision = decide(
            job, now, grace=timedelta(seconds=settings.SCHEDULER_GRACE_SECONDS), downtimes=downtimes
        )
        cursor = Job.objects.filter(pk=pk, next_run_at=job.next_run_at, schedule_version=job.schedule_version)
        if not cursor.update(
            next_run_at=decision.next_run_at,
            quarantined_since=None,
            quarantined_until=None,
            quarantine_error="",
            quarantine_count=0,
        ):
            return []  # somebody moved it between our read and now; nothing is written yet
        for passed, reason in decision.skipped:
            ticks.record_skipped(job, passed, reason, now)
            logger.info(
                "%s: %s ticks from %s skipped (%s)",
                job.name,
                passed.count,
                passed.first.isoformat(),
                reason.value,
                extra={"action": "ticks_skipped"},
            )
        is_backlog = len(decision.run) > 1
        runs = [_start(job, moment, now, is_backlog=is_backlog) for moment in decision.run]
    return [run for run in runs if run is not None]


def _start(job: Job, moment: datetime, now: datetime, *, is_backlog: bool) -> JobExecution | None:
    """Queue the run of one tick, by the job's overlap policy (R25, R26)."""
    if job.overlap_policy == OverlapPolicy.REPLACE and not is_backlog:
        replace_active(job, now)
    run = ticks.new_run(
        job,
        Trigger.SCHEDULE,
        now,
        scheduled_for=moment,
        trading_date=job.trading_date(moment),
        expires_at=_expiry(job, moment),
        # Ticks being caught up wait for one another; they take the slot when they are claimed.
        holds_slot=job.overlap_policy == OverlapPolicy.FORBID and not is_backlog and not _has_backlog(job),
    )
    if ticks.insert_run(run):
        logger.info(
            "%s: execution %s queued for %s",
            job.name,
            run.pk,
            moment.isoformat(),
            extra={"action": "execution_queued"},
        )
        return run
    if not job.executions.filter(trigger=Trigger.SCHEDULE, scheduled_for=moment).exists():
        ticks.record_skipped(job, ticks.TickRange(moment, moment, 1), SkipReason.OVERLAP, now)
        logger.info(
            "%s: tick %s skipped (overlap)", job.name, moment.isoformat(), extra={"action": "ticks_skipped"}
        )
    return None


def _has_backlog(job: Job) -> bool:
    return job.executions.filter(trigger=Trigger.SCHEDULE, status=Status.QUEUED, holds_slot=False).exists()


def _expiry(job: Job, moment: datetime) -> datetime | None:
    deadline = job.start_deadline_seconds
    return None if deadline is None else moment + timedelta(seconds=deadline)


def _quarantine(pk: int, error: Exception, now: datetime) -> None:
    """Set the job aside for a minute, doubling up to an hour, and say why (R18)."""
    job = Job.objects.get(pk=pk)
    pause = min(QUARANTINE_FIRST * 2 ** min(job.quarantine_count, 10), QUARANTINE_LONGEST)
    job.quarantined_since = job.quarantined_since or now
    job.quarantined_until = now + pause
    job.quarantine_error = f"{type(error).__name__}: {error}"
    job.quarantine_count += 1
    job.save(
        update_fields=[
            "quarantined_since",
            "quarantined_until",
            "quarantine_error",
            "quarantine_count",
            "updated_at",
        ]
    )
    logger.error(
        "%s: cannot be scheduled; next try at %s",
        job.name,
        job.quarantined_until.isoformat(),
        exc_info=error,
        extra={"action": "job_quarantined"},
    )
