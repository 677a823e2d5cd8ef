"""The one Celery task: claim the row that the message names, and perform it."""

from celery import shared_task
from django.utils import timezone

from scheduler.claim import claim


@shared_task(name="scheduler.perform", ignore_result=True)  # type: ignore[untyped-decorator]
def perform(execution_id: int) -> None:
    """Perform the execution if it may start and nobody else has claimed it: a doubled message does nothing."""
    from scheduler.executors.celery import perform_here

    for claimed in claim(timezone.now(), limit=1, only=execution_id):
        perform_here(claimed)
