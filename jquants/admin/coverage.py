from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from jquants.admin import coverage_map
from jquants.admin.cells import amount, figure, rewritten
from jquants.datasets import ALL
from jquants.models import Coverage
from scheduler.admin.base import ReadOnlyModelAdmin
from scheduler.presentation import words

LABELS = {dataset.slug: dataset.label for dataset in ALL}


class DatasetFilter(admin.SimpleListFilter):
    title = _("data set")
    parameter_name = "dataset"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(LABELS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Coverage]) -> QuerySet[Coverage]:
        return queryset.filter(dataset=self.value()) if self.value() else queryset


@admin.register(Coverage)
class CoverageAdmin(ReadOnlyModelAdmin):
    list_display = (
        "label",
        "day",
        "status",
        figure("rows", _("rows")),
        "fetched_at",
        "changed_at",
        figure("changed_rows", _("changed rows")),
        "fetched_by",
    )
    list_display_links = ("label",)
    fields = (
        "label",
        "day",
        "status",
        "rows",
        "fetched_at",
        "changed_at",
        "changed_rows",
        "stale_since",
        "error",
        "unknown",
        "absent",
        "checksum",
        "execution",
    )
    readonly_fields = ("label", "unknown", "absent")
    readonly_preprocess_fields = {"rows": rewritten(amount), "changed_rows": rewritten(amount)}
    list_filter = (DatasetFilter, "status")
    list_fullwidth = True
    date_hierarchy = "day"
    ordering = ("-day", "dataset")

    def get_urls(self) -> list[URLPattern]:
        def view(route: str, name: str, function: Any) -> URLPattern:
            pattern: URLPattern = path(
                route, self.admin_site.admin_view(function), name=f"jquants_coverage_{name}"
            )
            return pattern

        return [
            view("map/", "map", partial(coverage_map.overview, site=self.admin_site)),
            view("map/fetch/", "fetch_all", require_POST(coverage_map.fetch)),
            view("map/<slug:slug>/", "map_of", partial(coverage_map.of_dataset, site=self.admin_site)),
            view("map/<slug:slug>/fetch/", "fetch", require_POST(coverage_map.fetch)),
            *super().get_urls(),
        ]

    @admin.display(description=_("data set"), ordering="dataset")
    def label(self, coverage: Coverage) -> str:
        return str(LABELS.get(coverage.dataset, coverage.dataset))

    @admin.display(description=_("unknown keys"))
    def unknown(self, coverage: Coverage) -> str:
        return words.listed(coverage.unknown_keys) or "-"

    @admin.display(description=_("keys not sent"))
    def absent(self, coverage: Coverage) -> str:
        return words.listed(coverage.absent_keys) or "-"

    @admin.display(description=_("execution"))
    def fetched_by(self, coverage: Coverage) -> SafeString | str:
        if coverage.execution_id is None:
            return "-"
        url = reverse("admin:scheduler_jobexecution_change", args=[coverage.execution_id])
        return format_html('<a href="{}">#{}</a>', url, coverage.execution_id)
