"""What is stored, spelled as J-Quants sent it."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db import models

from jquants.datasets.dataset import Layout
from tests.jquants.fakes import Row


def spelled(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case time():
            return value.isoformat("microseconds" if value.microsecond else "minutes")
        case date():
            return value.isoformat()
        case bool():
            return str(int(value))
    return value


def stored_as_sent(layout: Layout, row: models.Model) -> Row:
    """Return the values of a stored row by the keys of the API; null for a text that means so."""
    return {
        column.key: getattr(row, f"{column.name}_mark", "") or spelled(getattr(row, column.name))
        for column in layout.columns
        if not column.name.endswith("_mark")
    }


def sent(layout: Layout, row: Row) -> Row:
    """Return the values of a row of an answer in the same way."""
    flat = dict(row)
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{member}": inner for member, inner in value.items()}
    kept = {column.key: flat.get(column.key) for column in layout.columns}
    for column in layout.columns:
        is_text = isinstance(kept[column.key], str)
        if is_text and kept[column.key] in column.field.missing and f"{column.name}_mark" not in layout.names:
            kept[column.key] = None
    return kept
