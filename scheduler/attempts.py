"""Keep what an attempt came to when its execution goes on with another one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from scheduler.models import ExecutionAttempt, JobExecution, Status


def give_back(
    run: JobExecution,
    outcome: dict[str, Any],
    *,
    only_from: tuple[Status, ...],
    held_by: UUID | None,
    now: datetime,
) -> bool:
    """Write `outcome`, with which the run waits again, and a row for the attempt that ended.

    False, with nothing written, when the run is not held by that token any more.
    """
    assert run.started_at is not None  # it is held
    attempt = ExecutionAttempt(
        execution=run,
        number=run.attempt,
        started_at=run.started_at,
        ended_at=max(now, run.started_at),
        next_at=outcome["available_at"],
        worker=run.worker,
        reason_code=outcome["reason_code"],
        reason_params=outcome["reason_params"],
        error_message=outcome.get("error_message", ""),
    )
    with transaction.atomic():
        if not run.change(only_from=only_from, held_by=held_by, **outcome):
            return False
        attempt.save(force_insert=True)
    return True
