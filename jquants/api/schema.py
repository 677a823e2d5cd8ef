"""How the OpenAPI document describes tables and rows."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Min
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.reverse import reverse

from jquants.models import Coverage, CoverageStatus
from jquants.reading import Table


def _parameter(name: str, kind: Any, description: str, *, many: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=description, many=many)


PARAMETERS: list[OpenApiParameter] = [
    _parameter(
        "code",
        str,
        "Codes, repeated or with commas between: of issues 4 or 5 characters, of indices 4, of contracts 9.",
        many=True,
    ),
    _parameter("date", OpenApiTypes.DATE, "One day."),
    _parameter("from", OpenApiTypes.DATE, "The first day."),
    _parameter("to", OpenApiTypes.DATE, "The last day."),
    _parameter("columns", str, "Only these columns, with commas between."),
    _parameter(
        "adjusted", bool, "Also prices and volumes adjusted for later splits, where the table has them."
    ),
    _parameter("page_size", int, "Rows a page: 1,000, and at most 10,000."),
    _parameter("cursor", str, "Where the page begins; “next” has it."),
    OpenApiParameter("format", str, enum=["json", "csv"], description="CSV has all rows and no pages."),
]


class ColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a column, not the serializer's own label
    kind = serializers.ChoiceField(["text", "number", "integer", "boolean", "date", "time", "json"])
    help = serializers.CharField()
    key = serializers.CharField(allow_null=True, help_text="What J-Quants calls it.")


class StoredSerializer(serializers.Serializer[Any]):
    """The partitions that are stored."""

    partitions = serializers.IntegerField()
    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)
    fetched_at = serializers.DateTimeField(allow_null=True)


class TableSerializer(serializers.Serializer[Table]):
    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a column, not the serializer's own label
    path = serializers.CharField(source="dataset.path", help_text="Of the API of J-Quants.")
    key = serializers.ListField(child=serializers.CharField(), help_text="The columns that tell rows apart.")
    columns = serializers.SerializerMethodField()
    stored = serializers.SerializerMethodField()
    rows_url = serializers.SerializerMethodField()

    @extend_schema_field(ColumnSerializer(many=True))
    def get_columns(self, table: Table) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "label": str(table.field(name).verbose_name),
                "kind": table.kind(name),
                "help": str(table.field(name).help_text),
                "key": table.keys.get(name),
            }
            for name in table.names
        ]

    @extend_schema_field(StoredSerializer)
    def get_stored(self, table: Table) -> dict[str, Any]:
        nothing = {"partitions": 0, "first": None, "last": None, "fetched_at": None}
        found: dict[str, Any] = self.context["stored"].get(table.dataset.slug, nothing)
        return found

    @extend_schema_field(OpenApiTypes.URI)
    def get_rows_url(self, table: Table) -> str:
        return reverse("market:rows", [table.slug], request=self.context.get("request"))


def stored() -> dict[str, Any]:
    """Return what is stored of each data set, by its slug; one query."""
    fetched = Coverage.objects.filter(status=CoverageStatus.FETCHED).order_by().values("dataset")
    rows = fetched.annotate(
        partitions=Count("pk"), first=Min("day"), last=Max("day"), fetched_at=Max("fetched_at")
    )
    return {row["dataset"]: StoredSerializer(row).data for row in rows}


PageSerializer = inline_serializer(
    "Page",
    {
        "next": serializers.URLField(
            allow_null=True, help_text="The address of the rows behind these; null at the end."
        ),
        "data": serializers.ListField(child=serializers.DictField(), help_text="Rows, by column."),
    },
)
