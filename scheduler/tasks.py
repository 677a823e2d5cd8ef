"""The one Celery task: claim the row that the message names, and perform it."""

import time
from multiprocessing import RawValue
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

from scheduler import job_types
from scheduler.claim import claim
from scheduler.models import JobExecution

# time.monotonic() of the worker's first SIGTERM, 0 before. Shared with the processes that the worker forks, and without
# a lock, for a signal sets it.
shutdown_began = RawValue("d", 0.0)


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def note_shutdown(**kwargs: Any) -> None:
    shutdown_began.value = time.monotonic()


@shared_task(name="scheduler.perform", ignore_result=True)  # type: ignore[untyped-decorator]
def perform(execution_id: int) -> None:
    """Perform the execution if it may start and nobody else has claimed it: a doubled message does nothing."""
    from scheduler.executors.celery import perform_here

    claims = claim(timezone.now(), limit=1, only=execution_id)
    for claimed in claims:
        perform_here(claimed)
    if not claims:
        _ask_again(execution_id)


def _ask_again(execution_id: int) -> None:
    """Have the message sent anew as soon as the execution may start; by now something else is in its way.

    Not for a type that only other workers know: the next message would come right back.
    """
    known = [job_type.slug for job_type in job_types.all_types()]
    waiting = JobExecution.objects.waiting().filter(pk=execution_id, job_type__in=known)
    waiting.update(sent_at=None)
