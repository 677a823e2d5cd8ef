"""What ended executions came to; kept when they are pruned (R50).

An execution is added to both tables once, and marked `is_counted` in the same transaction. Its type is the one it
had: a job whose type is edited later has totals of both.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduler.models.status import Status

ROWS = ("rows_fetched", "rows_inserted", "rows_updated", "rows_unchanged")


class Total(models.Model):
    """The sums over some executions. A subclass says over which: by the columns of its KEY."""

    job_type = models.CharField(_("type"), max_length=100)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices)
    executions = models.PositiveBigIntegerField(_("executions"), default=0)
    time_spent = models.DurationField(_("time spent"), default=timedelta(0))  # of the last attempts
    rows_fetched = models.PositiveBigIntegerField(_("fetched"), default=0)
    rows_inserted = models.PositiveBigIntegerField(_("inserted"), default=0)
    rows_updated = models.PositiveBigIntegerField(_("updated"), default=0)
    rows_unchanged = models.PositiveBigIntegerField(_("unchanged"), default=0)

    KEY: tuple[str, ...]
    SUMS = ("executions", "time_spent", *ROWS)

    class Meta:
        abstract = True


class DailyTotal(Total):
    """The executions of one job that ended on one day, by status: for charts."""

    job = models.ForeignKey(
        "scheduler.Job", models.PROTECT, related_name="daily_totals", verbose_name=_("job")
    )
    day = models.DateField(_("day"))  # in the zone of the site

    KEY = ("job_id", "day", "job_type", "status")

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


class TypeTotal(Total):
    """The executions of one type since ever, by status: for counters, whose cost must not grow with the days."""

    KEY = ("job_type", "status")

    class Meta:
        db_table = "job_type_totals"
        verbose_name = _("total of a type")
        verbose_name_plural = _("totals of types")
        constraints = [
            models.UniqueConstraint(fields=["job_type", "status"], name="job_type_totals_once"),
        ]

    def __str__(self) -> str:
        return f"{self.job_type} {self.status}"
