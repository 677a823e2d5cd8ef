"""Which jobs are in use, which are due, and what a job is set aside with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models

from scheduler.models.settings import SchedulerSettings
from scheduler.statements import Given

if TYPE_CHECKING:
    from scheduler.models.job import Job  # noqa: F401 - of the text below

NOT_QUARANTINED: dict[str, Any] = {
    "quarantined_since": None,
    "quarantined_until": None,
    "quarantine_error": "",
    "quarantine_count": 0,
}


class JobQuerySet(models.QuerySet["Job"]):
    def current(self) -> Self:
        """Return the jobs that are not archived."""
        return self.filter(archived_at=None)

    def enabled(self) -> Self:
        return self.filter(is_enabled=True)

    def due(self, now: datetime | Given) -> Self:
        """Return the jobs whose next tick has come, longest waiting first (R13)."""
        return (
            self.filter(is_enabled=True, next_run_at__lte=now)
            .exclude(quarantined_until__gt=now)
            .order_by("next_run_at", "pk")
        )

    def unless_paused(self) -> Self:
        """Return nothing while the whole scheduler is paused, in the same query."""
        return self.exclude(models.Exists(SchedulerSettings.objects.filter(is_enabled=False)))
