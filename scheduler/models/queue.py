"""Which executions wait, may start, are held or are lost: the rows are the queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import IsNull

from scheduler.models.settings import SchedulerSettings
from scheduler.models.status import ACTIVE, HELD, Status, Trigger
from scheduler.statements import Given

if TYPE_CHECKING:
    from scheduler.models.execution import JobExecution  # noqa: F401 - of the text below

# Runs of a tick by its time, then all others; in these words SQLite too reads it off an index.
ORDER = ("priority", IsNull(F("scheduled_for"), True), "scheduled_for", "id")


class JobExecutionQuerySet(models.QuerySet["JobExecution"]):
    def active(self) -> Self:
        return self.filter(status__in=ACTIVE)

    def waiting(self) -> Self:
        """Return those that neither a worker holds nor an end has: in the terms of their index, for SQLite to see."""
        return self.filter(token=None, completed_at=None)

    def held(self) -> Self:
        """Return those a worker is running."""
        return self.filter(status__in=HELD)

    def claimable(self, now: datetime | Given) -> Self:
        """Return the runs that may start now, in the order in which they should (R29).

        A run of a job that admits one run at a time waits while another one holds the job's slot. While the
        whole scheduler is paused nothing starts, in the same query. What is past its start deadline never does.
        """
        paused = models.Exists(SchedulerSettings.objects.filter(is_enabled=False))
        busy = self.model._default_manager.filter(job=models.OuterRef("job"), holds_slot=True).exclude(
            pk=models.OuterRef("pk")
        )
        return (
            self.waiting()
            .filter(available_at__lte=now)
            .filter(Q(holds_slot=True) | Q(needs_slot=False) | ~models.Exists(busy))
            .filter(
                Q(expires_at=None)
                | Q(expires_at__gte=now)
                | Q(status=Status.RETRY_WAIT)
                | Q(started_at__isnull=False)
            )
            .exclude(paused)
            .order_by(*ORDER)
        )

    def backlog(self) -> Self:
        """Return the ticks that wait without their job's slot: those being caught up, one after another."""
        return self.filter(trigger=Trigger.SCHEDULE, status=Status.QUEUED, holds_slot=False)

    def unsent(self, now: datetime, *, lost_after: timedelta) -> Self:
        """Return the claimable runs of which no worker was told, or so long ago that the message is lost."""
        return self.claimable(now).filter(Q(sent_at=None) | Q(sent_at__lt=now - lost_after))

    def expired(self, now: datetime) -> Self:
        """Return the queued runs past their start deadline (R21); who was interrupted had started in time."""
        return self.filter(status=Status.QUEUED, started_at=None, expires_at__lt=now)

    def orphaned(self, now: datetime) -> Self:
        """Return the held runs whose worker has been silent for too long (R36)."""
        silent = now - timedelta(seconds=settings.SCHEDULER_ORPHAN_SECONDS)
        return self.held().filter(heartbeat_at__lt=silent)

    def uncounted(self) -> Self:
        """Return the ended rows that the daily totals do not hold yet."""
        return self.filter(is_counted=False, completed_at__isnull=False)

    def running_long(self, now: datetime) -> Self:
        """Return the held runs to look at, as they may take longer than they should; not yet reported."""
        return self.held().filter(warned_at=None, warn_at__lt=now)
