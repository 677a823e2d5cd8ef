"""What is stored of the market. Every table takes the same parameters, those of `jquants.reading.select`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

import jquants.api.problems  # noqa: F401 - what select() raises becomes a problem document
from jquants.api import pages
from jquants.api.schema import PARAMETERS, PageSerializer, TableSerializer, stored
from jquants.datasets import DAILY_QUOTES, LISTED_COMPANIES, TRADING_CALENDAR
from jquants.export import csv_lines
from jquants.reading import Selection, Table, all_tables, find_table, read, select
from scheduler.api.negotiation import NamedFormats
from scheduler.api.permissions import require
from scheduler.api.views.base import Description
from scheduler.presentation import words


class CsvRenderer(BaseRenderer):
    """Offers CSV to the negotiation; the rows are streamed past it."""

    media_type = "text/csv"
    format = "csv"


class FormatWins(NamedFormats):
    """Lets `?format=csv` decide, whatever a client accepts by habit."""

    def get_accept_list(self, request: Request) -> list[str]:
        return (
            ["*/*"]
            if self.settings.URL_FORMAT_OVERRIDE in request.query_params
            else super().get_accept_list(request)
        )


class MarketView(APIView):
    permission_classes = [IsAuthenticated]
    metadata_class = Description


@extend_schema(exclude=True)
class MarketRoot(MarketView):
    """Where the market's data is."""

    def get(self, request: Request) -> Response:
        names = (
            "tables",
            "issues",
            "bars",
            "calendar",
            "statements",
            "coverage",
            "backfills",
            "market-limits",
        )
        return Response(
            {name.removeprefix("market-"): reverse(f"market:{name}", request=request) for name in names}
        )


class Tables(MarketView):
    @extend_schema(responses=TableSerializer(many=True), operation_id="market_datasets")
    def get(self, request: Request) -> Response:
        """List what can be read: the tables of the data sets, with their columns."""
        readable = [table for table in all_tables() if request.user.has_perm(table.permission)]
        fetched = stored()
        return Response([described(table, request, fetched) for table in readable])


class OneTable(MarketView):
    @extend_schema(responses=TableSerializer, operation_id="market_dataset")
    def get(self, request: Request, slug: str) -> Response:
        """Describe a table: its columns, what they are called at J-Quants, and the days that are stored."""
        return Response(described(permitted(request, slug), request, stored()))


class RowsView(MarketView):
    """Rows of a table: pages of JSON, or all of them as CSV."""

    renderer_classes = [JSONRenderer, BrowsableAPIRenderer, CsvRenderer]
    content_negotiation_class = FormatWins

    def answer(self, request: Request, slug: str) -> HttpResponseBase:
        selection = self.selection(request, permitted(request, slug))
        if request.accepted_renderer.format == "csv":
            return csv_response(selection)
        found = pages.page(selection, request.query_params)
        following = (
            replace_query_param(request.build_absolute_uri(), "cursor", found.next) if found.next else None
        )
        return Response({"next": following, "data": found.rows})

    def selection(self, request: Request, table: Table) -> Selection:
        """Return the rows that the query asks for. Raises InvalidSelection."""
        given = {name: texts for name, texts in request.query_params.lists() if name not in pages.PARAMETERS}
        return select(table, given)


class Rows(RowsView):
    @extend_schema(parameters=PARAMETERS, responses=PageSerializer, operation_id="market_rows")
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Read the rows of any table. Columns of its natural key are parameters too."""
        return self.answer(request, slug)


class Issues(RowsView):
    @extend_schema(parameters=PARAMETERS, responses=PageSerializer, operation_id="market_issues")
    def get(self, request: Request) -> HttpResponseBase:
        """Read the issues, as the newest list that has them says."""
        return self.answer(request, LISTED_COMPANIES.slug)


class OneIssue(RowsView):
    renderer_classes = [JSONRenderer, BrowsableAPIRenderer]

    @extend_schema(operation_id="market_issue", responses={200: dict[str, Any]})
    def get(self, request: Request, code: str) -> Response:
        """Read one issue and the changes of its description, oldest first."""
        given = {"code": [code]}
        issues = list(objects(select(permitted(request, LISTED_COMPANIES.slug), given)))
        if not issues:
            raise NotFound(_("There is no issue %(code)s in the lists that are stored.") % {"code": code})
        history = select(permitted(request, str(LISTED_COMPANIES.model._meta.db_table)), given)
        return Response({**issues[0], "history": list(objects(history))})


class Bars(RowsView):
    @extend_schema(parameters=PARAMETERS, responses=PageSerializer, operation_id="market_bars")
    def get(self, request: Request) -> HttpResponseBase:
        """Read daily bars: raw prices and factors; with adjusted=true also prices adjusted for later splits."""
        return self.answer(request, DAILY_QUOTES.slug)


class Calendar(RowsView):
    @extend_schema(parameters=PARAMETERS, responses=PageSerializer, operation_id="market_calendar")
    def get(self, request: Request) -> HttpResponseBase:
        """Read the trading calendar."""
        return self.answer(request, TRADING_CALENDAR.slug)


class Statements(RowsView):
    @extend_schema(parameters=PARAMETERS, responses=PageSerializer, operation_id="market_statements")
    def get(self, request: Request) -> HttpResponseBase:
        """Read the summaries of financial statements, as they were disclosed."""
        return self.answer(request, "statements")


def permitted(request: Request, slug: str) -> Table:
    """Return the table. Raises NotFound, and PermissionDenied where the user may not see it."""
    table = find_table(slug)
    if table is None:
        known = words.listed(table.slug for table in all_tables())
        raise NotFound(
            _("There is no table “%(name)s”; there are: %(known)s.") % {"name": slug[:50], "known": known}
        )
    require(request, table.permission)
    return table


def described(table: Table, request: Request, fetched: dict[str, Any]) -> dict[str, Any]:
    return dict(TableSerializer(table, context={"request": request, "stored": fetched}).data)


def objects(selection: Selection) -> Iterator[dict[str, Any]]:
    return (dict(zip(selection.header, row, strict=True)) for row in read(selection))


def csv_response(selection: Selection) -> StreamingHttpResponse:
    response = StreamingHttpResponse(csv_lines(selection), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{selection.table.slug}.csv"'
    return response
