from __future__ import annotations

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from jquants.models import TradingDay
from scheduler.admin.base import ReadOnlyModelAdmin


@admin.register(TradingDay)
class TradingDayAdmin(ReadOnlyModelAdmin):
    list_display = ("date", "weekday", "holiday_division", "is_open")
    list_filter = ("holiday_division",)
    list_fullwidth = True
    date_hierarchy = "date"

    @admin.display(description=_("weekday"))
    def weekday(self, day: TradingDay) -> str:
        return date_format(day.date, "l")

    @admin.display(description=_("trading day"), boolean=True)
    def is_open(self, day: TradingDay) -> bool:
        return day.is_trading_day
