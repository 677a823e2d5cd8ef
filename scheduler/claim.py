"""Claim queued runs for a worker (design: the row is the queue)."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from scheduler import job_types
from scheduler.concurrency import Places
from scheduler.long_runs import SHORTEST_SECONDS
from scheduler.models import Job, JobExecution, SkipReason, Status
from scheduler.models.execution import WAITING

logger = logging.getLogger(__name__)

MARGIN = 8  # candidates beyond those wanted: other workers look at the same ones in the same moment
COLUMNS = (
    "job_id",
    "job_name",
    "job_type",
    "attempt",
    "needs_slot",
    "holds_slot",
    "timeout_seconds",
    "warn_after_seconds",
)
_FIRST_PID_NAMESPACE = 0xEFFFFFFC  # Linux: processes outside any container


@dataclass(frozen=True)
class Claim:
    """A run that this worker holds: only who has `token` may write to its row (R37)."""

    execution_id: int
    token: UUID
    timeout_seconds: int


@cache
def host() -> str:
    """Return the name of this machine; inside a container also its process namespace, where pids differ."""
    try:
        namespace = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return socket.gethostname()
    return socket.gethostname() + ("" if namespace == _FIRST_PID_NAMESPACE else f"~{namespace}")


def worker_name() -> str:
    return f"{host()}:{os.getpid()}"


def claim(now: datetime, *, limit: int, only: int | None = None, worker: str | None = None) -> list[Claim]:
    """Claim up to `limit` runs that may start now; `only` restricts to one execution.

    `worker` is who will perform them, if not this process. A run whose type this installation does not know is left
    for another worker (R40).
    """
    claims: list[Claim] = []
    while len(claims) < limit:
        places = Places()
        wanted = limit - len(claims)
        candidates = list(_candidates(now, places, only)[: wanted + MARGIN])
        taken = _take_first(wanted, _one_a_slot(candidates), now, places, worker or worker_name())
        claims += taken
        # Those behind may start where a type has become full or many runs were of one job.
        if not taken or not (places.turned_away or len(candidates) == wanted + MARGIN):
            break
    return claims


def _candidates(now: datetime, places: Places, only: int | None) -> QuerySet[JobExecution]:
    startable = {job_type.slug for job_type in job_types.all_types()}.difference(places.full())
    waiting = JobExecution.objects.claimable(now).filter(job_type__in=startable)
    return (waiting if only is None else waiting.filter(pk=only)).only(*COLUMNS)


def _take_first(
    wanted: int, candidates: Sequence[JobExecution], now: datetime, places: Places, worker: str
) -> list[Claim]:
    """Take `wanted` of the candidates, the first that nobody else has taken meanwhile."""
    taken: list[Claim] = []
    job_ids = set()
    for run in candidates:
        if len(taken) == wanted:
            break
        if claimed := _take(run, now, places, worker):
            taken.append(claimed)
            job_ids.add(run.job_id)
    # Not in one transaction with the above: others lock a job first and its executions then.
    if job_ids:
        Job.objects.filter(pk__in=job_ids).update(last_run_at=now)
    return taken


def _one_a_slot(runs: Sequence[JobExecution]) -> list[JobExecution]:
    """Drop all but the first run of each job that admits one run at a time."""
    taken: set[int] = set()
    chosen = []
    for run in runs:
        if run.needs_slot and run.job_id in taken:
            continue
        taken.add(run.job_id)
        chosen.append(run)
    return chosen


def _take(run: JobExecution, now: datetime, places: Places, worker: str) -> Claim | None:
    """Take the run by one guarded statement; None when another worker was faster."""
    if places.is_full(run.job_type):
        places.turned_away = True
        return None
    token, place = uuid4(), places.take(run.job_type)
    may_collide = place is not None or (run.needs_slot and not run.holds_slot)  # in a unique index
    try:
        with transaction.atomic() if may_collide else nullcontext():
            is_ours = run.change(
                only_from=WAITING,
                status=Status.RUNNING,
                token=token,
                worker=worker,
                attempt=run.attempt + 1,
                holds_slot=run.needs_slot,
                type_slot=place,
                heartbeat_at=now,
                started_at=now,
                warn_at=now + timedelta(seconds=run.warn_after_seconds or SHORTEST_SECONDS),
                reason_code="",
                reason_params={},
            )
    except IntegrityError:
        return None
    if not is_ours:
        return None
    logger.info(
        "%s: execution %s started (attempt %s)",
        run.job_name,
        run.pk,
        run.attempt,
        extra={"action": "execution_claimed"},
    )
    return Claim(run.pk, token, run.timeout_seconds)


def next_available_at(now: datetime, ahead: timedelta) -> datetime | None:
    """Return when the next waiting run may start, if within `ahead`."""
    waiting = JobExecution.objects.filter(
        status__in=WAITING, available_at__gt=now, available_at__lte=now + ahead
    )
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
