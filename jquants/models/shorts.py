"""Short selling, and trades by kind of order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jquants.models import columns
from jquants.models.documented import RATIO, api


class ShortRatio(models.Model):
    """The short selling in a sector on a day: https://jpx-jquants.com/en/spec/mkt-short-ratio."""

    date = columns.day()
    sector_33_code = models.CharField(_("TSE-33 sector code"), max_length=4, help_text=api("S33"))
    long_value = columns.money(_("sales without short selling"), "SellExShortVa")
    restricted_short_value = columns.money(_("short selling with price restrictions"), "ShrtWithResVa")
    unrestricted_short_value = columns.money(_("short selling without price restrictions"), "ShrtNoResVa")

    class Meta:
        db_table = "short_ratios"
        ordering = ["-date", "sector_33_code"]
        verbose_name = _("short selling of a sector")
        verbose_name_plural = _("short selling by sector")
        constraints = [models.UniqueConstraint(fields=["sector_33_code", "date"], name="short_ratios_key")]
        indexes = [models.Index(fields=["date"], name="short_ratios_by_date")]

    def __str__(self) -> str:
        return f"{self.sector_33_code} {self.date}"


def _given(label: columns.Label, key: str) -> models.CharField[str | None, str | None]:
    """A text as reported; null where nothing was."""
    return models.CharField(label, max_length=500, null=True, help_text=api(key))


class ShortSaleReport(models.Model):
    """A short position of 0.5 % or more: https://jpx-jquants.com/en/spec/mkt-short-sale-report.

    Reports also name issues of other exchanges. Nothing in them tells two of one day and issue apart for sure.
    """

    disclosed_on = columns.day(_("disclosed on"), "DiscDate")
    calculated_on = columns.day(_("calculated on"), "CalcDate")
    code = columns.code()
    number = models.PositiveIntegerField(
        _("number"), help_text=_("Counts the reports of a day on an issue, in the order of the answer.")
    )
    short_seller_name = _given(_("short seller"), "SSName")
    short_seller_address = _given(_("address of the short seller"), "SSAddr")
    contractor_name = _given(_("discretionary contractor"), "DICName")
    contractor_address = _given(_("address of the contractor"), "DICAddr")
    fund_name = _given(_("fund"), "FundName")
    position_ratio = columns.ratio(_("position"), "ShrtPosToSO", RATIO)
    position_shares = columns.shares(_("position in shares"), "ShrtPosShares")
    position_units = models.DecimalField(
        _("position in units"), max_digits=20, decimal_places=4, null=True, help_text=api("ShrtPosUnits")
    )
    previous_calculated_on = models.DateField(_("previous report"), null=True, help_text=api("PrevRptDate"))
    previous_ratio = columns.ratio(_("previous position"), "PrevRptRatio", RATIO)
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

    code = columns.code()
    date = columns.day()
    long_sell_value = columns.money(_("cash sales, value"), "LongSellVa")
    short_sell_value = columns.money(_("short sales without margin, value"), "ShrtNoMrgnVa")
    margin_sell_new_value = columns.money(_("new margin sales, value"), "MrgnSellNewVa")
    margin_sell_close_value = columns.money(_("closing margin sales, value"), "MrgnSellCloseVa")
    long_buy_value = columns.money(_("cash purchases, value"), "LongBuyVa")
    margin_buy_new_value = columns.money(_("new margin purchases, value"), "MrgnBuyNewVa")
    margin_buy_close_value = columns.money(_("closing margin purchases, value"), "MrgnBuyCloseVa")
    long_sell_volume = columns.shares(_("cash sales, volume"), "LongSellVo")
    short_sell_volume = columns.shares(_("short sales without margin, volume"), "ShrtNoMrgnVo")
    margin_sell_new_volume = columns.shares(_("new margin sales, volume"), "MrgnSellNewVo")
    margin_sell_close_volume = columns.shares(_("closing margin sales, volume"), "MrgnSellCloseVo")
    long_buy_volume = columns.shares(_("cash purchases, volume"), "LongBuyVo")
    margin_buy_new_volume = columns.shares(_("new margin purchases, volume"), "MrgnBuyNewVo")
    margin_buy_close_volume = columns.shares(_("closing margin purchases, volume"), "MrgnBuyCloseVo")

    class Meta:
        db_table = "breakdown"
        ordering = ["-date", "code"]
        verbose_name = _("breakdown of trades")
        verbose_name_plural = _("breakdown of trades")
        constraints = [models.UniqueConstraint(fields=["code", "date"], name="breakdown_key")]
        indexes = [models.Index(fields=["date"], name="breakdown_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.date}"
