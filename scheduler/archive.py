"""Deleting a job, in two steps: archive it, which can be undone, and then delete it with all it ever did (R42)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.admin.models import DELETION
from django.db import transaction
from django.utils import timezone

from scheduler import audit, retention, totals, wakeup
from scheduler.audit import Actor
from scheduler.errors import NotArchived, StillActive
from scheduler.models import DailyTotal, Job


def archive(job: Job, actor: Actor, *, now: datetime | None = None) -> bool:
    """Stop the schedule of `job` and put it away; False when it was so already. Its runs finish, its history stays."""
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        is_new = locked.archived_at is None
        if is_new:
            locked.archived_at, locked.is_enabled = now or timezone.now(), False
            locked.save(update_fields=["archived_at", "is_enabled", "updated_at"])
            audit.record(actor, locked, "audit_archived")
            wakeup.notify()
    job.refresh_from_db()
    return is_new


def restore(job: Job, actor: Actor) -> bool:
    """Take `job` out of the archive, disabled; False when it was not in there."""
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        was_archived = locked.archived_at is not None
        if was_archived:
            locked.archived_at = None
            locked.save(update_fields=["archived_at", "updated_at"])
            audit.record(actor, locked, "audit_restored")
    job.refresh_from_db()
    return was_archived


def purge(job: Job, actor: Actor) -> None:
    """Delete an archived, idle job with its executions, logs and daily totals; the totals of its type stay.

    The history goes in small transactions, so that nobody has to wait for it: interrupted, the job is still there
    with what is left, and who began is on record. Raises NotArchived, StillActive.
    """
    with transaction.atomic():
        audit.record(actor, _locked(job), "audit_purge_begun")
    while totals.count_ended(retention.CHUNK) == retention.CHUNK:
        pass
    while _delete_chunk(job):
        pass
    with transaction.atomic():
        locked = _locked(job)
        DailyTotal.objects.filter(job=locked).delete()
        audit.record(actor, locked, "audit_deleted", flag=DELETION)
        locked.delete()


def _delete_chunk(job: Job) -> bool:
    """Delete some of the history, unless somebody has restored the job; False when there is none."""
    with transaction.atomic():
        oldest = _locked(job).executions.order_by("pk").values_list("pk", flat=True)[: retention.CHUNK]
        retention.delete_executions(chosen := list(oldest))
        return bool(chosen)


def _locked(job: Job) -> Job:
    """Return the job, locked, if it may be deleted. Raises NotArchived, StillActive."""
    locked = Job.objects.select_for_update().get(pk=job.pk)
    _check(locked)
    return locked


def _check(job: Job) -> None:
    if job.archived_at is None:
        raise NotArchived(job=job.name)
    if active := job.executions.active().order_by("pk").values_list("pk", flat=True).first():
        raise StillActive(job=job.name, execution=active)
