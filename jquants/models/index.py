"""Indices of the exchange."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jquants.models import columns
from jquants.models.documented import api

_POINTS = _("points")


class IndexBar(models.Model):
    """An index on a day; of some only the close is told. https://jpx-jquants.com/en/spec/idx-bars-daily"""

    code = models.CharField(_("code"), max_length=4, help_text=api("Code"))
    date = columns.day("Date", _("date"))
    open = columns.decimal("O", _("open"), _POINTS)
    high = columns.decimal("H", _("high"), _POINTS)
    low = columns.decimal("L", _("low"), _POINTS)
    close = columns.decimal("C", _("close"), _POINTS)

    class Meta:
        db_table = "index_bars"
        ordering = ["-date", "code"]
        verbose_name = _("index bar")
        verbose_name_plural = _("index bars")
        constraints = [models.UniqueConstraint(fields=["code", "date"], name="index_bars_key")]
        indexes = [models.Index(fields=["date"], name="index_bars_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.date}"


class TopixBar(models.Model):
    """TOPIX on a day: https://jpx-jquants.com/en/spec/idx-bars-daily-topix"""

    date = models.DateField(_("date"), unique=True, help_text=api("Date"))
    open = columns.decimal("O", _("open"), _POINTS)
    high = columns.decimal("H", _("high"), _POINTS)
    low = columns.decimal("L", _("low"), _POINTS)
    close = columns.decimal("C", _("close"), _POINTS)

    class Meta:
        db_table = "topix"
        ordering = ["-date"]
        verbose_name = _("TOPIX")
        verbose_name_plural = _("TOPIX")

    def __str__(self) -> str:
        return str(self.date)
