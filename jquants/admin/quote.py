from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jquants.admin.company import named
from jquants.models import DailyQuote, ListedCompany
from scheduler.admin.base import BoundedPaginator, ReadOnlyModelAdmin

NAMED_ISSUES = 100  # how many issues a name in the search box may stand for


class PlainPaginator(BoundedPaginator):
    """Counts rows without computing what their list shows of them."""

    @cached_property
    def count(self) -> int:
        quotes: Any = self.object_list
        return int(quotes.order_by().values("pk")[: self.LIMIT].count())


@admin.register(DailyQuote)
class DailyQuoteAdmin(ReadOnlyModelAdmin):
    """Made for ten million rows: counts are bounded, and every way to filter or sort has an index."""

    list_display = (
        "date",
        "code",
        "name",
        "open_price",
        "high_price",
        "low_price",
        "close_price",
        "adjusted_close_price",
        "volume",
        "adjustment_factor",
    )
    list_filter = ("date",)
    list_fullwidth = True
    sortable_by = ("date", "code")
    search_fields = ("code",)
    search_help_text = _("Code, name or date, such as 7203 or 2026-11-20; several narrow it down")
    show_full_result_count = False
    paginator = PlainPaginator
    readonly_fields = (
        "adjusted_open_price",
        "adjusted_high_price",
        "adjusted_low_price",
        "adjusted_close_price",
        "adjusted_shares",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyQuote]:
        name = ListedCompany.objects.filter(code=OuterRef("code")).values("company_name")
        return DailyQuote.objects.adjusted().annotate(company_name=Subquery(name))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DailyQuote], search_term: str
    ) -> tuple[QuerySet[DailyQuote], bool]:
        for term in search_term.split():
            if day := _day(term):
                queryset = queryset.filter(date=day)
            else:
                queryset = queryset.filter(code__in=_codes(term))
        return queryset, False

    @admin.display(description=_("name"))
    def name(self, quote: DailyQuote) -> str:
        return (getattr(quote, "company_name", None) or "").strip()

    @admin.display(description=_("open"))
    def open_price(self, quote: DailyQuote) -> str:
        return _price(quote.open)

    @admin.display(description=_("high"))
    def high_price(self, quote: DailyQuote) -> str:
        return _price(quote.high)

    @admin.display(description=_("low"))
    def low_price(self, quote: DailyQuote) -> str:
        return _price(quote.low)

    @admin.display(description=_("close"))
    def close_price(self, quote: DailyQuote) -> str:
        return _price(quote.close)

    @admin.display(description=_("adjusted open"))
    def adjusted_open_price(self, quote: DailyQuote) -> str:
        return _price(quote.adjusted_open)

    @admin.display(description=_("adjusted high"))
    def adjusted_high_price(self, quote: DailyQuote) -> str:
        return _price(quote.adjusted_high)

    @admin.display(description=_("adjusted low"))
    def adjusted_low_price(self, quote: DailyQuote) -> str:
        return _price(quote.adjusted_low)

    @admin.display(description=_("adjusted close"))
    def adjusted_close_price(self, quote: DailyQuote) -> str:
        return _price(quote.adjusted_close)

    @admin.display(description=_("adjusted volume"))
    def adjusted_shares(self, quote: DailyQuote) -> str:
        return _price(quote.adjusted_volume)


def _price(value: Decimal | None) -> str:
    """Return an amount without the zeros that its column adds; "-" where nothing was traded."""
    return "-" if value is None else number_format(f"{value.normalize():f}", force_grouping=True)


def _day(term: str) -> date | None:
    try:
        return parse_date(term)
    except ValueError:  # such as 2026-11-31
        return None


def _codes(term: str) -> list[str]:
    """Return the codes a search term may mean: itself, its common stock, or the issues of that name."""
    if term.isascii() and term.isalnum() and any(map(str.isdigit, term)) and len(term) in (4, 5):
        return [term.upper(), f"{term.upper()}0"]
    return list(named(ListedCompany.objects.all(), term).values_list("code", flat=True)[:NAMED_ISSUES])
