"""Give back what dead workers held, and report runs that take long."""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta
from typing import Any

from scheduler.claim import host
from scheduler.models import ExecutionLog, JobExecution, Status

logger = logging.getLogger(__name__)


def rescue(now: datetime) -> int:
    """Take over the runs of silent workers (R36), at once where their process is known to be gone.

    Returns how many were taken over.
    """
    lost = {run.pk: run for run in JobExecution.objects.orphaned(now)}
    here = JobExecution.objects.held().filter(worker__startswith=f"{host()}:")
    lost |= {run.pk: run for run in here if is_gone(run.worker)}
    return sum(lose(run, now) for run in lost.values())


def is_gone(worker: str) -> bool:
    """Whether the process of a worker on this machine has ended."""
    try:
        os.kill(int(worker.rpartition(":")[2]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's, so it is there
        return False
    return False


def lose(run: JobExecution, now: datetime) -> bool:
    """Queue the run of a lost worker again; end it when it was being cancelled or has no attempts left.

    Compare-and-set on the attempt's token; False when somebody was faster.
    """
    worker = run.worker
    if not run.change(
        only_from=(Status(run.status),), held_by=run.token, token=None, **_after_loss(run, now)
    ):
        return False
    logger.warning(
        "%s: execution %s lost its worker %s and is %s",
        run.job_name,
        run.pk,
        worker,
        run.status,
        extra={"action": "execution_rescued"},
    )
    return True


def _after_loss(run: JobExecution, now: datetime) -> dict[str, Any]:
    ended = {"completed_at": max(now, run.started_at or now), "holds_slot": False}
    if run.status == Status.CANCELLING:
        return {"status": Status.CANCELLED, **ended}
    reason = {"reason_params": {"worker": run.worker}}
    if run.attempt > run.max_retries:
        return {"status": Status.FAILED, "reason_code": "worker_lost_for_good", **reason, **ended}
    return {
        "status": Status.QUEUED,
        "reason_code": "worker_lost",
        "available_at": now,
        "sent_at": None,
        **reason,
    }


def warn_long(now: datetime) -> int:
    """Report each run that takes longer than its `warn_after_seconds`, once; return how many."""
    count = 0
    for run in JobExecution.objects.running_long(now):
        if JobExecution.objects.filter(pk=run.pk, token=run.token, warned_at=None).update(warned_at=now):
            count += 1
            minutes = (now - (run.started_at or now)) // timedelta(minutes=1)
            ExecutionLog.objects.create(
                execution=run,
                at=now,
                level=logging.WARNING,
                message=f"Running for {minutes} minutes, longer than the {run.warn_after_seconds} seconds after which to warn.",
            )
            logger.warning(
                "%s: execution %s has been running for %s minutes",
                run.job_name,
                run.pk,
                minutes,
                extra={"action": "running_long"},
            )
    return count
