"""Fields of market tables in one line each: the key of the API, what people call it, and null where it has none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jquants.models.documented import PERCENT, RATIO, SHARES, TIMES, YEN, api

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Label: TypeAlias = "_StrOrPromise"


class _Unit(models.FloatField):  # type: ignore[type-arg]  # not generic when it runs
    """A number that is shown with its unit; for the database it is any other."""

    def deconstruct(self) -> Any:
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.FloatField", arguments, options


class Ratio(_Unit):
    """0.05 is 5 %."""


class Percent(_Unit):
    """5 is 5 %."""


def _qualified(item: Label, qualifier: Label) -> str:
    return gettext("%(item)s (%(qualifier)s)") % {"item": item, "qualifier": qualifier}


qualified = lazy(_qualified, str)  # qualified(_("net sales"), _("forecast")): "net sales (forecast)"


def named(item: Label, qualifier: Label | None) -> Label:
    return qualified(item, qualifier) if qualifier else item


def text(
    key: str, label: Label, max_length: int, choices: Sequence[tuple[str, Label]] | None = None
) -> models.CharField[Any, str]:
    return models.CharField(label, max_length=max_length, choices=choices, help_text=api(key))


def optional_text(key: str, label: Label, max_length: int) -> models.CharField[Any, str | None]:
    return models.CharField(label, max_length=max_length, null=True, help_text=api(key))


def optional_choice(
    key: str, label: Label, choices: Sequence[tuple[str, Label]]
) -> models.CharField[Any, str | None]:
    """A code of one letter."""
    return models.CharField(label, max_length=1, choices=choices, null=True, help_text=api(key))


def long_text(key: str, label: Label) -> models.TextField[Any, str | None]:
    """A text of any length, blanks included; null where J-Quants says null."""
    return models.TextField(label, null=True, help_text=api(key))


def mark(key: str, label: Label) -> models.CharField[Any, str]:
    """What stands in the place of a missing value, such as “-” for undecided; "" beside a value."""
    return models.CharField(label, max_length=1, blank=True, help_text=api(key))


def day(key: str, label: Label) -> models.DateField[Any, date]:
    return models.DateField(label, help_text=api(key))


def optional_day(key: str, label: Label) -> models.DateField[Any, date | None]:
    return models.DateField(label, null=True, help_text=api(key))


def clock(key: str, label: Label) -> models.TimeField[Any, time]:
    return models.TimeField(label, help_text=api(key))


def flag(key: str, label: Label) -> models.BooleanField[Any, bool | None]:
    return models.BooleanField(label, null=True, help_text=api(key))


def issue_code(key: str = "Code", label: Label | None = None) -> models.CharField[Any, str]:
    return text(key, label or _("code"), 5)


def decimal(
    key: str, label: Label, unit: Label | None = None, *, places: int = 4
) -> models.DecimalField[Any, Decimal | None]:
    """16 digits before the point, which is more than any number that is let in has."""
    return models.DecimalField(
        label, max_digits=16 + places, decimal_places=places, null=True, help_text=api(key, unit)
    )


def yen(key: str, label: Label, qualifier: Label | None = None) -> models.DecimalField[Any, Decimal | None]:
    return decimal(key, named(label, qualifier), YEN)


def per_share(
    key: str, label: Label, qualifier: Label | None = None
) -> models.DecimalField[Any, Decimal | None]:
    """Six decimals: dividends of a third of a yen exist."""
    return decimal(key, named(label, qualifier), YEN, places=6)


def number(key: str, label: Label, unit: Label | None = None) -> models.FloatField[Any, float | None]:
    """A number that is computed or measured: kept to the last digit that was sent."""
    return models.FloatField(label, null=True, help_text=api(key, unit))


def ratio(key: str, label: Label, qualifier: Label | None = None) -> models.FloatField[Any, float | None]:
    return Ratio(named(label, qualifier), null=True, help_text=api(key, RATIO))


def percent(key: str, label: Label) -> models.FloatField[Any, float | None]:
    return Percent(label, null=True, help_text=api(key, PERCENT))


def times(key: str, label: Label) -> models.FloatField[Any, float | None]:
    return number(key, label, TIMES)


def whole(key: str, label: Label, unit: Label | None = None) -> models.BigIntegerField[Any, int | None]:
    return models.BigIntegerField(label, null=True, help_text=api(key, unit))


def share_count(key: str, label: Label) -> models.BigIntegerField[Any, int | None]:
    return whole(key, label, SHARES)
