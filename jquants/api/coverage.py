"""What is here of each data set and what is not, partition by partition."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from jquants.api import pages
from jquants.api.coverage_question import Question, cursor_at
from jquants.api.views import CsvRenderer, FormatWins, MarketView
from jquants.coverage.partitions import Standing
from jquants.coverage.states import State
from jquants.datasets import ALL
from scheduler.api.permissions import require

LINES_A_PIECE = 1_000  # of CSV

PARAMETERS = [
    OpenApiParameter(
        "dataset",
        str,
        description="Only these data sets, repeated or with commas between.",
        many=True,
        enum=[dataset.slug for dataset in ALL],
    ),
    OpenApiParameter(
        "state",
        str,
        description="Only partitions that stand so, repeated or with commas between.",
        many=True,
        enum=list(State.values),
    ),
    OpenApiParameter(
        "from", OpenApiTypes.DATE, description="The first day; by default where plan or data begin."
    ),
    OpenApiParameter("to", OpenApiTypes.DATE, description="The last day; by default the newest published."),
    OpenApiParameter("page_size", int, description="Partitions a page: 1,000, and at most 10,000."),
    OpenApiParameter("cursor", str, description="Where the page begins; “next” has it."),
    OpenApiParameter("format", str, enum=["json", "csv"], description="CSV has all partitions and no pages."),
]


class StandingSerializer(serializers.Serializer[Standing]):
    """A partition of a data set: a day, or all of it."""

    dataset = serializers.CharField()
    day = serializers.DateField(allow_null=True, help_text="Null: the data set is fetched as a whole.")
    state = serializers.ChoiceField(State.choices)
    rows = serializers.IntegerField()
    fetched_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField(
        allow_null=True, help_text="When a later fetch brought other content."
    )
    corrected_at = serializers.DateTimeField(
        allow_null=True, help_text="When J-Quants wrote a newer file than was fetched."
    )
    error = serializers.CharField(help_text="Why the last attempt to store it failed; empty when it did not.")
    execution = serializers.IntegerField(allow_null=True, help_text="That fetched it.")


PageSerializer = inline_serializer(
    "CoveragePage",
    {
        "next": serializers.URLField(
            allow_null=True, help_text="The address of the partitions behind these; null at the end."
        ),
        "data": StandingSerializer(many=True),
    },
)


class CoverageView(MarketView):
    renderer_classes = [JSONRenderer, BrowsableAPIRenderer, CsvRenderer]
    content_negotiation_class = FormatWins

    @extend_schema(parameters=PARAMETERS, responses=PageSerializer, operation_id="market_coverage")
    def get(self, request: Request) -> HttpResponseBase:
        """Read how each partition stands: what is fetched, missing, to be fetched again, could not be stored."""
        require(request, "jquants.view_coverage")
        question = Question.of(request.query_params)
        if request.accepted_renderer.format == "csv":
            return csv_response(question)
        size = pages.page_size(request.query_params.get("page_size", ""))
        found = list(islice(question.behind(request.query_params.get("cursor", "")), size + 1))
        following = None
        if len(found) > size:
            cursor = cursor_at(found[size - 1])
            following = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        shown = StandingSerializer(found[:size], many=True)  # type: ignore[arg-type]  # of many
        return Response({"next": following, "data": shown.data})


def csv_response(question: Question) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_pieces(question.behind("")), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="coverage.csv"'
    return response


def _pieces(found: Iterator[Standing]) -> Iterator[bytes]:
    yield _written([Standing._fields])
    while lines := list(islice(found, LINES_A_PIECE)):
        yield _written(map(_spelled, lines))


def _spelled(standing: Standing) -> list[Any]:
    values: list[Any] = [*standing]
    values[Standing._fields.index("state")] = standing.state.value
    return [value.isoformat() if isinstance(value, date) else value for value in values]


def _written(lines: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()
