"""What is left of the rate limit, as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from jquants import calendar, limits
from jquants.limits import Budget
from jquants.models import Connection
from jquants.plan import subscription
from scheduler.api.fields import UtcDateTimeField
from scheduler.api.views.base import SchedulerApiViewSet


class BudgetSerializer(serializers.Serializer[Budget]):
    """A group of data sets that J-Quants counts together."""

    name = serializers.CharField(source="bucket.name")
    label = serializers.CharField()  # type: ignore[assignment]  # also an attribute of the base
    per_minute = serializers.IntegerField(source="bucket.limit")
    remaining = serializers.IntegerField(help_text="Requests that could be sent right now.")
    headroom = serializers.IntegerField(
        source="bucket.headroom", help_text="Of those, how many a backfill leaves to other jobs."
    )


class WindowSerializer(serializers.Serializer[Any]):
    """The days the plan covers, both included; last is null where that is today."""

    first = serializers.DateField()
    last = serializers.DateField(allow_null=True)


class LimitsSerializer(serializers.Serializer[Any]):
    plan = serializers.CharField()
    plan_is_known = serializers.BooleanField(help_text="False: not found out yet, the smallest is assumed.")
    addons = serializers.ListField(child=serializers.CharField())
    window = WindowSerializer()
    paused_until = UtcDateTimeField(allow_null=True, help_text="Until when nobody asks, after a 429.")
    buckets = BudgetSerializer(many=True)


class MarketViewSet(SchedulerApiViewSet[Connection]):
    queryset = Connection.objects.all()
    required_permissions = {"limits": ("jquants.view_connection",)}

    @extend_schema(responses=LimitsSerializer)
    @action(detail=False, serializer_class=LimitsSerializer)
    def limits(self, request: Request) -> Response:
        """Tell which plan the site goes by and what is left of its requests a minute; no buckets without a key."""
        return Response(self.shown(LimitsSerializer, document(timezone.now())))


def document(now: datetime) -> dict[str, Any]:
    """Return what LimitsSerializer shows."""
    ours, left = subscription.current(), limits.limits(now)
    today: date = calendar.today(now)
    return {
        "plan": ours.plan,
        "plan_is_known": ours.is_known,
        "addons": sorted(ours.addons),
        "window": ours.window(today),
        "paused_until": left.paused_until if left else None,
        "buckets": left.ours if left else [],
    }
