"""A list and a page for every table of a data set that has no admin of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from jquants import document_types
from jquants.admin import items
from jquants.admin.cells import clipped, figure, rewritten, writer
from jquants.admin.search import MarketSearch, NamedRows
from jquants.datasets import ALL
from jquants.datasets.dataset import Dataset, Layout, Related
from jquants.names import INDICES, SECTORS_33, Name
from scheduler.admin.base import BoundedPaginator, ReadOnlyModelAdmin

MOST_COLUMNS = 10  # of a list, besides day and name; the page of a row has all
LONGEST_CELL = 50  # characters of a text that is shown as it is
DOCUMENT_TYPE = "document_type"
LONG = (models.TextField, models.JSONField)
# Codes that are no issues' by data set: the attribute that keeps them, and what they stand for.
NAMES: dict[str, tuple[str, dict[str, Name]]] = {
    "index_bars": ("code", INDICES),
    "short_ratios": ("sector_33_code", SECTORS_33),
}


def register() -> None:
    for dataset in ALL:
        for layout in (dataset, *dataset.related):
            if not admin.site.is_registered(layout.model):
                admin.site.register(layout.model, _admin(layout, dataset))


def _admin(layout: Layout, dataset: Dataset) -> type[ReadOnlyModelAdmin]:
    fields = {name: layout.model._meta.get_field(name) for name in layout.names}
    base = _base(layout, dataset)
    figures = {name: write for name, field in fields.items() if (write := writer(field))}
    attributes: dict[str, Any] = {
        "list_display": _shown(layout, dataset, fields, has_name=base is NamedRows),
        "list_filter": [name for name, field in fields.items() if getattr(field, "choices", None)],
        "sortable_by": (dataset.day_column, "code"),  # what has an index
        "paginator": BoundedPaginator,
        "list_fullwidth": True,
        "show_full_result_count": False,
        "fieldsets": _fieldsets(layout, fields),
        "readonly_preprocess_fields": {
            **{name: rewritten(write) for name, write in figures.items()},
            **({DOCUMENT_TYPE: document_types.described} if _has_codes(fields) else {}),
        },
    }
    if base is ReadOnlyModelAdmin:
        attributes["date_hierarchy"] = dataset.day_column if dataset.day_column in fields else None
    else:
        attributes["day_field"] = dataset.day_column
    if layout.slug in NAMES:
        attributes["code_field"], attributes["names"] = NAMES[layout.slug]
    if isinstance(layout, Dataset) and layout.related:
        attributes |= _links(layout)
    return type(f"{layout.model.__name__}Admin", (base,), attributes)


def _has_codes(fields: dict[str, Any]) -> bool:
    """Whether the kinds of documents are the codes of results, which no choices explain."""
    return DOCUMENT_TYPE in fields and not fields[DOCUMENT_TYPE].choices


def _fieldsets(layout: Layout, fields: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]] | None:
    """Return the parts of a row's page: None, all in one, where its declaration names none and all is plain."""
    objects = [name for name, field in fields.items() if isinstance(field, models.JSONField)]
    if objects and not layout.parts:
        plain = [name for name in layout.names if name not in objects]
        return [(None, {"fields": [*_pairs(plain), *(items.table(fields[name]) for name in objects)]})]
    return [(title, {"fields": list(_pairs(names))}) for title, names in layout.parts] or None


def _pairs(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the names two by two: a page of a hundred fields is long enough."""
    return (tuple(names[start : start + 2]) for start in range(0, len(names), 2))


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


def _base(layout: Layout, dataset: Dataset) -> type[ReadOnlyModelAdmin]:
    """Return what the admin of the rows derives from: those that do not say themselves whose they are get a name."""
    if layout.slug in NAMES:
        return CodedRows
    if "code" not in layout.names:
        return ReadOnlyModelAdmin
    is_contract = dataset.family == "derivatives"
    return MarketSearch if is_contract or "company_name" in layout.names else NamedRows


def _shown(
    layout: Layout, dataset: Dataset, fields: dict[str, Any], *, has_name: bool
) -> list[str | Callable[[Any], str]]:
    """Return the columns of a list: the day, whose row it is, then what it says."""
    first = [name for name in (dataset.day_column, "code") if name in fields]
    others = [name for name in layout.shown or _short(fields) if name not in first][:MOST_COLUMNS]
    shown = [_column(layout, fields[name]) for name in (*first, *others)]
    if has_name:
        shown.insert(len(first), "name")
    return shown


def _short(fields: dict[str, Any]) -> list[str]:
    return [name for name, field in fields.items() if not isinstance(field, LONG) and name != "number"]


class CodedRows(MarketSearch):
    """Rows of sectors or indices, `names` being what their codes stand for."""

    names: ClassVar[dict[str, Name]]

    def codes(self, term: str) -> list[str]:
        sought = term.casefold()
        return [
            code
            for code, name in self.names.items()
            if code == term.upper() or any(sought in text.casefold() for text in name)
        ]


def _column(layout: Layout, field: Any) -> str | Callable[[Any], str]:
    """Return what list_display takes; figures and long texts are written as people read them."""
    if write := writer(field):
        mark = f"{field.name}_mark"
        return figure(field.name, field.verbose_name, write, mark if mark in layout.names else "")
    attribute, names = NAMES.get(layout.slug, ("", {}))
    text = _text_writer(field, names if field.name == attribute else {})
    if text is None:
        return str(field.name)

    @admin.display(description=field.verbose_name, ordering=field.name)
    def column(row: models.Model) -> str:
        return text(getattr(row, field.name))

    column.__name__ = field.name
    return column


def _text_writer(field: Any, names: dict[str, Name]) -> Callable[[Any], str] | None:
    if names:
        return lambda code: f"{code} {names[code]}" if code in names else str(code)
    if field.name == DOCUMENT_TYPE and not field.choices:
        return lambda code: clipped(document_types.described(code))
    if isinstance(field, models.CharField) and not field.choices and (field.max_length or 0) > LONGEST_CELL:
        return clipped
    if isinstance(field, models.TimeField):
        return lambda at: at.isoformat("microseconds" if at.microsecond else "minutes")
    return None
