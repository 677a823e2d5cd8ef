"""Give back what dead workers held."""

from __future__ import annotations

import logging
import os
from datetime import datetime
from typing import Any

from scheduler import attempts
from scheduler.claim import host
from scheduler.models import JobExecution, OrphanPolicy, Status

logger = logging.getLogger(__name__)


def rescue(now: datetime, *, hears: bool = True) -> int:
    """Take over the runs of silent workers (R36), at once where their process is known to be gone.

    Who does not hear, because the clock has just jumped, judges nobody by silence. Returns how many were taken over.
    """
    lost = {run.pk: run for run in JobExecution.objects.orphaned(now)} if hears else {}
    here = JobExecution.objects.held().filter(worker__startswith=f"{host()}:")
    lost |= {run.pk: run for run in here if is_gone(run.worker)}
    return sum(lose(run, now) for run in lost.values())


def is_gone(worker: str) -> bool:
    """Whether the process of a worker on this machine has ended; of a scheduler's child, the scheduler's."""
    try:
        os.kill(int(worker.rpartition(":")[2].partition("/")[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's, so it is there
        return False
    return False


def lose(run: JobExecution, now: datetime) -> bool:
    """Queue the run of a lost worker again; end it where its job says so, it was being cancelled, or nothing is left.

    Compare-and-set on the attempt's token; False when somebody was faster.
    """
    worker = run.worker
    outcome = _after_loss(run, now) | {"token": None}
    before = (Status(run.status),)
    if outcome["status"] == Status.QUEUED:
        is_ours = attempts.give_back(run, outcome, only_from=before, held_by=run.token, now=now)
    else:
        is_ours = run.change(only_from=before, held_by=run.token, **outcome)
    if not is_ours:
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
    if code := _why_not_again(run, now):
        return {"status": Status.FAILED, "reason_code": code, **reason, **ended}
    return {
        "status": Status.QUEUED,
        "reason_code": "worker_lost",
        "available_at": now,
        "sent_at": None,
        **reason,
    }


def _why_not_again(run: JobExecution, now: datetime) -> str:
    """Return the code of the sentence that says why the run ends with its worker; "" when it goes on."""
    if run.orphan_policy == OrphanPolicy.FAIL:
        return "worker_lost_not_again"
    if run.attempt > run.max_retries:
        return "worker_lost_for_good"
    return "" if run.may_start_at(now) else "worker_lost_too_late"
