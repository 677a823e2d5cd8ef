from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduler.models.execution import Status


class DailyTotal(models.Model):
    """What the executions of one job that ended on one day came to, by status; kept for ever (R50).

    An execution is added once, and marked `is_counted` in the same transaction. The type is that of the
    executions: a job whose type is edited has rows for both.
    """

    job = models.ForeignKey(
        "scheduler.Job", models.PROTECT, related_name="daily_totals", verbose_name=_("job")
    )
    day = models.DateField(_("day"))  # in the zone of the site
    job_type = models.CharField(_("type"), max_length=100)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices)
    executions = models.PositiveBigIntegerField(_("executions"), default=0)
    time_spent = models.DurationField(_("time spent"), default=timedelta(0))  # of the last attempts
    rows_fetched = models.PositiveBigIntegerField(_("fetched"), default=0)
    rows_inserted = models.PositiveBigIntegerField(_("inserted"), default=0)
    rows_updated = models.PositiveBigIntegerField(_("updated"), default=0)
    rows_unchanged = models.PositiveBigIntegerField(_("unchanged"), default=0)

    KEY = ("job_id", "day", "job_type", "status")
    SUMS = (
        "executions",
        "time_spent",
        "rows_fetched",
        "rows_inserted",
        "rows_updated",
        "rows_unchanged",
    )

    class Meta:
        db_table = "job_daily_totals"
        verbose_name = _("daily total")
        verbose_name_plural = _("daily totals")
        constraints = [
            models.UniqueConstraint(
                fields=["job", "day", "job_type", "status"], name="job_daily_totals_once"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="job_daily_totals_day")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.job} {self.status}"
