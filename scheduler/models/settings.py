from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

REMEMBERED = 20  # pauses before the last one


class SchedulerSettings(models.Model):
    """The one row of switches for the whole scheduler. While it is off nothing starts; what runs goes on."""

    SINGLETON = 1

    is_enabled = models.BooleanField(_("enabled"), default=True)
    paused_reason = models.CharField(_("why it is paused"), max_length=200, blank=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("paused by"),
    )
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    resumed_at = models.DateTimeField(_("resumed at"), null=True, blank=True)
    # Those before the one above, each from when to when: for ticks that no pass has seen since.
    earlier_pauses = models.JSONField(_("earlier pauses"), default=list, editable=False)
    # Where the hourly pruning is: kept here, so that it goes on with whichever scheduler looks next.
    prune_due_at = models.DateTimeField(_("next pruning"), null=True, blank=True, editable=False)
    pruned_until_job = models.PositiveBigIntegerField(_("pruned up to job"), default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        db_table = "scheduler_settings"
        verbose_name = _("scheduler settings")
        verbose_name_plural = _("scheduler settings")
        permissions = [("pause_scheduler", _("Can pause and resume the scheduler"))]
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="scheduler_settings_one_row"),
        ]

    def __str__(self) -> str:
        return str(_("Scheduler on")) if self.is_enabled else str(_("Scheduler paused"))

    @classmethod
    def load(cls) -> SchedulerSettings:
        """Return the row, created on first use."""
        return cls.objects.get_or_create(pk=cls.SINGLETON)[0]

    def pauses(self) -> list[tuple[datetime, datetime]]:
        """Return the last pauses that have ended, newest first, from when to when."""
        earlier = [
            (datetime.fromisoformat(since), datetime.fromisoformat(until))
            for since, until in self.earlier_pauses
        ]
        if self.paused_at is None or self.resumed_at is None:
            return earlier
        return [(self.paused_at, self.resumed_at), *earlier]

    def pause(self, now: datetime) -> None:
        """Begin a pause, unsaved, and remember the one before."""
        ended = [[since.isoformat(), until.isoformat()] for since, until in self.pauses()]
        self.earlier_pauses = ended[:REMEMBERED]
        self.is_enabled, self.paused_at, self.resumed_at = False, now, None
