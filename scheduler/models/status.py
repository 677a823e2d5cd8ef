"""In what an execution may be, what started it, and why a tick had none."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    RETRY_WAIT = "retry_wait", _("waiting")
    CANCELLING = "cancelling", _("cancelling")
    COMPLETED = "completed", _("completed")
    FAILED = "failed", _("failed")
    TIMED_OUT = "timed_out", _("timed out")
    CANCELLED = "cancelled", _("cancelled")
    SKIPPED = "skipped", _("skipped")


WAITING = (Status.QUEUED, Status.RETRY_WAIT)
HELD = (Status.RUNNING, Status.CANCELLING)  # by a worker, whose token the row carries
ACTIVE = (*WAITING, *HELD)
ENDED = (Status.COMPLETED, Status.FAILED, Status.TIMED_OUT, Status.CANCELLED, Status.SKIPPED)


class Trigger(models.TextChoices):
    SCHEDULE = "schedule", _("schedule")
    MANUAL = "manual", _("by hand")
    API = "api", _("API")
    BACKFILL = "backfill", _("backfill")


class SkipReason(models.TextChoices):
    """Why a tick did not run (R3)."""

    OVERLAP = "overlap", _("the run before was still active")
    MISSED = "missed", _("no scheduler was running")
    PAUSED = "paused", _("the scheduler was paused")
    DISABLED = "disabled", _("the job was disabled")
    HOLIDAY = "holiday", _("the calendar was closed on that day")
    DEADLINE = "deadline", _("it was past its start deadline")
    QUARANTINED = "quarantined", _("the job could not be scheduled")
