"""Fields that the tables of the market share: their types, names and where their values come from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jquants.models.documented import SHARES, YEN, api

Label = str | Promise

_DATE = _("date")


def code() -> models.CharField[str, str]:
    return models.CharField(_("code"), max_length=5, help_text=_("“Code” of the API; 5 characters."))


def day(label: Label = _DATE, key: str = "Date") -> models.DateField[date, date]:
    return models.DateField(label, help_text=api(key))


def price(label: Label, key: str) -> models.DecimalField[Decimal | None, Decimal | None]:
    return money(label, key)


def money(label: Label, key: str, unit: Label = YEN) -> models.DecimalField[Decimal | None, Decimal | None]:
    return models.DecimalField(label, max_digits=20, decimal_places=4, null=True, help_text=api(key, unit))


def shares(label: Label, key: str) -> models.BigIntegerField[int | None, int | None]:
    return models.BigIntegerField(label, null=True, help_text=api(key, SHARES))


def ratio(label: Label, key: str, unit: Label) -> models.FloatField[float | None, float | None]:
    return models.FloatField(label, null=True, help_text=api(key, unit))


def mark(label: Label, key: str) -> models.CharField[str, str]:
    """The mark that is sent in place of a number."""
    return models.CharField(label, max_length=1, blank=True, help_text=api(key, _("where it is no number")))


def flag(label: Label, key: str) -> models.BooleanField[bool, bool]:
    return models.BooleanField(label, help_text=api(key))
