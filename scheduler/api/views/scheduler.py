"""The scheduler as a whole: its state and its switch."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from scheduler import control
from scheduler.api.requests import SchedulerSwitchSerializer
from scheduler.api.status import SchedulerStatus, SchedulerStatusSerializer
from scheduler.api.views.base import SchedulerApiViewSet
from scheduler.models import SchedulerSettings


class SchedulerViewSet(SchedulerApiViewSet[SchedulerSettings]):
    queryset = SchedulerSettings.objects.all()
    required_permissions = {
        "status": ("scheduler.view_job", "scheduler.view_jobexecution"),
        "enabled": ("scheduler.pause_scheduler",),
    }

    @extend_schema(responses=SchedulerStatusSerializer)
    @action(detail=False, serializer_class=SchedulerStatusSerializer)
    def status(self, request: Request) -> Response:
        """Tell whether the scheduler is healthy, what runs and what is next."""
        return self._answer()

    @extend_schema(responses=SchedulerStatusSerializer)
    @action(detail=False, methods=["put"], serializer_class=SchedulerSwitchSerializer)
    def enabled(self, request: Request) -> Response:
        """Resume or pause the whole scheduler; what runs goes on. Answers with the status after it."""
        wanted = self.validated(request)
        control.set_scheduler_enabled(wanted["enabled"], self.actor, reason=wanted["reason"])
        return self._answer()

    def _answer(self) -> Response:
        return Response(self.shown(SchedulerStatusSerializer, SchedulerStatus.read(timezone.now())))
