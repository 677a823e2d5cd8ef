"""Report the runs that take longer than they should, each once (R33)."""

from __future__ import annotations

import logging
import math
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from scheduler import log_lines
from scheduler.models import ExecutionLog, JobExecution, Status

logger = logging.getLogger(__name__)

RUNS = 30  # the newest completed ones decide
FACTOR = 3
SHORTEST_SECONDS = 300  # nothing is reported before
LONG = gettext_noop(
    "Running for %(minutes)s minutes, longer than the %(seconds)s seconds after which to warn."
)
UNKNOWN_SECONDS = 3600  # of a job that has not completed a run yet


def usual_limit_seconds(job_id: int) -> int:
    """Return after how long a run of the job is unusual: three times the 95th percentile of its last runs."""
    ended = JobExecution.objects.filter(job=job_id, status=Status.COMPLETED, started_at__isnull=False)
    times = ended.order_by("-pk").values_list("started_at", "completed_at")[:RUNS]
    spent = sorted((end - start).total_seconds() for start, end in times if start and end)
    if not spent:
        return UNKNOWN_SECONDS
    percentile = spent[math.ceil(0.95 * len(spent)) - 1]
    return max(SHORTEST_SECONDS, math.ceil(FACTOR * percentile))


def warn(now: datetime) -> int:
    """Report each run that takes longer than its limit, once; return how many."""
    return sum(_report(run, now) for run in JobExecution.objects.running_long(now) if _is_long(run, now))


def _is_long(run: JobExecution, now: datetime) -> bool:
    """Whether the limit has passed. One that the job leaves open is looked up now, when it first matters."""
    if run.warn_after_seconds is not None or run.started_at is None:
        return True
    run.warn_after_seconds = usual_limit_seconds(run.job_id)
    run.warn_at = run.started_at + timedelta(seconds=run.warn_after_seconds)
    JobExecution.objects.filter(pk=run.pk, token=run.token).update(
        warn_after_seconds=run.warn_after_seconds, warn_at=run.warn_at
    )
    return run.warn_at < now


def _report(run: JobExecution, now: datetime) -> bool:
    if not JobExecution.objects.filter(pk=run.pk, token=run.token, warned_at=None).update(warned_at=now):
        return False
    minutes = (now - (run.started_at or now)) // timedelta(minutes=1)
    told = log_lines.worded(LONG, {"minutes": minutes, "seconds": run.warn_after_seconds})
    ExecutionLog.objects.create(execution=run, at=now, level=logging.WARNING, **told)
    logger.warning(
        "%s: execution %s has been running for %s minutes",
        run.job_name,
        run.pk,
        minutes,
        extra={"action": "running_long"},
    )
    return True
