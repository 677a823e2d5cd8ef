"""How figures and texts of the market are shown."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

from django.contrib import admin
from django.db import models
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jquants.models.columns import Percent, Ratio

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Number: TypeAlias = Decimal | float | int | str | None
Write: TypeAlias = Callable[[Any], str]
FIGURES = (models.DecimalField, models.FloatField, models.IntegerField)


def amount(value: Number) -> str:
    """Return a number without the zeros that its column adds, in groups of three digits; "-" for null."""
    if value is None:
        return "-"
    return number_format(f"{Decimal(str(value)).normalize():f}", force_grouping=True)


def percentage(value: Number) -> str:
    """Return "4.5%" of 4.5."""
    return "-" if value is None else f"{amount(value)}%"


def share(value: Number) -> str:
    """Return "4.5%" of 0.045."""
    return "-" if value is None else percentage(Decimal(str(value)) * 100)


def clipped(text: str | None) -> SafeString:
    """Return a text in one line; all of it appears when pointed at."""
    return format_html('<span class="moo-issue" title="{}">{}</span>', text or "", text or "-")


def writer(field: object) -> Write | None:
    """Return what writes the values of a field; None where they are no figures."""
    if not isinstance(field, FIGURES) or field.choices:
        return None
    if isinstance(field, Ratio):
        return share
    return percentage if isinstance(field, Percent) else amount


def rewritten(write: Write) -> Write:
    """Return what writes a figure anew that the admin has made a text of; anything else stays."""

    def again(text: str) -> str:
        try:
            return write(Decimal(text))
        except InvalidOperation:
            return text

    return again


def figure(
    name: str, label: _StrOrPromise, write: Write = amount, mark: str = ""
) -> Callable[[models.Model], str]:
    """Return a column of figures for a list, with what `mark` holds in the place of a missing one.

    By the end of its name scheduler/admin.css knows what to align at the right.
    """

    @admin.display(description=label)
    def column(row: models.Model) -> str:
        return (mark and getattr(row, mark)) or write(getattr(row, name))

    column.__name__ = f"{name}_figure"
    return column
