"""Say why a run that waits does not start."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from scheduler import job_types
from scheduler.concurrency import Places
from scheduler.models import JobExecution, SchedulerSettings
from scheduler.models.status import WAITING


def why_waiting(run: JobExecution, now: datetime) -> str:
    """Return the sentence in the active language; "" for a run that does not wait, or not for anybody else."""
    if run.status not in WAITING or run.available_at > now:
        return ""
    if SchedulerSettings.objects.filter(is_enabled=False).exists():
        return _("The scheduler is paused; nothing starts until it is resumed.")
    if not job_types.is_registered(run.job_type):
        return _("It waits for a worker that knows its type “%(job_type)s”.") % {"job_type": run.job_type}
    if run.needs_slot and (other := _in_the_way(run)):
        return _("It waits for execution %(execution)s of its job to end.") % {"execution": other}
    places = Places()
    if places.is_full(run.job_type):
        text = _("It waits for a place: %(limit)s runs of its type may be active at once, and are.")
        return text % {"limit": places.limit(run.job_type)}
    return _("It waits for a free worker.")


def _in_the_way(run: JobExecution) -> int | None:
    others = JobExecution.objects.filter(job=run.job_id, holds_slot=True).exclude(pk=run.pk)
    return others.values_list("pk", flat=True).first()
