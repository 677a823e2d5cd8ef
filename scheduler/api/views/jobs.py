"""Jobs: read, create, edit, enable, disable, run, archive, delete."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from scheduler import archive, control, preview
from scheduler.api.filters import JobExecutionsFilter, JobFilter
from scheduler.api.pagination import ByName, NewestFirst
from scheduler.api.permissions import require
from scheduler.api.requests import EmptySerializer, JobSwitchSerializer, RunSerializer
from scheduler.api.serializers import (
    ExecutionSerializer,
    JobSerializer,
    StartedExecutionSerializer,
    TickSerializer,
)
from scheduler.api.status import idle_reasons
from scheduler.api.views.base import SchedulerApiViewSet
from scheduler.calendars import UnknownCalendar
from scheduler.models import Job, SchedulerProcess, SchedulerSettings
from scheduler.schedules import InvalidSchedule

IDEMPOTENCY_KEY = "Idempotency-Key"
KEY_LENGTH = 255  # of the column


class JobViewSet(
    mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, SchedulerApiViewSet[Job]
):
    queryset = Job.objects.all()
    serializer_class = JobSerializer
    pagination_class = ByName
    filterset_class = JobFilter
    required_permissions = {
        "list": ("scheduler.view_job",),
        "retrieve": ("scheduler.view_job",),
        "create": ("scheduler.add_job",),
        "partial_update": ("scheduler.change_job",),
        "enabled": ("scheduler.change_job",),
        "destroy": ("scheduler.change_job",),
        "restore": ("scheduler.change_job",),
        "purge": ("scheduler.delete_job",),
        "run": ("scheduler.run_job",),
        "ticks": ("scheduler.view_job",),
        "executions": ("scheduler.view_jobexecution",),
    }

    def perform_create(self, serializer: BaseSerializer[Job]) -> None:
        self._save(serializer)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change some fields of the definition. A changed schedule counts from now on."""
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        self._save(serializer)
        return Response(serializer.data)

    def _save(self, serializer: BaseSerializer[Job]) -> None:
        try:
            with transaction.atomic():
                serializer.save(actor=self.actor)
        except IntegrityError as error:  # validated, so somebody else was faster
            raise ValidationError({"name": _("Another job with this name was just saved.")}) from error

    @extend_schema(responses=JobSerializer)
    @action(detail=True, methods=["put"], serializer_class=JobSwitchSerializer)
    def enabled(self, request: Request, pk: str) -> Response:
        """Enable or disable the job, and on request run it once: both or neither. Answers with the job."""
        wanted = self.validated(request)
        if wanted["also_run"]:
            require(request, "scheduler.run_job")
        job = self.get_object()
        with transaction.atomic():
            control.set_enabled(job, wanted["enabled"], self.actor, also_run=wanted["also_run"])
        return Response(self.shown(JobSerializer, job))

    @extend_schema(responses=JobSerializer)
    def destroy(self, request: Request, pk: str) -> Response:
        """Archive the job: its schedule stops, runs finish, its history stays readable. Answers with the job.

        Lists leave it out unless asked for `archived=true`. “restore” undoes it; “purge” deletes it for good.
        """
        job = self.get_object()
        archive.archive(job, self.actor)
        return Response(self.shown(JobSerializer, job))

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"], serializer_class=EmptySerializer)
    def restore(self, request: Request, pk: str) -> Response:
        """Take the job out of the archive. It stays disabled, so that nothing runs by surprise."""
        self.validated(request)
        job = self.get_object()
        archive.restore(job, self.actor)
        return Response(self.shown(JobSerializer, job))

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], serializer_class=EmptySerializer)
    def purge(self, request: Request, pk: str) -> Response:
        """Delete an archived, idle job for good, with its executions, logs and daily totals."""
        self.validated(request)
        archive.purge(self.get_object(), self.actor)
        return Response(status=204)

    @extend_schema(
        responses={202: StartedExecutionSerializer},
        parameters=[
            OpenApiParameter(
                IDEMPOTENCY_KEY,
                location=OpenApiParameter.HEADER,
                description="Within 24 hours the same key starts one run only, however often it is sent.",
            )
        ],
    )
    @action(detail=True, methods=["post"], serializer_class=RunSerializer)
    def run(self, request: Request, pk: str) -> Response:
        """Queue a run of the job and answer at once; a disabled job runs too.

        The Location header leads to the execution.
        """
        wanted = self.validated(request)
        job = self.get_object()
        execution = control.run_now(
            job,
            self.actor,
            parameters=wanted["parameters"],
            reason=wanted["reason"],
            idempotency_key=_idempotency_key(request),
        )
        started = self.shown(StartedExecutionSerializer, execution, notices=_notices(job))
        return Response(started, status=202, headers={"Location": str(started["url"])})

    @extend_schema(responses=TickSerializer(many=True), filters=False)
    @action(detail=True, serializer_class=TickSerializer, pagination_class=None, filterset_class=None)
    def ticks(self, request: Request, pk: str) -> Response:
        """List the next 20 ticks of the schedule as it is now; none for a job that runs only by hand."""
        job = self.get_object()
        try:
            upcoming = preview.upcoming(job, timezone.now())
        except (InvalidSchedule, UnknownCalendar) as error:
            raise ValidationError({"schedule": job.schedule_in_words()}) from error
        return Response([TickSerializer(tick).data for tick in upcoming])

    @extend_schema(responses=ExecutionSerializer(many=True))
    @action(
        detail=True,
        serializer_class=ExecutionSerializer,
        pagination_class=NewestFirst,
        filterset_class=JobExecutionsFilter,
    )
    def executions(self, request: Request, pk: str) -> Response:
        """List the executions of the job, newest first."""
        return self.page_of(self.get_object().executions.select_related("requested_by"))


def _idempotency_key(request: Request) -> str | None:
    """Return the header's key, None without one. Raises ValidationError for a key that cannot be kept."""
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is not None and not (0 < len(key) <= KEY_LENGTH and key.isascii() and key.isprintable()):
        text = _("The key must be 1 to %(limit)s printable ASCII characters.") % {"limit": KEY_LENGTH}
        raise ValidationError({IDEMPOTENCY_KEY: text})
    return key


def _notices(job: Job) -> list[str]:
    """Say what a person who just asked for a run should know."""
    notices = (
        [] if job.is_enabled else [_("The job is disabled: this run goes ahead, its schedule stays off.")]
    )
    alive = list(SchedulerProcess.objects.alive(timezone.now()))
    return notices + idle_reasons(SchedulerSettings.load(), alive)
