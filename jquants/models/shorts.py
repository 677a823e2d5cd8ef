"""Short selling, and trades by kind of order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jquants.models import columns
from jquants.models.documented import api


class ShortRatio(models.Model):
    """The short selling in a sector on a day: https://jpx-jquants.com/en/spec/mkt-short-ratio."""

    date = columns.day("Date", _("date"))
    sector_33_code = models.CharField(_("TSE-33 sector code"), max_length=4, help_text=api("S33"))
    long_value = columns.yen("SellExShortVa", _("sales without short selling"))
    restricted_short_value = columns.yen("ShrtWithResVa", _("short selling with price restrictions"))
    unrestricted_short_value = columns.yen("ShrtNoResVa", _("short selling without price restrictions"))

    class Meta:
        db_table = "short_ratios"
        ordering = ["-date", "sector_33_code"]
        verbose_name = _("short selling of a sector")
        verbose_name_plural = _("short selling by sector")
        constraints = [models.UniqueConstraint(fields=["sector_33_code", "date"], name="short_ratios_key")]
        indexes = [models.Index(fields=["date"], name="short_ratios_by_date")]

    def __str__(self) -> str:
        return f"{self.sector_33_code} {self.date}"


class ShortSaleReport(models.Model):
    """A short position of at least half a percent: https://jpx-jquants.com/en/spec/mkt-short-sale-report.

    Reports also name issues of other exchanges. Nothing in them tells two of one day and issue apart for sure.
    """

    disclosed_on = columns.day("DiscDate", pgettext_lazy("by the exchange", "disclosed on"))
    calculated_on = columns.day("CalcDate", _("calculated on"))
    code = columns.issue_code()
    number = models.PositiveIntegerField(
        _("number"), help_text=_("Counts the reports of a day on an issue, ordered by their content.")
    )
    short_seller_name = columns.optional_text("SSName", _("short seller"), 500)
    short_seller_address = columns.optional_text("SSAddr", _("address of the short seller"), 500)
    contractor_name = columns.optional_text("DICName", _("discretionary contractor"), 500)
    contractor_address = columns.optional_text("DICAddr", _("address of the contractor"), 500)
    fund_name = columns.optional_text("FundName", _("fund"), 500)
    position_ratio = columns.ratio("ShrtPosToSO", _("position"))
    position_shares = columns.share_count("ShrtPosShares", _("position in shares"))
    position_units = columns.decimal("ShrtPosUnits", _("position in units"))
    previous_calculated_on = models.DateField(_("previous report"), null=True, help_text=api("PrevRptDate"))
    previous_ratio = columns.ratio("PrevRptRatio", _("previous position"))
    notes = models.TextField(  # noqa: DJ001
        _("notes"), null=True, help_text=api("Notes", _("with the blanks that pad it"))
    )

    class Meta:
        db_table = "short_sale_reports"
        ordering = ["-disclosed_on", "code", "number"]
        verbose_name = _("short-sale report")
        verbose_name_plural = _("short-sale reports")
        constraints = [
            models.UniqueConstraint(fields=["code", "disclosed_on", "number"], name="short_sale_reports_key")
        ]
        indexes = [models.Index(fields=["disclosed_on"], name="short_sale_reports_by_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.disclosed_on} {self.number}"


class Breakdown(models.Model):
    """An issue's trades of a day by kind of order, not adjusted: https://jpx-jquants.com/en/spec/mkt-breakdown."""

    code = columns.issue_code()
    date = columns.day("Date", _("date"))
    long_sell_value = columns.yen("LongSellVa", _("cash sales, value"))
    short_sell_value = columns.yen("ShrtNoMrgnVa", _("short sales without margin, value"))
    margin_sell_new_value = columns.yen("MrgnSellNewVa", _("new margin sales, value"))
    margin_sell_close_value = columns.yen("MrgnSellCloseVa", _("closing margin sales, value"))
    long_buy_value = columns.yen("LongBuyVa", _("cash purchases, value"))
    margin_buy_new_value = columns.yen("MrgnBuyNewVa", _("new margin purchases, value"))
    margin_buy_close_value = columns.yen("MrgnBuyCloseVa", _("closing margin purchases, value"))
    long_sell_volume = columns.share_count("LongSellVo", _("cash sales, volume"))
    short_sell_volume = columns.share_count("ShrtNoMrgnVo", _("short sales without margin, volume"))
    margin_sell_new_volume = columns.share_count("MrgnSellNewVo", _("new margin sales, volume"))
    margin_sell_close_volume = columns.share_count("MrgnSellCloseVo", _("closing margin sales, volume"))
    long_buy_volume = columns.share_count("LongBuyVo", _("cash purchases, volume"))
    margin_buy_new_volume = columns.share_count("MrgnBuyNewVo", _("new margin purchases, volume"))
    margin_buy_close_volume = columns.share_count("MrgnBuyCloseVo", _("closing margin purchases, volume"))

    class Meta:
        db_table = "breakdown"
        ordering = ["-date", "code"]
        verbose_name = _("breakdown of trades")
        verbose_name_plural = _("breakdown of trades")
        constraints = [models.UniqueConstraint(fields=["code", "date"], name="breakdown_key")]
        indexes = [models.Index(fields=["date"], name="breakdown_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.date}"
