from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from scheduler import job_types
from scheduler.dashboard import FAILED, RESULTS, last_results
from scheduler.models import Job, JobExecution, Status
from scheduler.models.status import ACTIVE


class TypeFilter(admin.SimpleListFilter):
    title = _("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        known = {known.slug: known.label for known in job_types.all_types()}
        used = Job.objects.order_by("job_type").values_list("job_type", flat=True).distinct()
        return [(slug, known.get(slug, slug)) for slug in used]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(job_type=self.value()) if self.value() else queryset


class ArchivedFilter(admin.SimpleListFilter):
    """Leaves archived jobs out unless they are asked for."""

    title = _("archive")
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("archived")), ("all", _("with the archived ones"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything, *others = super().choices(changelist)
        yield {**everything, "display": _("not archived")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        if self.value() == "all":
            return queryset
        return queryset.filter(archived_at__isnull=self.value() != "1")


class LastResultFilter(admin.SimpleListFilter):
    """Jobs by what their last run came to, or by whether one is active."""

    title = _("last result")
    parameter_name = "last"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("active", _("running or queued")),
            ("problem", _("failed or timed out")),
            *((status.value, status.label) for status in RESULTS),
            ("never", _("never ran")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        value = self.value()
        if value is None:
            return queryset
        if value == "active":
            return queryset.filter(pk__in=JobExecution.objects.filter(status__in=ACTIVE).values("job"))
        queryset = queryset.alias(last_status=Subquery(last_results().values("status")[:1]))
        if value == "never":
            return queryset.filter(last_status=None)
        if value == "problem":
            return queryset.filter(last_status__in=FAILED)
        return queryset.filter(last_status=value) if value in Status.values else queryset.none()
