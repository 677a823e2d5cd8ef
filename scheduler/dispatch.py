"""Turn due ticks into executions: the ordinary ones in batches, every other job in a transaction of its own.

A crash leaves nothing or everything of each job (R14).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from scheduler import batch, ticks
from scheduler.batch import Batch
from scheduler.control import replace_active
from scheduler.masking import mask
from scheduler.misfire import Downtime, decide
from scheduler.models import (
    Job,
    JobExecution,
    OverlapPolicy,
    SchedulerSettings,
    SkipReason,
    Trigger,
)
from scheduler.models.due import NOT_QUARANTINED
from scheduler.statements import Given, Selection, column

logger = logging.getLogger(__name__)

BATCH = 2000  # due jobs a pass: a fifth of a second of locks
ALONE = 200  # of them, those that need a transaction each
QUARANTINE_FIRST = timedelta(minutes=1)
QUARANTINE_LONGEST = timedelta(hours=1)


def tick(now: datetime, *, ahead: timedelta = timedelta(0)) -> datetime | None:
    """Dispatch up to BATCH jobs that are due at `now`; return when there may be more to do, if within `ahead`.

    Raises only when the database is out of reach (R39).
    """
    upcoming = _upcoming().rows(until=now + ahead)
    if not upcoming:
        return None
    next_due_at: datetime = upcoming[0][0]
    if next_due_at > now:
        return next_due_at
    ordinary = _batch(now)
    pauses = _pauses() if ordinary.left else ()
    moved = [pk for pk in ordinary.left[:ALONE] if _alone(pk, now, pauses)]
    return now if ordinary.queued or moved else None


@cache
def _upcoming() -> Selection:
    """Return what an idle scheduler asks every second: the first cursor that is due `until` then."""
    until = Given("until", column(Job, "next_run_at"))
    return Selection(Job.objects.due(until).unless_paused().values_list("next_run_at")[:1])


def _batch(now: datetime) -> Batch:
    """Dispatch what is ordinary at once; when that fails, leave every job to a transaction of its own (R18)."""
    try:
        return batch.dispatch(now, limit=BATCH)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception(
            "a batch failed; its jobs are dispatched one by one", extra={"action": "batch_failed"}
        )
    return Batch(left=list(Job.objects.due(now).unless_paused().values_list("pk", flat=True)[:ALONE]))


def _alone(pk: int, now: datetime, pauses: tuple[Downtime, ...]) -> bool:
    """Dispatch one job, or set it aside when that fails; False when there was nothing to do."""
    try:
        return _dispatch(pk, now, pauses)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # one job's trouble must not stop the others (R18)
        _quarantine(pk, error, now)
        return True


def _pauses() -> tuple[Downtime, ...]:
    """Return the last pauses of the whole scheduler that have ended."""
    pauses = SchedulerSettings.load().pauses()
    return tuple(Downtime(since, until, SkipReason.PAUSED) for since, until in pauses)


def _dispatch(pk: int, now: datetime, pauses: tuple[Downtime, ...]) -> bool:
    """Dispatch one job; False when another scheduler was faster or the job is not due any more."""
    with transaction.atomic():
        job = (
            Job.objects.due(now)
            .unless_paused()
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=pk)
            .first()
        )
        if job is None:
            return False
        grace, downtimes = timedelta(seconds=settings.SCHEDULER_GRACE_SECONDS), pauses
        if job.quarantined_since is not None:  # at a tick that was in time then
            downtimes += (Downtime(job.quarantined_since - grace, now, SkipReason.QUARANTINED),)
        decision = decide(job, now, grace=grace, downtimes=downtimes)
        cursor = Job.objects.filter(pk=pk, next_run_at=job.next_run_at, schedule_version=job.schedule_version)
        if not cursor.update(next_run_at=decision.next_run_at, **NOT_QUARANTINED):
            return False  # somebody moved it between our read and now; nothing is written yet
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
        for moment in decision.run:
            _start(job, moment, now, is_backlog=is_backlog)
    return True


def _start(job: Job, moment: datetime, now: datetime, *, is_backlog: bool) -> None:
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
        return
    if not job.executions.filter(trigger=Trigger.SCHEDULE, scheduled_for=moment).exists():
        ticks.record_skipped(job, ticks.TickRange(moment, moment, 1), SkipReason.OVERLAP, now)
        logger.info(
            "%s: tick %s skipped (overlap)", job.name, moment.isoformat(), extra={"action": "ticks_skipped"}
        )


def _has_backlog(job: Job) -> bool:
    return JobExecution.objects.backlog().filter(job=job).exists()


def _expiry(job: Job, moment: datetime) -> datetime | None:
    deadline = job.start_deadline_seconds
    return None if deadline is None else moment + timedelta(seconds=deadline)


def _quarantine(pk: int, error: Exception, now: datetime) -> None:
    """Set the job aside for a minute, doubling up to an hour, and say why (R18)."""
    job = Job.objects.get(pk=pk)
    pause = min(QUARANTINE_FIRST * 2 ** min(job.quarantine_count, 10), QUARANTINE_LONGEST)
    job.quarantined_since = job.quarantined_since or now
    job.quarantined_until = now + pause
    job.quarantine_error = mask(f"{type(error).__name__}: {error}")
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
