"""What companies announce besides statements, dividends and dates of results; and what J-Quants values them at."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from jquants.models.columns import (
    clock,
    day,
    decimal,
    issue_code,
    mark,
    number,
    optional_day,
    optional_text,
    per_share,
    ratio,
    text,
    times,
)
from jquants.models.documented import MILLION_YEN, YEN
from jquants.models.newest import is_after


class NoticeStatus(models.TextChoices):
    NEW = "1", _("new")
    CORRECTION = "2", _("correction")
    DELETION = "3", _("deletion")


class InterimFinal(models.TextChoices):
    INTERIM = "1", _("interim")
    FINAL = "2", _("final")


class ForecastResult(models.TextChoices):
    DECIDED = "1", _("decided")
    FORECAST = "2", _("forecast")


class DividendKind(models.TextChoices):
    ORDINARY = "0", _("ordinary")
    COMMEMORATIVE = "1", _("commemorative")
    SPECIAL = "2", _("special")
    BOTH = "3", _("commemorative and special")


class DividendQuerySet(models.QuerySet["Dividend"]):
    def in_force(self) -> Self:
        """Return the notices that stand: without deletions, and without those a later notice corrects or deletes.

        A second correction may name the notice itself or the first correction.
        """
        later = Dividend.objects.filter(
            is_after("announced_on", "announced_at", "reference_number"),
            Q(corrected_reference_number=OuterRef("reference_number"))
            | Q(corrected_reference_number=OuterRef("corrected_reference_number")),
            code=OuterRef("code"),
            status__in=(NoticeStatus.CORRECTION, NoticeStatus.DELETION),
        )
        return self.exclude(status=NoticeStatus.DELETION).filter(~Exists(later))


class Dividend(models.Model):
    """A notice of a dividend: https://jpx-jquants.com/en/spec/fin-dividend.

    An amount is null where it is undecided, its mark then "-", or not set. Per share as announced, not adjusted
    for splits.
    """

    announced_on = day("PubDate", _("announced on"))
    announced_at = clock("PubTime", _("announced at"))
    code = issue_code()
    reference_number = text("RefNo", _("reference number"), 30)
    status = text("StatCode", _("status"), 1, NoticeStatus.choices)
    corrected_reference_number = text("CARefNo", _("corrected or deleted notice"), 30)
    board_meeting_on = optional_day("BoardDate", _("board meeting on"))
    interim_final = text("IFCode", _("interim or final"), 1, InterimFinal.choices)
    forecast_result = text("FRCode", _("decided or forecast"), 1, ForecastResult.choices)
    term = optional_text("IFTerm", _("month of record"), 7)
    gross_rate = per_share("DivRate", _("dividend per share"))
    gross_rate_mark = mark("DivRate", _("mark of dividend per share"))
    record_on = optional_day("RecDate", _("record date"))
    ex_on = optional_day("ExDate", _("ex-date"))
    actual_record_on = optional_day("ActRecDate", _("actual record date"))
    payable_on = optional_day("PayDate", _("payable on"))
    payable_on_mark = mark("PayDate", _("mark of payable on"))
    distribution_amount = per_share("DistAmt", _("distribution"))
    distribution_amount_mark = mark("DistAmt", _("mark of distribution"))
    retained_earnings = per_share("RetEarn", _("retained earnings"))
    retained_earnings_mark = mark("RetEarn", _("mark of retained earnings"))
    deemed_dividend = per_share("DeemDiv", _("deemed dividend"))
    deemed_dividend_mark = mark("DeemDiv", _("mark of deemed dividend"))
    deemed_capital_gains = per_share("DeemCapGains", _("deemed capital gains"))
    deemed_capital_gains_mark = mark("DeemCapGains", _("mark of deemed capital gains"))
    net_asset_decrease_ratio = number("NetAssetDecRatio", _("ratio of decrease of net assets"))
    net_asset_decrease_ratio_mark = mark("NetAssetDecRatio", _("mark of the ratio of decrease of net assets"))
    kind = text("CommSpecCode", _("kind of dividend"), 1, DividendKind.choices)
    commemorative_rate = per_share("CommDivRate", _("commemorative dividend"))
    commemorative_rate_mark = mark("CommDivRate", _("mark of commemorative dividend"))
    special_rate = per_share("SpecDivRate", _("special dividend"))
    special_rate_mark = mark("SpecDivRate", _("mark of special dividend"))

    objects = DividendQuerySet.as_manager()

    class Meta:
        db_table = "dividends"
        ordering = ["-announced_on", "-announced_at", "code"]
        verbose_name = _("dividend")
        verbose_name_plural = _("dividends")
        constraints = [
            models.UniqueConstraint(fields=["reference_number"], name="dividends_reference_number")
        ]
        indexes = [
            models.Index(fields=["announced_on"], name="dividends_by_day"),
            models.Index(fields=["code", "announced_on"], name="dividends_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.term} {self.reference_number}"


class EarningsDateQuerySet(models.QuerySet["EarningsDate"]):
    def current(self) -> Self:
        """Return the announcements that no later one of the same company and period has replaced.

        J-Quants names no year: what is announced of a year's results replaces those of the year before. Nor does it
        tell in which order those of one day came: the last day that is named counts.
        """
        later = EarningsDate.objects.filter(
            is_after("published_on", "number"),
            code=OuterRef("code"),
            fiscal_quarter=OuterRef("fiscal_quarter"),
            fiscal_year_end=OuterRef("fiscal_year_end"),
        )
        return self.filter(~Exists(later))


class EarningsDate(models.Model):
    """When a company said it would publish results: https://jpx-jquants.com/en/spec/fin-earnings-date.

    A change of mind is another row. `number` counts those of one company, period and day, the undecided first and
    then by the day they name.
    """

    published_on = day("PubDate", _("announced on"))
    scheduled_on = optional_day("SchDate", _("scheduled on"))
    fiscal_quarter = text("FQName", _("period"), 10)
    fiscal_year_end = text("FYE", _("end of fiscal year (MMDD)"), 4)
    code = issue_code()
    company_name = text("CoName", _("name"), 200)
    company_name_english = text("CoNameEn", _("name in English"), 200)
    number = models.PositiveSmallIntegerField(_("number"))

    objects = EarningsDateQuerySet.as_manager()

    class Meta:
        db_table = "earnings_dates"
        ordering = ["-published_on", "code", "-number"]
        verbose_name = _("announced date of results")
        verbose_name_plural = _("announced dates of results")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "fiscal_quarter", "fiscal_year_end", "published_on", "number"],
                name="earnings_dates_code_period_day",
            ),
        ]
        indexes = [
            models.Index(fields=["published_on"], name="earnings_dates_by_day"),
            models.Index(fields=["scheduled_on"], name="earnings_dates_by_schedule"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.fiscal_quarter} {self.scheduled_on or '-'}"


class Valuation(models.Model):
    """How an issue is valued at a day's close: https://jpx-jquants.com/en/spec/eq-valuation. Funds have nulls."""

    date = day("Date", _("date"))
    code = issue_code()
    earnings_per_share = number("EPS", _("earnings per share, last 12 months"), YEN)
    forecast_earnings_per_share = number("FwdEPS", _("earnings per share, forecast"), YEN)
    book_value_per_share = number("BPS", _("book value per share"), YEN)
    return_on_equity = ratio("ROE", _("return on equity"))
    forecast_return_on_equity = ratio("FwdROE", _("return on equity, forecast"))
    price_earnings_ratio = times("PER", _("price-earnings ratio"))
    forecast_price_earnings_ratio = times("FwdPER", _("price-earnings ratio, forecast"))
    price_book_ratio = times("PBR", _("price-book ratio"))
    market_cap = decimal("MktCap", _("market capitalization without treasury shares"), MILLION_YEN)

    class Meta:
        db_table = "valuations"
        ordering = ["-date", "code"]
        verbose_name = _("valuation")
        verbose_name_plural = _("valuations")
        constraints = [models.UniqueConstraint(fields=["code", "date"], name="valuations_code_date")]
        indexes = [models.Index(fields=["date"], name="valuations_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.date}"
