from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduler import messages
from scheduler.models.execution import JobExecution


class ExecutionAttempt(models.Model):
    """An attempt that did not end its execution: it failed, waited, was interrupted or lost its worker.

    The last attempt has no such row, as the execution's own columns tell of it.
    """

    execution = models.ForeignKey(
        JobExecution, models.CASCADE, related_name="earlier_attempts", verbose_name=_("execution")
    )
    number = models.PositiveIntegerField(_("attempt"))
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"))
    next_at = models.DateTimeField(_("next attempt not before"))
    worker = models.CharField(_("worker"), max_length=255, blank=True)
    reason_code = models.CharField(_("reason"), max_length=50, blank=True)
    reason_params = models.JSONField(_("details of the reason"), default=dict)
    error_message = models.TextField(_("error"), blank=True)

    class Meta:
        db_table = "execution_attempts"
        ordering = ["execution", "id"]
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.execution} ({self.number})"

    @property
    def reason(self) -> str:
        """Why it did not end the execution, in the active language."""
        return messages.render(self.reason_code, self.reason_params) or self.error_message


@dataclass(frozen=True)
class Attempt:
    """What one attempt came to. The last one has no `next_at`, and no `ended_at` while it runs."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    next_at: datetime | None
    worker: str
    reason: str

    @property
    def duration(self) -> timedelta | None:
        return self.ended_at - self.started_at if self.ended_at else None

    @property
    def wait(self) -> timedelta | None:
        """How long the execution waits after it."""
        return self.next_at - self.ended_at if self.next_at and self.ended_at else None


def attempts_of(execution: JobExecution) -> list[Attempt]:
    """Return all attempts of the execution, oldest first; one query."""
    attempts = [
        Attempt(row.number, row.started_at, row.ended_at, row.next_at, row.worker, row.reason)
        for row in execution.earlier_attempts.all()
    ]
    started = execution.started_at
    if started is None or (attempts and attempts[-1].started_at == started):  # it waits, or ended waiting
        return attempts
    last = Attempt(
        execution.attempt, started, execution.completed_at, None, execution.worker, execution.reason
    )
    return [*attempts, last]
