"""Daily bars: https://jpx-jquants.com/en/spec/eq-bars-daily."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce, Exp, Ln, Round
from django.utils.translation import gettext_lazy as _


class ExRights(models.TextChoices):
    SPLIT = "1", _("split")
    REVERSE_SPLIT = "2", _("reverse split")
    RIGHTS_ISSUE = "3", _("rights issue")


class _IsAction(models.Func):
    """True on an ex-date. Written out, not bound: SQLite matches a partial index only against its own text."""

    template = "(NOT (%(expressions)s = 1.0))"
    output_field = models.BooleanField()


_Quote = TypeVar("_Quote", bound=models.Model)


class AdjustedQuerySet(models.QuerySet[_Quote]):
    """Of any table with a bar of an issue (`code`) on a day (`date`), or on a part of one."""

    def adjusted(self) -> Self:
        """Annotate `adjusted_open`, `_high`, `_low`, `_close` and `_volume`; null where the raw value is.

        AdjC(d) = C(d) x the product of the adjustment factors of all later days of the issue, also of days
        this query set leaves out; AdjVo = Vo / that product, without rights issues. Rounded to 4 decimals.
        """
        return self.annotate(
            **{f"adjusted_{name}": _adjusted(F(name) * _later_factor()) for name in PRICES},
            adjusted_volume=_adjusted(F("volume") / _later_factor(~Q(ex_rights=ExRights.RIGHTS_ISSUE))),
        )


class DailyQuoteQuerySet(AdjustedQuerySet["DailyQuote"]):
    def actions(self) -> Self:
        """Return the ex-dates: the rows whose factor is not 1. Found by an index of just them."""
        return self.filter(_IsAction(F("adjustment_factor")))


PRICES = ("open", "high", "low", "close")


def _later_factor(only: Q | None = None) -> Coalesce:
    """The product of the factors after the row's day: the exponential of the sum of logarithms."""
    actions = DailyQuote.objects.filter(
        _IsAction(F("adjustment_factor")), only or Q(), code=OuterRef("code"), date__gt=OuterRef("date")
    )
    product = actions.order_by().values("code").values(product=Exp(models.Sum(Ln("adjustment_factor"))))
    return Coalesce(Subquery(product, output_field=models.FloatField()), 1.0)


class _Rounded(Round):
    """Round to 4 decimals; SQLite computes in floats, so what it returns is cut to them once more."""

    def convert_value(self, value: Any, expression: object, connection: object) -> Decimal | None:
        return None if value is None else Decimal(value).quantize(Decimal("0.0001"))


def _adjusted(value: models.expressions.Combinable) -> _Rounded:
    wide = models.ExpressionWrapper(value, output_field=models.FloatField())
    numeric = Cast(wide, models.DecimalField(max_digits=30, decimal_places=10))
    return _Rounded(numeric, precision=4, output_field=models.DecimalField(max_digits=24, decimal_places=4))


class Adjustable(models.Model):
    """A bar whose adjusted prices a query set can compute."""

    # Only of rows that come from `adjusted`:
    adjusted_open: Decimal | None
    adjusted_high: Decimal | None
    adjusted_low: Decimal | None
    adjusted_close: Decimal | None
    adjusted_volume: Decimal | None

    class Meta:
        abstract = True


class DailyQuote(Adjustable):
    """The raw bar of an issue on a day. A day without a trade has a row whose prices are null.

    No foreign key to the companies: bars may name codes that no fetched snapshot of the master has.
    """

    code = models.CharField(_("code"), max_length=5, help_text=_("“Code” of the API; 5 characters."))
    date = models.DateField(_("date"), help_text=_("“Date” of the API."))
    open = models.DecimalField(
        _("open"), max_digits=20, decimal_places=4, null=True, help_text=_("“O” of the API; yen, raw.")
    )
    high = models.DecimalField(
        _("high"), max_digits=20, decimal_places=4, null=True, help_text=_("“H” of the API; yen, raw.")
    )
    low = models.DecimalField(
        _("low"), max_digits=20, decimal_places=4, null=True, help_text=_("“L” of the API; yen, raw.")
    )
    close = models.DecimalField(
        _("close"), max_digits=20, decimal_places=4, null=True, help_text=_("“C” of the API; yen, raw.")
    )
    upper_limit = models.BooleanField(_("limit up"), help_text=_("“UL” of the API."))
    lower_limit = models.BooleanField(_("limit down"), help_text=_("“LL” of the API."))
    volume = models.BigIntegerField(_("volume"), null=True, help_text=_("“Vo” of the API; shares, raw."))
    turnover_value = models.DecimalField(
        _("turnover"), max_digits=20, decimal_places=4, null=True, help_text=_("“Va” of the API; yen.")
    )
    adjustment_factor = models.FloatField(
        _("adjustment factor"), help_text=_("“AdjFactor” of the API; not 1 on an ex-date only.")
    )
    market_cap = models.DecimalField(
        _("market capitalization"),
        max_digits=20,
        decimal_places=4,
        null=True,
        help_text=_("“MktCap” of the API; million yen, with treasury shares."),
    )
    ex_rights = models.CharField(  # noqa: DJ001 - null is what the exchange says on other days
        _("ex-rights"), max_length=1, choices=ExRights.choices, null=True, help_text=_("“ExRT” of the API.")
    )

    objects = DailyQuoteQuerySet.as_manager()

    class Meta:
        db_table = "daily_quotes"
        ordering = ["-date", "code"]
        verbose_name = _("daily quote")
        verbose_name_plural = _("daily quotes")
        constraints = [
            models.UniqueConstraint(fields=["code", "date"], name="daily_quotes_code_date"),
            models.CheckConstraint(condition=Q(adjustment_factor__gt=0), name="daily_quotes_factor_positive"),
        ]
        indexes = [
            models.Index(fields=["date"], name="daily_quotes_by_date"),
            models.Index(
                fields=["code", "date"], condition=~Q(adjustment_factor=1), name="daily_quotes_actions"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.date}"
