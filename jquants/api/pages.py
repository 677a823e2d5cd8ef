"""Pages of rows by cursor: the values of the last row, so that no page costs more than the first."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from jquants.reading import InvalidSelection, Selection, read

PAGE_SIZE = 1_000
MOST = 10_000  # rows a page
PARAMETERS = ("cursor", "page_size", "format")


@dataclass(frozen=True)
class Page:
    """Some rows as objects, and the cursor of the rows behind them ("" at the end)."""

    rows: list[dict[str, Any]]
    next: str


def page(selection: Selection, parameters: Mapping[str, str]) -> Page:
    """Return the page that `cursor` and `page_size` ask for. Raises InvalidSelection."""
    size = page_size(parameters.get("page_size", ""))
    after = _decoded(selection, parameters.get("cursor", ""))
    hidden = tuple(name for name in selection.order if name not in selection.columns)
    # One more than the page tells whether there is a next one.
    wanted = replace(selection, columns=selection.columns + hidden).following(after, size + 1)
    found = [dict(zip(wanted.header, row, strict=True)) for row in read(wanted)]
    cursor = encoded([found[size - 1][name] for name in selection.order]) if len(found) > size else ""
    return Page([_shown(row, selection, hidden) for row in found[:size]], cursor)


def _shown(row: dict[str, Any], selection: Selection, hidden: tuple[str, ...]) -> dict[str, Any]:
    for name in hidden:
        del row[name]
    for name in selection.columns:
        if selection.table.kind(name) == "json" and row[name] is not None:
            row[name] = json.loads(row[name])
    return row


def page_size(text: str) -> int:
    """Return how many rows a page has. Raises InvalidSelection."""
    if not text:
        return PAGE_SIZE
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
        told = _("“%(value)s” is not a whole number above 0.") % {"value": text[:50]}
        raise InvalidSelection({"page_size": [told]})
    return min(int(text), MOST)


def encoded(values: list[Any]) -> str:
    """Return the cursor that keeps `values`."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decoded(cursor: str) -> list[Any]:
    """Return the values that a cursor keeps. Raises ValueError where it is none of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeError, RecursionError) as error:
        raise ValueError from error
    if not isinstance(values, list):
        raise ValueError  # noqa: TRY004 - of the text that was given
    return values


def foreign_cursor() -> InvalidSelection:
    text = _("This cursor is not one of ours. Follow “next”, or start without a cursor.")
    return InvalidSelection({"cursor": [text]})


def _decoded(selection: Selection, cursor: str) -> tuple[Any, ...]:
    if not cursor:
        return ()
    try:
        return tuple(_checked(selection, decoded(cursor)))
    except (ValueError, TypeError):
        raise foreign_cursor() from None


def _checked(selection: Selection, values: list[Any]) -> list[Any]:
    """Return the values of a cursor, fit for a query. Raises ValueError for what we never gave out."""
    if len(values) != len(selection.order):
        raise ValueError
    return [selection.table.value(name, value) for name, value in zip(selection.order, values, strict=True)]
