"""Executions: read, follow the log, cancel."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from scheduler import control
from scheduler.api.filters import ExecutionFilter
from scheduler.api.pagination import NewestFirst, OldestFirst
from scheduler.api.requests import CancelSerializer
from scheduler.api.serializers import ExecutionDetailSerializer, ExecutionSerializer, LogLineSerializer
from scheduler.api.views.base import SchedulerApiViewSet
from scheduler.errors import NotCancellable
from scheduler.models import JobExecution, Status


class ExecutionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchedulerApiViewSet[JobExecution]):
    queryset = JobExecution.objects.select_related("requested_by")
    serializer_class = ExecutionSerializer
    pagination_class = NewestFirst
    filterset_class = ExecutionFilter
    required_permissions = {
        "list": ("scheduler.view_jobexecution",),
        "retrieve": ("scheduler.view_jobexecution",),
        "logs": ("scheduler.view_jobexecution",),
        "cancel": ("scheduler.cancel_jobexecution",),
    }

    def get_queryset(self) -> QuerySet[JobExecution]:
        """Leave out the tracebacks of lists: they are long, and only the detail shows them."""
        queryset = super().get_queryset()
        return queryset.defer("traceback") if self.action == "list" else queryset

    @extend_schema(responses=ExecutionDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Return one execution with its traceback."""
        return self._answer(self.get_object())

    @extend_schema(responses=LogLineSerializer(many=True))
    @action(
        detail=True, serializer_class=LogLineSerializer, pagination_class=OldestFirst, filterset_class=None
    )
    def logs(self, request: Request, pk: str) -> Response:
        """List the lines of the execution's log, oldest first."""
        return self.page_of(self.get_object().logs.all())

    @extend_schema(responses={200: ExecutionDetailSerializer, 202: ExecutionDetailSerializer})
    @action(detail=True, methods=["post"], serializer_class=CancelSerializer)
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a waiting execution, ask a running one to stop. 200 when that had been done before."""
        reason = self.validated(request)["reason"]
        execution = self.get_object()
        now = timezone.now()
        try:
            control.cancel(execution, self.actor, reason=reason, now=now)
        except NotCancellable as error:
            if error.params["status"] != Status.CANCELLED:
                raise
            execution.refresh_from_db()
        return self._answer(execution, status=202 if execution.cancel_requested_at == now else 200)

    def _answer(self, execution: JobExecution, *, status: int = 200) -> Response:
        return Response(self.shown(ExecutionDetailSerializer, execution), status=status)
