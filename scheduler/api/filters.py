"""What the lists can be narrowed to. An unknown name or value is refused: a typo must not look like an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import Model, Q, QuerySet
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from scheduler import job_types
from scheduler.models import Job, Status, Trigger
from scheduler.presentation import words

NOT_FILTERS = {"cursor", "page_size", "format"}


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]
    """Refuses query parameters that the list does not know."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Model], view: Any) -> QuerySet[Model]:
        filterset = self.get_filterset_class(view, queryset)
        known = {*(filterset.base_filters if filterset else ()), *NOT_FILTERS}
        if unknown := sorted(set(request.query_params) - known):
            text = _("There is no such query parameter. Known are: %(known)s.") % {
                "known": words.listed(sorted(known))
            }
            raise ValidationError({name: [text] for name in unknown})
        found: QuerySet[Model] = super().filter_queryset(request, queryset, view)
        return found


def known(values: Sequence[str]) -> dict[str, Any]:
    """Return the errors of a choice of `values`: they name what was sent, and all there are."""
    text = _("“%(value)s” is not known here; there are: {known}.")
    return {"invalid_choice": format_lazy(text, known=lazy(words.listed, str)(values))}


def known_job_types() -> list[tuple[str, str]]:
    """Return the types to choose from, with those that only jobs still name (R43)."""
    slugs = {job_type.slug for job_type in job_types.all_types()}
    slugs.update(Job.objects.order_by().values_list("job_type", flat=True).distinct())
    return [(slug, slug) for slug in sorted(slugs)]


class JobFilter(FilterSet):  # type: ignore[misc]
    # BooleanFilter would read "ture" as no filter at all.
    enabled = extend_schema_field(OpenApiTypes.BOOL)(
        django_filters.TypedChoiceFilter(
            field_name="is_enabled",
            choices=[("true", "true"), ("false", "false")],
            coerce=lambda text: text == "true",
            label=_("enabled"),
        )
    )
    job_type = django_filters.ChoiceFilter(choices=known_job_types, label=_("type"))
    tag = django_filters.CharFilter(method="filter_tag", label=_("tag"))
    search = django_filters.CharFilter(method="filter_search", label=_("part of the name or the description"))

    archived = extend_schema_field(OpenApiTypes.BOOL)(
        django_filters.TypedChoiceFilter(
            choices=[("true", "true"), ("false", "false")],
            coerce=lambda text: text == "true",
            method="filter_archived",
            label=_("archived; without it, those that are not"),
        )
    )

    def filter_queryset(self, queryset: QuerySet[Job]) -> QuerySet[Job]:
        if not self.data.get("archived"):
            queryset = queryset.filter(archived_at=None)
        found: QuerySet[Job] = super().filter_queryset(queryset)
        return found

    def filter_archived(self, queryset: QuerySet[Job], name: str, value: bool) -> QuerySet[Job]:
        return queryset.filter(archived_at__isnull=not value)

    def filter_tag(self, queryset: QuerySet[Job], name: str, value: str) -> QuerySet[Job]:
        """Compare in Python: SQLite cannot look into a JSON list, and jobs are few."""
        tagged = [pk for pk, tags in Job.objects.values_list("pk", "tags") if value in tags]
        return queryset.filter(pk__in=tagged)

    def filter_search(self, queryset: QuerySet[Job], name: str, value: str) -> QuerySet[Job]:
        return queryset.filter(
            Q(name__icontains=value) | Q(description__icontains=value) | Q(job_type__icontains=value)
        )


class JobExecutionsFilter(FilterSet):  # type: ignore[misc]
    """Of one job."""

    status = django_filters.MultipleChoiceFilter(
        choices=Status.choices, label=_("status"), error_messages=known(Status.values)
    )
    trigger = django_filters.MultipleChoiceFilter(
        choices=Trigger.choices, label=_("started by"), error_messages=known(Trigger.values)
    )


class ExecutionFilter(JobExecutionsFilter):
    job = django_filters.ModelChoiceFilter(
        queryset=Job.objects.all(),
        label=_("job"),
        error_messages={"invalid_choice": _("There is no job “%(value)s”.")},
    )
