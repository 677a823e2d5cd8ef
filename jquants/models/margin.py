"""Balances of margin trading."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jquants.models import columns
from jquants.models.documented import PERCENT, api


class IssueType(models.TextChoices):
    MARGIN = "1", _("margin only")
    LOANABLE = "2", _("loanable")
    OTHER = "3", _("other")


class MarginInterest(models.Model):
    """Balances of an issue at the end of a week, since 2026-09-25 of each trading day; shares are not adjusted.

    https://jpx-jquants.com/en/spec/mkt-margin-int
    """

    code = columns.code()
    date = columns.day(_("application date"))
    published_on = models.DateField(
        _("published on"), null=True, help_text=api("PubDate", _("not told of days before 2026-09-25"))
    )
    issue_type = models.CharField(
        _("type of issue"), max_length=1, choices=IssueType.choices, help_text=api("IssType")
    )
    short_volume = columns.shares(_("short"), "ShrtVol")
    long_volume = columns.shares(_("long"), "LongVol")
    short_negotiable_volume = columns.shares(_("short, negotiable"), "ShrtNegVol")
    long_negotiable_volume = columns.shares(_("long, negotiable"), "LongNegVol")
    short_standardized_volume = columns.shares(_("short, standardized"), "ShrtStdVol")
    long_standardized_volume = columns.shares(_("long, standardized"), "LongStdVol")
    short_value = columns.money(_("value of short"), "ShrtVal")
    long_value = columns.money(_("value of long"), "LongVal")
    short_negotiable_value = columns.money(_("value of short, negotiable"), "ShrtNegVal")
    long_negotiable_value = columns.money(_("value of long, negotiable"), "LongNegVal")
    short_standardized_value = columns.money(_("value of short, standardized"), "ShrtStdVal")
    long_standardized_value = columns.money(_("value of long, standardized"), "LongStdVal")

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


class MarginAlert(models.Model):
    """Balances of an issue whose margin trading is published daily; a later publication corrects earlier ones.

    A number for which a mark is sent is null, and the mark in the field beside it: "-" where there was no
    publication the day before, "*" for ETFs. https://jpx-jquants.com/en/spec/mkt-margin-alert
    """

    code = columns.code()
    published_on = columns.day(_("published on"), "PubDate")
    date = columns.day(_("application date"), "AppDate")
    is_restricted = columns.flag(_("restricted"), "PubReason.Restricted")
    is_published_daily = columns.flag(_("daily publication"), "PubReason.DailyPublication")
    is_monitored = columns.flag(_("monitored"), "PubReason.Monitoring")
    is_restricted_by_jsf = columns.flag(_("restricted by JSF"), "PubReason.RestrictedByJSF")
    is_precaution_by_jsf = columns.flag(_("precaution by JSF"), "PubReason.PrecautionByJSF")
    is_unclear = columns.flag(_("unclear, or security on alert"), "PubReason.UnclearOrSecOnAlert")
    short_outstanding = columns.shares(_("short"), "ShrtOut")
    short_change = columns.shares(_("change of short"), "ShrtOutChg")
    short_change_mark = columns.mark(_("mark: change of short"), "ShrtOutChg")
    short_ratio = columns.ratio(_("short to listed shares"), "ShrtOutRatio", PERCENT)
    short_ratio_mark = columns.mark(_("mark: short to listed shares"), "ShrtOutRatio")
    long_outstanding = columns.shares(_("long"), "LongOut")
    long_change = columns.shares(_("change of long"), "LongOutChg")
    long_change_mark = columns.mark(_("mark: change of long"), "LongOutChg")
    long_ratio = columns.ratio(_("long to listed shares"), "LongOutRatio", PERCENT)
    long_ratio_mark = columns.mark(_("mark: long to listed shares"), "LongOutRatio")
    short_to_long_ratio = columns.ratio(_("short to long"), "SLRatio", PERCENT)
    short_to_long_ratio_mark = columns.mark(_("mark: short to long"), "SLRatio")
    short_negotiable = columns.shares(_("short, negotiable"), "ShrtNegOut")
    short_negotiable_change = columns.shares(_("change of short, negotiable"), "ShrtNegOutChg")
    short_negotiable_change_mark = columns.mark(_("mark: change of short, negotiable"), "ShrtNegOutChg")
    short_standardized = columns.shares(_("short, standardized"), "ShrtStdOut")
    short_standardized_change = columns.shares(_("change of short, standardized"), "ShrtStdOutChg")
    short_standardized_change_mark = columns.mark(_("mark: change of short, standardized"), "ShrtStdOutChg")
    long_negotiable = columns.shares(_("long, negotiable"), "LongNegOut")
    long_negotiable_change = columns.shares(_("change of long, negotiable"), "LongNegOutChg")
    long_negotiable_change_mark = columns.mark(_("mark: change of long, negotiable"), "LongNegOutChg")
    long_standardized = columns.shares(_("long, standardized"), "LongStdOut")
    long_standardized_change = columns.shares(_("change of long, standardized"), "LongStdOutChg")
    long_standardized_change_mark = columns.mark(_("mark: change of long, standardized"), "LongStdOutChg")
    regulation = models.CharField(
        _("regulation"), max_length=3, choices=MarginRegulation.choices, help_text=api("TSEMrgnRegCls")
    )

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
