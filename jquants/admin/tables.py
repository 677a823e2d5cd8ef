"""A list and a page for every table of a data set that has no admin of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from jquants.admin.amounts import amount
from jquants.admin.search import MarketSearch
from jquants.datasets import ALL
from jquants.datasets.dataset import Dataset, Layout, Related
from scheduler.admin.base import BoundedPaginator, ReadOnlyModelAdmin

MOST_COLUMNS = 12  # of a list; the page of a row has all
NUMBERS = (models.DecimalField, models.FloatField, models.IntegerField)
LONG = (models.TextField, models.JSONField)


def register() -> None:
    for dataset in ALL:
        for layout in (dataset, *dataset.related):
            if not admin.site.is_registered(layout.model):
                admin.site.register(layout.model, _admin(layout, dataset))


def _admin(layout: Layout, dataset: Dataset) -> type[ReadOnlyModelAdmin]:
    fields = [layout.model._meta.get_field(name) for name in layout.names]
    shown = [field for field in fields if not isinstance(field, LONG)][:MOST_COLUMNS]
    attributes: dict[str, Any] = {
        "list_display": [_column(field) for field in shown],
        "list_filter": [field.name for field in fields if getattr(field, "choices", None)],
        "paginator": BoundedPaginator,
        "list_fullwidth": True,
        "show_full_result_count": False,
        "fieldsets": _fieldsets(layout),
    }
    has_code = any(field.name == "code" for field in fields)
    if has_code:
        attributes["day_field"] = dataset.day_column
    if isinstance(layout, Dataset) and layout.related:
        attributes |= _links(layout)
    base = MarketSearch if has_code else ReadOnlyModelAdmin
    return type(f"{layout.model.__name__}Admin", (base,), attributes)


def _fieldsets(layout: Layout) -> list[tuple[Any, dict[str, Any]]] | None:
    """Return the parts of a row's page: None, all in one, where its declaration names none."""
    return [(title, {"fields": names}) for title, names in layout.parts] or None


def _links(dataset: Dataset) -> dict[str, Any]:
    """Return what adds to a row's page how many rows are nested in it, and the way to them."""
    displays = {related.slug: _link(related) for related in dataset.related}
    return {**displays, "readonly_fields": tuple(displays)}


def _link(related: Related) -> Callable[..., SafeString]:
    def link(_admin: object, row: models.Model) -> SafeString:
        of_row = {related.parent: getattr(row, related.parent)}
        rows = related.model._default_manager.filter(**of_row).count()
        url = reverse(f"admin:{related.model._meta.label_lower.replace('.', '_')}_changelist")
        text = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": rows}
        return format_html('<a href="{}?{}">{}</a>', url, urlencode(of_row), text)

    link.short_description = related.label  # type: ignore[attr-defined]
    return link


def _column(field: Any) -> str | Callable[[Any], str]:
    """Return what list_display takes; numbers are written as people read them."""
    if field.choices or not isinstance(field, NUMBERS):
        return str(field.name)

    @admin.display(description=field.verbose_name, ordering=field.name)
    def column(row: models.Model) -> str:
        return amount(getattr(row, field.name))

    column.__name__ = field.name
    return column
