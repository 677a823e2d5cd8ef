"""The exchange's calendar: https://jpx-jquants.com/en/spec/mkt-cal."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HolidayDivision(models.TextChoices):
    CLOSED = "0", _("closed")
    OPEN = "1", pgettext_lazy("kind of day", "open")
    HALF_DAY = "2", _("half day")
    DERIVATIVES_ONLY = "3", _("closed; derivatives are traded")


TRADING = (HolidayDivision.OPEN, HolidayDivision.HALF_DAY)


class TradingDayQuerySet(models.QuerySet["TradingDay"]):
    def trading(self) -> Self:
        """Return the days on which stocks are traded."""
        return self.filter(holiday_division__in=TRADING)


class TradingDay(models.Model):
    """A day of the calendar, whether or not it is a trading day."""

    date = models.DateField(_("date"), unique=True, help_text=_("“Date” of the API."))
    holiday_division = models.CharField(
        _("kind of day"), max_length=1, choices=HolidayDivision.choices, help_text=_("“HolDiv” of the API.")
    )

    objects = TradingDayQuerySet.as_manager()

    class Meta:
        db_table = "trading_calendar"
        ordering = ["-date"]
        verbose_name = _("day of the trading calendar")
        verbose_name_plural = _("trading calendar")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(holiday_division__in=HolidayDivision.values),
                name="trading_calendar_division_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_holiday_division_display()}"

    @property
    def is_trading_day(self) -> bool:
        return self.holiday_division in TRADING
