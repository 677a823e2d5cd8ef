"""How numbers of the market are shown."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format


def amount(value: Decimal | float | int | None) -> str:
    """Return a number without the zeros that its column adds, in groups of three digits; "-" for null."""
    if value is None:
        return "-"
    return number_format(f"{Decimal(str(value)).normalize():f}", force_grouping=True)
