"""Ask for a backfill, or first for what it would take."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from jquants.api.views import MarketView
from jquants.backfill.request import (
    Estimate,
    NoBackfillJobError,
    Only,
    Order,
    Request,
    Source,
    estimated,
    queue_backfill,
)
from jquants.datasets import ALL
from jquants.plan import subscription
from jquants.ranges import reversed_range
from scheduler.api.fields import DayField, KnownChoiceField, StrictBooleanField, StrictSerializer
from scheduler.api.permissions import require
from scheduler.api.problems import Problem, problem_of
from scheduler.api.requests import REASON_LENGTH
from scheduler.api.serializers import StartedExecutionSerializer
from scheduler.api.status import idle_reasons
from scheduler.api.views.jobs import IDEMPOTENCY_KEY, idempotency_key
from scheduler.audit import Actor, Channel
from scheduler.models import SchedulerProcess, SchedulerSettings


class BackfillSerializer(StrictSerializer):
    """What to fetch; without a data set all of them, without days all that the plan covers."""

    dataset = KnownChoiceField(
        choices=[dataset.slug for dataset in ALL], required=False, default="", allow_blank=True
    )
    date_from = DayField(required=False, default=None, allow_null=True)
    date_to = DayField(required=False, default=None, allow_null=True)
    only = KnownChoiceField(choices=Only.values, required=False, default=Only.MISSING.value)
    order = KnownChoiceField(choices=Order.values, required=False, default=Order.NEWEST.value)
    source = KnownChoiceField(  # type: ignore[assignment]  # also an attribute of the base
        choices=Source.values, required=False, default=Source.AUTO.value
    )
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=REASON_LENGTH)
    dry_run = StrictBooleanField(
        required=False, default=False, help_text="Only tell what it would take; nothing is queued."
    )


class EstimateSerializer(serializers.Serializer[Estimate]):
    """What a backfill of one data set would do."""

    dataset = serializers.CharField(source="dataset.slug")
    first = serializers.DateField(source="survey.first")
    last = serializers.DateField(source="survey.last")
    expected = serializers.IntegerField(source="survey.expected", help_text="Partitions.")
    here = serializers.IntegerField(source="survey.here", help_text="Partitions.")
    to_fetch = serializers.SerializerMethodField(help_text="Partitions.")
    requests = serializers.IntegerField(
        help_text="About: as many for a partition as its usual rows, as fetched before, have pages."
    )
    minutes = serializers.IntegerField(help_text="At least, at the rate of the plan.")
    obstacle = serializers.CharField(help_text="Why nothing of it can be fetched; empty where it can.")

    def get_to_fetch(self, estimate: Estimate) -> int:
        return len(estimate.partitions)


class Backfills(MarketView):
    @extend_schema(
        operation_id="market_backfills_create",
        request=BackfillSerializer,
        responses={200: EstimateSerializer(many=True), 202: StartedExecutionSerializer},
        parameters=[
            OpenApiParameter(
                IDEMPOTENCY_KEY,
                location=OpenApiParameter.HEADER,
                description="Within 24 hours the same key starts one run only, however often it is sent.",
            )
        ],
    )
    def post(self, request: HttpRequest) -> Response:
        """Queue a backfill (202), or with dry_run tell what it would take (200)."""
        body = BackfillSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        reason, is_dry_run = given.pop("reason"), given.pop("dry_run")
        if given["date_from"] and given["date_to"] and given["date_from"] > given["date_to"]:
            raise serializers.ValidationError(
                {"date_to": reversed_range(given["date_from"], given["date_to"])}
            )
        if is_dry_run:
            require(request, "jquants.view_coverage")
            estimates = estimated(Request.of(given), timezone.now())
            shown = EstimateSerializer(estimates, many=True)  # type: ignore[arg-type]  # of many
            return Response(shown.data)
        require(request, "scheduler.run_job")
        if given["dataset"] and (lack := _lack(given["dataset"])):
            raise serializers.ValidationError({"dataset": lack})
        execution = queue_backfill(
            given,
            Actor(request.user, Channel.API),  # type: ignore[arg-type]  # the permission let nobody else through
            reason=reason,
            idempotency_key=idempotency_key(request),
        )
        notices = idle_reasons(SchedulerSettings.load(), list(SchedulerProcess.objects.alive(timezone.now())))
        started = StartedExecutionSerializer(execution, context={"request": request, "notices": notices}).data
        return Response(started, status=202, headers={"Location": str(started["url"])})


def _lack(slug: str) -> str | None:
    """Say why the plan cannot have a data set; None where it can, or may once the plan is known."""
    ours = subscription.current()
    dataset = next(each for each in ALL if each.slug == slug)
    return ours.lack(dataset) if ours.is_known else None


@problem_of.register
def from_no_job(error: NoBackfillJobError) -> Problem:
    return Problem(409, str(error), kind="no-backfill-job")
