from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jquants.admin.amounts import amount
from jquants.admin.search import MarketSearch
from jquants.datasets import DAILY_QUOTES
from jquants.models import Coverage, CoverageStatus, DailyQuote, ListedCompany


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
class DailyQuoteAdmin(MarketSearch):
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
    sortable_by = ("day", "code")
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

    @admin.display(description=_("date"), ordering="date")
    def day(self, quote: DailyQuote) -> str:
        return quote.date.isoformat()

    @admin.display(description=_("name"))
    def name(self, quote: DailyQuote) -> str:
        return (getattr(quote, "company_name", None) or "").strip()

    @admin.display(description=_("open"))
    def open_price(self, quote: DailyQuote) -> str:
        return amount(quote.open)

    @admin.display(description=_("high"))
    def high_price(self, quote: DailyQuote) -> str:
        return amount(quote.high)

    @admin.display(description=_("low"))
    def low_price(self, quote: DailyQuote) -> str:
        return amount(quote.low)

    @admin.display(description=_("close"))
    def close_price(self, quote: DailyQuote) -> str:
        return amount(quote.close)

    @admin.display(description=_("volume"))
    def shares(self, quote: DailyQuote) -> str:
        return amount(quote.volume)

    @admin.display(description=_("adjustment factor"))
    def factor(self, quote: DailyQuote) -> str:
        return "" if quote.adjustment_factor == 1 else f"{quote.adjustment_factor:g}"

    @admin.display(description=_("adjusted open"))
    def adjusted_open_price(self, quote: DailyQuote) -> str:
        return amount(quote.adjusted_open)

    @admin.display(description=_("adjusted high"))
    def adjusted_high_price(self, quote: DailyQuote) -> str:
        return amount(quote.adjusted_high)

    @admin.display(description=_("adjusted low"))
    def adjusted_low_price(self, quote: DailyQuote) -> str:
        return amount(quote.adjusted_low)

    @admin.display(description=_("adjusted close"))
    def adjusted_close_price(self, quote: DailyQuote) -> str:
        return amount(quote.adjusted_close)

    @admin.display(description=_("adjusted volume"))
    def adjusted_shares(self, quote: DailyQuote) -> str:
        return amount(quote.adjusted_volume)
