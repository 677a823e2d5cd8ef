from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jquants.admin.company import named
from jquants.datasets import DAILY_QUOTES
from jquants.models import Coverage, CoverageStatus, DailyQuote, ListedCompany
from scheduler.admin.base import ReadOnlyModelAdmin

NAMED_ISSUES = 100  # how many issues a name in the search box may stand for


class QuotePaginator(Paginator):  # type: ignore[type-arg]  # not generic when it runs
    """Counts without computing what the list shows; all quotes by the coverage, which knows each day's rows."""

    @cached_property
    def count(self) -> int:
        quotes: Any = self.object_list
        if quotes.query.where:  # by day or code: indexed
            return int(quotes.order_by().values("pk").count())
        stored = Coverage.objects.filter(dataset=DAILY_QUOTES.slug, status=CoverageStatus.FETCHED)
        return stored.aggregate(rows=Sum("rows"))["rows"] or 0


@admin.register(DailyQuote)
class DailyQuoteAdmin(ReadOnlyModelAdmin):
    """Made for ten million rows: every way to count, filter or sort has an index."""

    list_display = (
        "day",
        "code",
        "name",
        "open_price",
        "high_price",
        "low_price",
        "close_price",
        "adjusted_close_price",
        "shares",
        "factor",
    )
    list_display_links = ("day",)
    list_filter = ("date",)
    list_fullwidth = True
    sortable_by = ("day", "code")
    search_fields = ("code",)
    search_help_text = _("Code, name or date, such as 7203 or 2026-11-20; several narrow it down")
    show_full_result_count = False
    paginator = QuotePaginator
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

    @admin.display(description=_("date"), ordering="date")
    def day(self, quote: DailyQuote) -> str:
        return quote.date.isoformat()

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

    @admin.display(description=_("volume"))
    def shares(self, quote: DailyQuote) -> str:
        return "-" if quote.volume is None else number_format(quote.volume, force_grouping=True)

    @admin.display(description=_("adjustment factor"))
    def factor(self, quote: DailyQuote) -> str:
        return "" if quote.adjustment_factor == 1 else f"{quote.adjustment_factor:g}"

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
