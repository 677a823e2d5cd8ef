from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduler import messages


class SchedulerEvent(models.Model):
    """Something that happened to a scheduler, rather than to a job."""

    at = models.DateTimeField(_("at"))
    process = models.CharField(_("process"), max_length=255)
    code = models.CharField(_("event"), max_length=50)
    params = models.JSONField(_("details of the event"), default=dict)

    class Meta:
        db_table = "scheduler_events"
        ordering = ["-id"]
        indexes = [models.Index(fields=["at"], name="scheduler_events_at")]
        verbose_name = _("scheduler event")
        verbose_name_plural = _("scheduler events")

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """What happened, in the active language."""
        return messages.render(self.code, self.params | {"process": self.process}) or self.code

    @classmethod
    def record(cls, at: datetime, process: str, code: str, **params: Any) -> None:
        """Write an event; `code` and `params` name a sentence of `scheduler.messages`."""
        cls.objects.create(at=at, process=process, code=code, params=params)
