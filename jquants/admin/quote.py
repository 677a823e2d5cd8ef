from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jquants.admin.cells import amount, figure, rewritten
from jquants.admin.search import NamedRows
from jquants.datasets import DAILY_QUOTES
from jquants.models import Coverage, CoverageStatus, DailyQuote


class QuotePaginator(Paginator):  # type: ignore[type-arg]  # not generic when it runs
    """Counts without computing what the list shows; all quotes by the coverage, which knows each day's rows."""

    @cached_property
    def count(self) -> int:
        quotes: Any = self.object_list
        if quotes.query.where:  # by day or code: indexed
            return int(quotes.order_by().values("pk").count())
        stored = Coverage.objects.filter(dataset=DAILY_QUOTES.slug, status=CoverageStatus.FETCHED)
        return stored.aggregate(rows=Sum("rows"))["rows"] or 0


def factor(value: float) -> str:
    return "" if value == 1 else f"{value:g}"


ADJUSTED = (
    figure("adjusted_open", _("adjusted open")),
    figure("adjusted_high", _("adjusted high")),
    figure("adjusted_low", _("adjusted low")),
    figure("adjusted_close", _("adjusted close")),
    figure("adjusted_volume", _("adjusted volume")),
)


@admin.register(DailyQuote)
class DailyQuoteAdmin(NamedRows):
    """Made for ten million rows: every way to count, filter or sort has an index."""

    list_display = (
        "date",
        "code",
        "name",
        figure("open", _("open")),
        figure("high", _("high")),
        figure("low", _("low")),
        figure("close", _("close")),
        figure("adjusted_close", _("adjusted close")),
        figure("volume", _("volume")),
        figure("adjustment_factor", _("adjustment factor"), factor),
    )
    list_filter = ("date",)
    sortable_by = ("date", "code")
    paginator = QuotePaginator
    readonly_fields = ADJUSTED  # type: ignore[assignment]  # Django takes functions too
    readonly_preprocess_fields = {
        name: rewritten(amount)
        for name in ("open", "high", "low", "close", "volume", "turnover_value", "market_cap")
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyQuote]:
        rows: Any = super().get_queryset(request)
        return rows.adjusted()  # type: ignore[no-any-return]
