"""Balances of margin trading."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from jquants.models import columns
from jquants.models.documented import api
from jquants.models.newest import is_after


class IssueType(models.TextChoices):
    MARGIN = "1", _("margin only")
    LOANABLE = "2", _("loanable")
    OTHER = "3", _("other")


class MarginInterest(models.Model):
    """Balances of an issue at the end of a week, since 2026-09-25 of each trading day; shares are not adjusted.

    https://jpx-jquants.com/en/spec/mkt-margin-int
    """

    code = columns.issue_code()
    date = columns.day("Date", _("application date"))
    published_on = models.DateField(
        _("published on"), null=True, help_text=api("PubDate", _("not told of days before 2026-09-25"))
    )
    issue_type = models.CharField(
        _("type of issue"), max_length=1, choices=IssueType.choices, help_text=api("IssType")
    )
    short_volume = columns.share_count("ShrtVol", _("short"))
    long_volume = columns.share_count("LongVol", _("long"))
    short_negotiable_volume = columns.share_count("ShrtNegVol", _("short, negotiable"))
    long_negotiable_volume = columns.share_count("LongNegVol", _("long, negotiable"))
    short_standardized_volume = columns.share_count("ShrtStdVol", _("short, standardized"))
    long_standardized_volume = columns.share_count("LongStdVol", _("long, standardized"))
    short_value = columns.yen("ShrtVal", _("value of short"))
    long_value = columns.yen("LongVal", _("value of long"))
    short_negotiable_value = columns.yen("ShrtNegVal", _("value of short, negotiable"))
    long_negotiable_value = columns.yen("LongNegVal", _("value of long, negotiable"))
    short_standardized_value = columns.yen("ShrtStdVal", _("value of short, standardized"))
    long_standardized_value = columns.yen("LongStdVal", _("value of long, standardized"))

    class Meta:
        db_table = "margin_interest"
        ordering = ["-date", "code"]
        verbose_name = _("margin balance")
        verbose_name_plural = _("margin balances")
        constraints = [models.UniqueConstraint(fields=["code", "date"], name="margin_interest_key")]
        indexes = [models.Index(fields=["date"], name="margin_interest_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.date}"


class MarginRegulation(models.TextChoices):
    """Codes of the page; one that is not here is stored and shown all the same."""

    JSF = "001", _("caution or restriction by JSF")
    DAILY_PUBLICATION = "002", _("daily publication")
    RESTRICTED = "003", _("restricted")
    SECOND_STAGE = "004", _("restricted, 2nd stage")
    THIRD_STAGE = "005", _("restricted, 3rd stage")
    FOURTH_STAGE = "006", _("restricted, 4th stage")
    LIFTED = "101", _("lifted")
    SUPERVISED = "102", _("under supervision")


def _reason(key: str, label: columns.Label) -> models.BooleanField[bool, bool]:
    return models.BooleanField(label, help_text=api(f"PubReason.{key}"))


class MarginAlertQuerySet(models.QuerySet["MarginAlert"]):
    def current(self) -> Self:
        """Return the balances of each issue and day that no later publication has corrected."""
        later = MarginAlert.objects.filter(
            is_after("published_on"), code=OuterRef("code"), date=OuterRef("date")
        )
        return self.filter(~Exists(later))


class MarginAlert(models.Model):
    """Balances of an issue whose margin trading is published daily; a later publication corrects earlier ones.

    A number for which a mark is sent is null, and the mark in the field beside it: "-" where there was no
    publication the day before, "*" for ETFs. https://jpx-jquants.com/en/spec/mkt-margin-alert
    """

    code = columns.issue_code()
    published_on = columns.day("PubDate", _("published on"))
    date = columns.day("AppDate", _("application date"))
    is_restricted = _reason("Restricted", _("restricted"))
    is_published_daily = _reason("DailyPublication", _("daily publication"))
    is_monitored = _reason("Monitoring", _("monitored"))
    is_restricted_by_jsf = _reason("RestrictedByJSF", _("restricted by JSF"))
    is_precaution_by_jsf = _reason("PrecautionByJSF", _("precaution by JSF"))
    is_unclear = _reason("UnclearOrSecOnAlert", _("unclear, or security on alert"))
    short_outstanding = columns.share_count("ShrtOut", _("short"))
    short_change = columns.share_count("ShrtOutChg", _("change of short"))
    short_change_mark = columns.mark("ShrtOutChg", _("mark: change of short"))
    short_ratio = columns.percent("ShrtOutRatio", _("short to listed shares"))
    short_ratio_mark = columns.mark("ShrtOutRatio", _("mark: short to listed shares"))
    long_outstanding = columns.share_count("LongOut", _("long"))
    long_change = columns.share_count("LongOutChg", _("change of long"))
    long_change_mark = columns.mark("LongOutChg", _("mark: change of long"))
    long_ratio = columns.percent("LongOutRatio", _("long to listed shares"))
    long_ratio_mark = columns.mark("LongOutRatio", _("mark: long to listed shares"))
    short_to_long_ratio = columns.percent("SLRatio", _("short to long"))
    short_to_long_ratio_mark = columns.mark("SLRatio", _("mark: short to long"))
    short_negotiable = columns.share_count("ShrtNegOut", _("short, negotiable"))
    short_negotiable_change = columns.share_count("ShrtNegOutChg", _("change of short, negotiable"))
    short_negotiable_change_mark = columns.mark("ShrtNegOutChg", _("mark: change of short, negotiable"))
    short_standardized = columns.share_count("ShrtStdOut", _("short, standardized"))
    short_standardized_change = columns.share_count("ShrtStdOutChg", _("change of short, standardized"))
    short_standardized_change_mark = columns.mark("ShrtStdOutChg", _("mark: change of short, standardized"))
    long_negotiable = columns.share_count("LongNegOut", _("long, negotiable"))
    long_negotiable_change = columns.share_count("LongNegOutChg", _("change of long, negotiable"))
    long_negotiable_change_mark = columns.mark("LongNegOutChg", _("mark: change of long, negotiable"))
    long_standardized = columns.share_count("LongStdOut", _("long, standardized"))
    long_standardized_change = columns.share_count("LongStdOutChg", _("change of long, standardized"))
    long_standardized_change_mark = columns.mark("LongStdOutChg", _("mark: change of long, standardized"))
    regulation = models.CharField(
        _("regulation"), max_length=3, choices=MarginRegulation.choices, help_text=api("TSEMrgnRegCls")
    )

    objects = MarginAlertQuerySet.as_manager()

    class Meta:
        db_table = "margin_alerts"
        ordering = ["-published_on", "code", "-date"]
        verbose_name = _("margin alert")
        verbose_name_plural = _("margin alerts")
        constraints = [
            models.UniqueConstraint(fields=["code", "date", "published_on"], name="margin_alerts_key")
        ]
        indexes = [models.Index(fields=["published_on"], name="margin_alerts_by_publication")]

    def __str__(self) -> str:
        return f"{self.code} {self.date}"
