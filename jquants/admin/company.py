from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from jquants.admin.cells import clipped
from jquants.models import ListedCompany, ListedCompanyHistory
from scheduler.admin.base import BoundedPaginator, ReadOnlyModelAdmin

# The exchange spells Latin letters, digits and signs of names in full width.
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
SHOWN_CHANGES = 100  # of one issue; the list of changes has them all


def named(queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Return the rows whose name contains `term`, in full width or as typed."""
    full_width = term.translate(_FULL_WIDTH)
    return (
        queryset.filter(company_name__icontains=term)
        | queryset.filter(company_name__icontains=full_width)
        | queryset.filter(company_name_english__icontains=term)
    )


class CompanySearch(ReadOnlyModelAdmin):
    """Search by the beginning of a code or a part of a name; all terms must match."""

    search_fields = ("code", "company_name", "company_name_english")
    search_help_text = _("Code or name")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for term in search_term.split():
            queryset = queryset.filter(code__istartswith=term) | named(queryset, term)
        return queryset, False

    @admin.display(description=_("name"), ordering="company_name")
    def name(self, company: Any) -> SafeString:
        return clipped(str(company.company_name).strip())


@admin.register(ListedCompany)
class ListedCompanyAdmin(CompanySearch):
    list_display = (
        "code",
        "name",
        "market_name",
        "sector_33_name",
        "product_category",
        "is_listed",
        "first_seen_on",
        "last_seen_on",
    )
    list_filter = ("is_listed", "market_name", "sector_33_name", "product_category")
    list_fullwidth = True
    readonly_fields = ("quotes", "changes")
    fieldsets = (
        (None, {"fields": ("code", "company_name", "company_name_english", "quotes")}),
        (_("Listing"), {"fields": ("is_listed", "first_seen_on", "last_seen_on", "changes")}),
        (
            _("Classification"),
            {
                "fields": (
                    "product_category",
                    ("market_code", "market_name"),
                    ("sector_17_code", "sector_17_name"),
                    ("sector_33_code", "sector_33_name"),
                    "scale_category",
                    ("margin_code", "margin_name"),
                )
            },
        ),
    )

    @admin.display(description=_("daily quotes"))
    def quotes(self, company: ListedCompany) -> SafeString:
        url = reverse("admin:jquants_dailyquote_changelist") + "?" + urlencode({"q": company.code})
        return format_html('<a href="{}">{}</a>', url, _("Show the daily quotes"))

    @admin.display(description=_("changes"))
    def changes(self, company: ListedCompany) -> SafeString:
        newest_first = ListedCompanyHistory.objects.filter(code=company.code).order_by("-effective_on")
        return format_html_join(
            SafeString("<br>"),
            "{}: {} · {} · {} · {} · {}",
            (
                (
                    date_format(change.effective_on, "Y-m-d"),
                    change.company_name.strip(),
                    change.market_name,
                    change.sector_33_name,
                    change.scale_category,
                    change.margin_name or "-",
                )
                for change in newest_first[:SHOWN_CHANGES]
            ),
        )


@admin.register(ListedCompanyHistory)
class ListedCompanyHistoryAdmin(CompanySearch):
    list_display = (
        "effective_on",
        "code",
        "name",
        "market_name",
        "sector_33_name",
        "scale_category",
        "margin_name",
    )
    list_filter = ("effective_on",)
    list_fullwidth = True
    ordering = ("-effective_on", "code")
    show_full_result_count = False
    paginator = BoundedPaginator
