"""Claim queued runs for a worker (design: the row is the queue)."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from scheduler import job_types
from scheduler.concurrency import Places
from scheduler.long_runs import SHORTEST_SECONDS
from scheduler.models import Job, JobExecution, SkipReason, Status
from scheduler.models.execution import WAITING

logger = logging.getLogger(__name__)

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


def claim(now: datetime, *, limit: int, only: int | None = None) -> list[Claim]:
    """Claim up to `limit` runs that may start now; `only` restricts to one execution.

    A run whose type this installation does not know is left for another worker (R40).
    """
    places = Places()
    startable = {job_type.slug for job_type in job_types.all_types()}.difference(places.full())
    waiting = JobExecution.objects.claimable(now).filter(job_type__in=startable)
    if only is not None:
        waiting = waiting.filter(pk=only)
    # Looked at before locking: on SQLite a transaction takes the write lock even when there is nothing to do.
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    if not ids:
        return []
    with transaction.atomic():
        locked = waiting.filter(pk__in=ids).select_for_update(skip_locked=True, of=("self",))
        taken = [
            (run.job_id, claimed) for run in _one_a_slot(list(locked)) if (claimed := _take(run, now, places))
        ]
    # Not in that transaction: others lock a job first and its executions then.
    Job.objects.filter(pk__in={job_id for job_id, _claimed in taken}).update(last_run_at=now)
    claims = [claimed for _job_id, claimed in taken]
    if places.turned_away and len(claims) < limit:  # their types are full now: those behind them may start
        claims += claim(now, limit=limit - len(claims), only=only)
    return claims


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


def _take(run: JobExecution, now: datetime, places: Places) -> Claim | None:
    if places.is_full(run.job_type):
        places.turned_away = True
        return None
    token = uuid4()
    try:
        with transaction.atomic():  # the unique index of a slot may say that another worker was faster
            is_ours = run.change(
                only_from=WAITING,
                status=Status.RUNNING,
                token=token,
                worker=worker_name(),
                attempt=run.attempt + 1,
                holds_slot=run.needs_slot,
                type_slot=places.take(run.job_type),
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
