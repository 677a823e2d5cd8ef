from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CoverageStatus(models.TextChoices):
    FETCHED = "fetched", pgettext_lazy("status of a day", "fetched")
    EMPTY = "empty", _("no rows at J-Quants")
    REFUSED = "refused", _("outside the plan")
    FAILED = "failed", _("could not be stored")


class Coverage(models.Model):
    """What was fetched of a data set: a row a partition, written in the transaction of its rows."""

    dataset = models.CharField(_("data set"), max_length=50)
    day = models.DateField(
        _("day"), null=True, blank=True, help_text=_("Empty where the whole data set is fetched at once.")
    )
    status = models.CharField(_("status"), max_length=20, choices=CoverageStatus.choices)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    checksum = models.CharField(
        _("checksum"), max_length=64, blank=True, help_text=_("SHA-256 of the decoded rows.")
    )
    unknown_keys = models.JSONField(
        _("unknown keys"),
        default=list,
        blank=True,
        help_text=_("Keys that J-Quants sent and this version does not know; their values are kept."),
    )
    absent_keys = models.JSONField(
        _("keys not sent"),
        default=list,
        blank=True,
        help_text=_(
            "Columns that the source of these rows does not have, such as those that CSV files lack."
        ),
    )
    plan = models.CharField(
        _("plan"),
        max_length=20,
        blank=True,
        help_text=_("On which it was fetched, where that decides what a day has."),
    )
    fetched_at = models.DateTimeField(_("fetched at"))
    changed_at = models.DateTimeField(
        _("changed at"), null=True, blank=True, help_text=_("When a later fetch brought other content.")
    )
    changed_rows = models.PositiveIntegerField(
        _("changed rows"), default=0, help_text=_("How many rows that fetch added, changed or deleted.")
    )
    stale_since = models.DateTimeField(
        _("corrected at"),
        null=True,
        blank=True,
        help_text=_("When J-Quants wrote a newer file than was fetched."),
    )
    error = models.TextField(
        _("error"), blank=True, help_text=_("Why the last attempt to store it failed; empty when it did not.")
    )
    execution = models.ForeignKey(
        "scheduler.JobExecution",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("execution"),
    )

    class Meta:
        db_table = "jquants_coverage"
        ordering = ["dataset", "-day"]
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage")
        indexes = [
            models.Index(
                fields=["dataset"],
                condition=Q(stale_since__isnull=False) | ~Q(error=""),
                name="jquants_coverage_troubled",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "day"], name="jquants_coverage_partition"),
            # Null is distinct from null in a unique key, on both databases.
            models.UniqueConstraint(
                fields=["dataset"], condition=Q(day=None), name="jquants_coverage_whole_dataset"
            ),
            models.CheckConstraint(
                condition=Q(status__in=CoverageStatus.values), name="jquants_coverage_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="fetched", rows__gt=0) | (~Q(status="fetched") & Q(rows=0)),
                name="jquants_coverage_rows_match_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.day}" if self.day else self.dataset


class UnknownValues(models.Model):
    """What J-Quants sent of a row under keys that no column declares, until a later version does."""

    dataset = models.CharField(_("data set"), max_length=50)
    day = models.DateField(_("day"), null=True, blank=True)
    row = models.TextField(_("row"), help_text=_("Its natural key, the parts joined by “/”."))
    values = models.JSONField(_("values"))

    class Meta:
        db_table = "jquants_unknown_values"
        ordering = ["dataset", "-day", "row"]
        verbose_name = _("unknown values")
        verbose_name_plural = _("unknown values")
        indexes = [models.Index(fields=["dataset", "day"], name="jquants_unknown_by_day")]

    def __str__(self) -> str:
        return f"{self.dataset} {self.row}"
