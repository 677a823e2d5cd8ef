"""Bars and trades within a day; `adjusted` computes their prices as it does those of daily quotes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jquants.models import columns
from jquants.models.documented import SHARES, YEN, api
from jquants.models.quote import Adjustable, AdjustedQuerySet


class Session(models.TextChoices):
    MORNING = "am", _("morning")
    AFTERNOON = "pm", _("afternoon")


class SessionQuoteQuerySet(AdjustedQuerySet["SessionQuote"]):
    pass


class SessionQuote(Adjustable):
    """The raw bar of an issue in a session of a day: https://jpx-jquants.com/en/spec/eq-bars-daily.

    A session without a trade, such as the afternoon of a half day, has a row whose prices are null.
    """

    code = columns.issue_code()
    date = columns.day("Date", _("date"))
    session = models.CharField(
        _("session"),
        max_length=2,
        choices=Session.choices,
        help_text=_("The first letter of the API's keys: M of the morning, A of the afternoon."),
    )
    open = columns.yen("MO, AO", _("open"))
    high = columns.yen("MH, AH", _("high"))
    low = columns.yen("ML, AL", _("low"))
    close = columns.yen("MC, AC", _("close"))
    upper_limit = columns.flag("MUL, AUL", _("limit up"))
    lower_limit = columns.flag("MLL, ALL", _("limit down"))
    volume = columns.share_count("MVo, AVo", _("volume"))
    turnover_value = columns.yen("MVa, AVa", _("turnover"))

    objects = SessionQuoteQuerySet.as_manager()

    class Meta:
        db_table = "session_quotes"
        ordering = ["-date", "code", "session"]
        verbose_name = _("session quote")
        verbose_name_plural = _("session quotes")
        constraints = [
            models.UniqueConstraint(fields=["code", "date", "session"], name="session_quotes_key"),
        ]
        indexes = [models.Index(fields=["date"], name="session_quotes_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.date} {self.session}"


class MorningQuoteQuerySet(AdjustedQuerySet["MorningQuote"]):
    pass


class MorningQuote(Adjustable):
    """The raw bar of an issue's morning, as published at noon: https://jpx-jquants.com/en/spec/eq-bars-daily-am."""

    code = columns.issue_code()
    date = columns.day("Date", _("date"))
    open = columns.yen("MO", _("open"))
    high = columns.yen("MH", _("high"))
    low = columns.yen("ML", _("low"))
    close = columns.yen("MC", _("close"))
    volume = columns.share_count("MVo", _("volume"))
    turnover_value = columns.yen("MVa", _("turnover"))

    objects = MorningQuoteQuerySet.as_manager()

    class Meta:
        db_table = "morning_quotes"
        ordering = ["-date", "code"]
        verbose_name = _("morning quote")
        verbose_name_plural = _("morning quotes")
        constraints = [models.UniqueConstraint(fields=["code", "date"], name="morning_quotes_key")]
        indexes = [models.Index(fields=["date"], name="morning_quotes_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.date}"


class MinuteBarQuerySet(AdjustedQuerySet["MinuteBar"]):
    pass


class MinuteBar(Adjustable):
    """The raw bar of an issue in a minute with trades: https://jpx-jquants.com/en/spec/eq-bars-minute."""

    code = columns.issue_code()
    date = columns.day("Date", _("date"))
    time = models.TimeField(_("time"), help_text=api("Time", _("Tokyo, when the minute begins")))
    open = columns.yen("O", _("open"))
    high = columns.yen("H", _("high"))
    low = columns.yen("L", _("low"))
    close = columns.yen("C", _("close"))
    volume = columns.share_count("Vo", _("volume"))
    turnover_value = columns.yen("Va", _("turnover"))

    objects = MinuteBarQuerySet.as_manager()

    class Meta:
        db_table = "minute_bars"
        ordering = ["-date", "code", "time"]
        verbose_name = _("minute bar")
        verbose_name_plural = _("minute bars")
        constraints = [models.UniqueConstraint(fields=["code", "date", "time"], name="minute_bars_key")]
        indexes = [models.Index(fields=["date", "code", "time"], name="minute_bars_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.date} {self.time:%H:%M}"


class TickSession(models.TextChoices):
    MORNING = "01", _("morning")
    AFTERNOON = "02", _("afternoon")


class Tick(models.Model):
    """One trade: https://jpx-jquants.com/en/spec/eq-trades."""

    code = columns.issue_code()
    date = columns.day("Date", _("date"))
    time = models.TimeField(_("time"), help_text=api("Time", _("Tokyo, to the microsecond")))
    session = models.CharField(
        _("session"), max_length=2, choices=TickSession.choices, help_text=api("SessionDistinction")
    )
    price = models.DecimalField(_("price"), max_digits=20, decimal_places=4, help_text=api("Price", YEN))
    volume = models.BigIntegerField(_("volume"), help_text=api("TradingVolume", SHARES))
    transaction_id = models.CharField(_("transaction"), max_length=20, help_text=api("TransactionId"))

    class Meta:
        db_table = "ticks"
        ordering = ["-date", "code", "time", "transaction_id"]
        verbose_name = pgettext_lazy("of the exchange", "tick")
        verbose_name_plural = pgettext_lazy("of the exchange", "ticks")
        constraints = [models.UniqueConstraint(fields=["code", "date", "transaction_id"], name="ticks_key")]
        indexes = [models.Index(fields=["date", "code", "time"], name="ticks_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.date} {self.transaction_id}"
