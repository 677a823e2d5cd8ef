"""Flag the executions whose type no worker knows: after a rolling deployment somebody should (R40)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import Count

from scheduler import job_types
from scheduler.models import JobExecution
from scheduler.models.status import WAITING

logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=10)
CODE = "unresolved"
BATCH = 100  # executions a look


def flag(now: datetime) -> int:
    """Say of each run that could have started long ago that nobody knows its type, once; return of how many.

    The flag is the run's reason, which goes when a worker claims it after all.
    """
    known = [job_type.slug for job_type in job_types.all_types()]
    ready = JobExecution.objects.claimable(now).filter(available_at__lt=now - PATIENCE)
    unknown = ready.exclude(job_type__in=known).exclude(reason_code=CODE)
    return sum(_flag(run) for run in unknown[:BATCH])


def _flag(run: JobExecution) -> bool:
    params = {"job_type": run.job_type, "minutes": PATIENCE // timedelta(minutes=1)}
    if not run.change(only_from=WAITING, reason_code=CODE, reason_params=params):
        return False
    logger.warning(
        "%s: execution %s waits for a worker that knows its type %s",
        run.job_name,
        run.pk,
        run.job_type,
        extra={"action": "execution_unresolved"},
    )
    return True


def flagged() -> list[tuple[str, int]]:
    """Return the types of the flagged runs that still wait, and how many there are of each."""
    waiting = JobExecution.objects.waiting().filter(reason_code=CODE).order_by("job_type")
    return list(waiting.values_list("job_type").annotate(Count("pk")))
