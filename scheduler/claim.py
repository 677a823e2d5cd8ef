"""Claim queued runs for a worker (design: the row is the queue)."""

from __future__ import annotations

import logging
import os
import socket
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from django.db import DatabaseError, IntegrityError, connection, transaction

from scheduler import taking
from scheduler.models import Job, JobExecution, SkipReason, Status

logger = logging.getLogger(__name__)

TRIES = 8  # of a claim for which other workers are faster
_FIRST_PID_NAMESPACE = 0xEFFFFFFC  # Linux: processes outside any container


@dataclass(frozen=True)
class Claim:
    """A run that this worker holds: only who has `token` may write to its row (R37)."""

    execution_id: int
    token: UUID
    timeout_seconds: int
    # The row as it was claimed, for who performs it, and whether its job knows that it runs now.
    run: JobExecution | None = field(default=None, compare=False, repr=False)
    is_noted: bool = field(default=True, compare=False, repr=False)

    def bare(self) -> Claim:
        """Return it without the row, for whom only has to know what is performed."""
        return replace(self, run=None)


@cache
def host() -> str:
    """Return the name of this machine, and what tells it from others of that name, among which pids mean others.

    That is when it was started, and inside a container the process namespace.
    """
    name = socket.gethostname()
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:6]
        namespace = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return name
    return f"{name}~{boot}" + ("" if namespace == _FIRST_PID_NAMESPACE else f"~{namespace}")


def worker_name() -> str:
    return f"{host()}:{os.getpid()}"


def claim(now: datetime, *, limit: int, only: int | None = None, worker: str | None = None) -> list[Claim]:
    """Claim up to `limit` runs that may start now; `only` restricts to one execution.

    `worker` is who will perform them, if not this process. A run whose type this installation does not know is left
    for another worker (R40).
    """
    claims: list[Claim] = []
    while len(claims) < limit and (claimed := _claim_one(now, only, worker or worker_name())):
        announce(claimed)
        claims.append(claimed)
    return claims


def _claim_one(now: datetime, only: int | None, worker: str) -> Claim | None:
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return claim_next(now, worker, only=only)
        except IntegrityError:
            continue  # another worker took what the run needs, its slot or a place: look again
    return None


def claim_next(now: datetime, worker: str, *, only: int | None = None) -> Claim | None:
    """Claim the run that comes first in the caller's transaction, who announces it once that is committed.

    Raises IntegrityError when another worker takes what the run needs in the same moment.
    """
    token = uuid4()
    taken = taking.take(now, worker, token, only=only)
    if taken is None:
        return None
    run, is_noted = taken
    return Claim(run.pk, token, run.timeout_seconds, run, is_noted)


def announce(claimed: Claim) -> None:
    """Log that the run has started, and note it with its job.

    Never in the transaction of the claim: others lock a job first and its executions then.
    """
    run = claimed.run
    assert run is not None  # it was just claimed
    logger.info(
        "%s: execution %s started (attempt %s)",
        run.job_name,
        run.pk,
        run.attempt,
        extra={"action": "execution_claimed"},
    )
    if not claimed.is_noted:
        try:
            Job.objects.filter(pk=run.job_id).update(last_run_at=run.started_at)
        except DatabaseError:  # the run is ours all the same, and must be performed
            logger.warning(
                "%s: its last run was not noted",
                run.job_name,
                exc_info=True,
                extra={"action": "last_run_not_noted"},
            )
            connection.close_if_unusable_or_obsolete()


def next_available_at(now: datetime, ahead: timedelta) -> datetime | None:
    """Return when the next waiting run may start, if within `ahead`."""
    waiting = JobExecution.objects.waiting().filter(available_at__gt=now, available_at__lte=now + ahead)
    return waiting.order_by("available_at").values_list("available_at", flat=True).first()


def expire(now: datetime) -> int:
    """Skip the queued runs that are past their start deadline (R21); return how many."""
    count = 0
    for run in JobExecution.objects.expired(now):
        if run.change(
            only_from=(Status.QUEUED,),
            status=Status.SKIPPED,
            skip_reason=SkipReason.DEADLINE,
            completed_at=now,
            holds_slot=False,
        ):
            count += 1
            logger.warning(
                "%s: execution %s skipped (deadline)",
                run.job_name,
                run.pk,
                extra={"action": "execution_expired"},
            )
    return count
