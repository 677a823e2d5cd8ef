"""What people type into the search box of a table of the market's rows: codes, names and days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from jquants.admin.cells import clipped
from jquants.admin.company import named
from jquants.models import ListedCompany
from scheduler.admin.base import ReadOnlyModelAdmin

CODES = (4, 5, 9)  # characters of a code without its last, of one, and of a contract's
NAMED_ISSUES = 100  # how many issues a name in the search box may stand for


class MarketSearch(ReadOnlyModelAdmin):
    """Narrow the rows down by each term: a day, a code with or without its fifth character, or a name.

    `day_field` names the attribute that days are looked up in, `code_field` that of codes.
    """

    day_field = "date"
    code_field = "code"
    search_fields = ("code",)
    search_help_text = _("Code, name or date, such as 7203 or 2026-11-20; several narrow it down")
    show_full_result_count = False
    list_fullwidth = True

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for term in search_term.split():
            if day := _day(term):
                queryset = queryset.filter(**{self.day_field: day})
            else:
                queryset = queryset.filter(**{f"{self.code_field}__in": self.codes(term)})
        return queryset, False

    def codes(self, term: str) -> list[str]:
        """Return the codes a search term may mean: itself, its common stock, or the issues of that name."""
        if term.isascii() and term.isalnum() and any(map(str.isdigit, term)) and len(term) in CODES:
            return [term.upper(), f"{term.upper()}0"]
        return list(named(ListedCompany.objects.all(), term).values_list("code", flat=True)[:NAMED_ISSUES])


class NamedRows(MarketSearch):
    """Rows of issues, with the names of the newest master: in lists in one line, on a row's page whole."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        name = ListedCompany.objects.filter(code=OuterRef("code")).values("company_name")
        return super().get_queryset(request).annotate(issue_name=Subquery(name))  # type: ignore[no-any-return]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "issue")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (title, {**options, "fields": list(_named(options["fields"]))})
            for title, options in super().get_fieldsets(request, obj)
        ]

    @admin.display(description=_("name"))
    def name(self, row: Any) -> SafeString:
        return clipped((row.issue_name or "").strip())

    @admin.display(description=_("name"))
    def issue(self, row: Any) -> str:
        return (row.issue_name or "").strip() or "-"


def _named(fields: Iterable[Any]) -> Iterator[Any]:
    """Yield the fields of a page with whose row it is after the code."""
    for field in fields:
        if field != "issue":
            yield field
        if "code" in (field if isinstance(field, (tuple, list)) else (field,)):
            yield "issue"


def _day(term: str) -> date | None:
    try:
        return parse_date(term)
    except ValueError:  # such as 2026-11-31
        return None
