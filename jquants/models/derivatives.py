"""Daily bars of futures and options: https://jpx-jquants.com/en/spec/drv-bars-daily-fut and its neighbours.

A session that a contract did not have is null, one without a trade has zeros. A day's rows carry the trading day
they belong to: a night session began on the evening before, holiday trading belongs to the next business day.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jquants.models.columns import day, flag, number, optional_day, optional_text, percent, text, whole, yen
from jquants.models.documented import YEN

CONTRACTS = _("contracts")
MORNING = _("morning session")
NIGHT = _("night session")
DAY_SESSION = _("day session")
OPEN, HIGH, LOW, CLOSE = _("open"), _("high"), _("low"), _("close")


class SettlementKind(models.TextChoices):
    EMERGENCY_MARGIN = "001", _("emergency margin")
    NORMAL = "002", _("settlement")


class PutCall(models.TextChoices):
    PUT = "1", _("put")
    CALL = "2", _("call")


class DerivativeBar(models.Model):
    """What all have; two rows a contract and day where an emergency margin was called."""

    date = day("Date", _("date"))
    code = text("Code", _("contract code"), 9)
    settlement_kind = text("EmMrgnTrgDiv", _("kind of row"), 3, SettlementKind.choices)
    contract = text("CM", _("contract month or week"), 7)
    open = yen("O", OPEN)
    high = yen("H", HIGH)
    low = yen("L", LOW)
    close = yen("C", CLOSE)
    night_open = yen("EO", OPEN, NIGHT)
    night_high = yen("EH", HIGH, NIGHT)
    night_low = yen("EL", LOW, NIGHT)
    night_close = yen("EC", CLOSE, NIGHT)
    day_open = yen("AO", OPEN, DAY_SESSION)
    day_high = yen("AH", HIGH, DAY_SESSION)
    day_low = yen("AL", LOW, DAY_SESSION)
    day_close = yen("AC", CLOSE, DAY_SESSION)
    volume = whole("Vo", _("volume"), CONTRACTS)
    auction_volume = whole("VoOA", _("volume in auctions"), CONTRACTS)
    open_interest = whole("OI", _("open interest"), CONTRACTS)
    turnover_value = yen("Va", _("turnover"))
    settlement_price = yen("Settle", _("settlement price"))
    last_trading_on = optional_day("LTD", _("last trading day"))
    special_quotation_on = optional_day("SQD", _("special quotation day"))

    class Meta:
        abstract = True
        ordering = ["-date", "code", "-settlement_kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "date", "settlement_kind"], name="%(class)s_code_date_settlement"
            ),
        ]
        indexes = [models.Index(fields=["date"], name="%(class)s_by_date")]

    def __str__(self) -> str:
        return f"{self.code} {self.date}"


class ProductBar(models.Model):
    """What tells the products apart, and the morning session that days had until 2011-02-10."""

    product_category = text("ProdCat", _("product"), 20)
    is_central_contract_month = flag("CCMFlag", _("central contract month"))
    morning_open = yen("MO", OPEN, MORNING)
    morning_high = yen("MH", HIGH, MORNING)
    morning_low = yen("ML", LOW, MORNING)
    morning_close = yen("MC", CLOSE, MORNING)

    class Meta:
        abstract = True


class OptionBar(DerivativeBar):
    """What options have besides."""

    put_call = text("PCDiv", _("put or call"), 1, PutCall.choices)
    strike_price = yen("Strike", _("strike price"))
    theoretical_price = number("Theo", _("theoretical price"), YEN)
    base_volatility = percent("BaseVol", _("base volatility"))
    underlying_price = number("UnderPx", _("price of the underlying"), YEN)
    implied_volatility = percent("IV", _("implied volatility"))
    interest_rate = percent("IR", _("interest rate"))

    class Meta(DerivativeBar.Meta):
        abstract = True


class Future(ProductBar, DerivativeBar):
    class Meta(DerivativeBar.Meta):
        db_table = "futures"
        verbose_name = _("futures contract, day")
        verbose_name_plural = _("futures")


class Option(ProductBar, OptionBar):
    """Of indices, bonds and securities; `underlying_code` is null where it is not a security."""

    underlying_code = optional_text("UndSSO", _("underlying security"), 5)

    class Meta(OptionBar.Meta):
        db_table = "options"
        verbose_name = _("option, day")
        verbose_name_plural = _("options")


class Nikkei225Option(OptionBar):
    """Those on the Nikkei 225 alone, without weekly and flexible contracts."""

    class Meta(OptionBar.Meta):
        db_table = "nikkei_225_options"
        verbose_name = _("Nikkei 225 option, day")
        verbose_name_plural = _("Nikkei 225 options")
