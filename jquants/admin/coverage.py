from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from jquants.datasets import ALL
from jquants.models import Coverage
from scheduler.admin.base import ReadOnlyModelAdmin

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
    list_display = ("label", "day", "status", "rows", "fetched_at", "fetched_by")
    list_display_links = ("label",)
    list_filter = (DatasetFilter, "status")
    list_fullwidth = True
    date_hierarchy = "day"
    ordering = ("-day", "dataset")

    @admin.display(description=_("data set"), ordering="dataset")
    def label(self, coverage: Coverage) -> str:
        return str(LABELS.get(coverage.dataset, coverage.dataset))

    @admin.display(description=_("execution"))
    def fetched_by(self, coverage: Coverage) -> SafeString | str:
        if coverage.execution_id is None:
            return "-"
        url = reverse("admin:scheduler_jobexecution_change", args=[coverage.execution_id])
        return format_html('<a href="{}">#{}</a>', url, coverage.execution_id)
