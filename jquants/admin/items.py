"""The items of a JSON column as a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jquants.admin.cells import amount
from jquants.models.statement_detail import NUMBER

ABOUT_THE_DOCUMENT = ", DEI"  # ends the names of items that are no accounts


def table(field: models.JSONField[Any, Any]) -> Callable[[models.Model], SafeString]:
    """Return what shows the object in `field`: accounts by name, then what is said of the document."""

    @admin.display(description=field.verbose_name)
    def column(row: models.Model) -> SafeString:
        items = getattr(row, field.name)
        if not items:
            return format_html('<span class="moo-quiet">{}</span>', _("none"))
        lines = format_html_join("", '<tr><th scope="row">{}</th><td class="{}">{}</td></tr>', _lines(items))
        return format_html(
            '<table class="moo-items"><thead><tr><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>',
            _("item"),
            _("value"),
            lines,
        )

    column.__name__ = f"{field.name}_table"
    return column


def _lines(items: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield name, class and value, in an order that does not depend on the database."""
    for name in sorted(items, key=lambda name: (name.endswith(ABOUT_THE_DOCUMENT), name.casefold())):
        value = str(items[name])
        if not name.endswith(ABOUT_THE_DOCUMENT) and re.match(NUMBER, value):
            yield name, "moo-figure", amount(Decimal(value))
        else:
            yield name, "", value or "-"
