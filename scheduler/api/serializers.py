"""Jobs, executions and log lines as JSON. Times are UTC; words are in the language of the request."""

from __future__ import annotations

import copy
import logging
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as ModelValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from scheduler import audit, control, wakeup
from scheduler.api.fields import StrictBooleanField, StrictSerializer, UtcDateTimeField
from scheduler.audit import Actor
from scheduler.job_types import JobType
from scheduler.models import ExecutionLog, Job, JobExecution, Status
from scheduler.models.attempt import Attempt, attempts_of
from scheduler.preview import Tick
from scheduler.waits import why_waiting


class ModelSerializer(serializers.ModelSerializer[Any]):
    serializer_field_mapping: ClassVar[Any] = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: UtcDateTimeField
    }


class ProgressSerializer(serializers.Serializer[JobExecution]):
    done = serializers.IntegerField(source="progress_done", allow_null=True)
    total = serializers.IntegerField(source="progress_total", allow_null=True)
    percent = serializers.IntegerField(source="progress_percent", allow_null=True)
    text = serializers.CharField(source="progress_text")
    remaining_seconds = serializers.SerializerMethodField(
        help_text=_("How long it may still take; null where that cannot be told.")
    )

    def get_remaining_seconds(self, execution: JobExecution) -> int | None:
        left = execution.remaining(timezone.now()) if execution.status == Status.RUNNING else None
        return None if left is None else round(left.total_seconds())


class CountsSerializer(serializers.Serializer[JobExecution]):
    """Rows."""

    fetched = serializers.IntegerField(source="rows_fetched")
    inserted = serializers.IntegerField(source="rows_inserted")
    updated = serializers.IntegerField(source="rows_updated")
    unchanged = serializers.IntegerField(source="rows_unchanged")


class ExecutionSummarySerializer(ModelSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="api:execution-detail")
    reason = serializers.CharField(read_only=True)
    progress = ProgressSerializer(source="*", read_only=True)

    class Meta:
        model = JobExecution
        fields = ["id", "url", "status", "reason", "started_at", "completed_at", "progress"]
        read_only_fields = fields


class ExecutionSerializer(ExecutionSummarySerializer):
    requested_by = serializers.CharField(source="requested_by.username", read_only=True, allow_null=True)
    duration_seconds = serializers.SerializerMethodField()
    counts = CountsSerializer(source="*", read_only=True)

    class Meta:
        model = JobExecution
        fields = [
            *("id", "url", "job", "job_name", "job_type", "parameters", "status", "reason"),
            *(
                "trigger",
                "requested_by",
                "request_reason",
                "scheduled_for",
                "trading_date",
                "scheduled_until",
                "tick_count",
            ),
            *("skip_reason", "attempt", "max_retries", "worker", "created_at", "available_at", "expires_at"),
            *("started_at", "heartbeat_at", "completed_at", "duration_seconds", "warn_after_seconds"),
            *("warned_at", "cancel_requested_at", "error_message"),
            *("progress", "counts"),
        ]
        read_only_fields = fields

    def get_duration_seconds(self, execution: JobExecution) -> float | None:
        return execution.duration.total_seconds() if execution.duration is not None else None


class AttemptSerializer(serializers.Serializer[Attempt]):
    number = serializers.IntegerField(read_only=True)
    started_at = UtcDateTimeField(read_only=True)
    ended_at = UtcDateTimeField(read_only=True, allow_null=True, help_text=_("Null while it runs."))
    next_at = UtcDateTimeField(
        read_only=True,
        allow_null=True,
        help_text=_("When the next attempt may start; null for the last one."),
    )
    worker = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)


class ExecutionDetailSerializer(ExecutionSerializer):
    attempts = serializers.SerializerMethodField()
    waiting_for = serializers.SerializerMethodField()
    logs_url = serializers.HyperlinkedIdentityField(view_name="api:execution-logs")

    class Meta(ExecutionSerializer.Meta):
        fields = [*ExecutionSerializer.Meta.fields, "attempts", "waiting_for", "traceback", "logs_url"]
        read_only_fields = fields

    @extend_schema_field(AttemptSerializer(many=True))
    def get_attempts(self, execution: JobExecution) -> list[dict[str, Any]]:
        """Oldest first; the last one is told by the execution itself too."""
        return [AttemptSerializer(attempt).data for attempt in attempts_of(execution)]

    def get_waiting_for(self, execution: JobExecution) -> str:
        """Why it has not started, in words; empty when it does not wait."""
        return why_waiting(execution, timezone.now())


class StartedExecutionSerializer(ExecutionSerializer):
    """The execution that “run” queued; `notices` says what may keep it from starting, or surprise."""

    notices = serializers.SerializerMethodField()

    class Meta(ExecutionSerializer.Meta):
        fields = [*ExecutionSerializer.Meta.fields, "notices"]
        read_only_fields = fields

    def get_notices(self, execution: JobExecution) -> list[str]:
        notices: list[str] = self.context["notices"]
        return notices


class LogLineSerializer(ModelSerializer):
    level = serializers.SerializerMethodField()
    message = serializers.CharField(source="text", read_only=True)

    class Meta:
        model = ExecutionLog
        fields = ["id", "at", "level", "message"]
        read_only_fields = fields

    def get_level(self, line: ExecutionLog) -> str:
        """`debug`, `info`, `warning`, `error` or `critical`."""
        return logging.getLevelName(line.level).lower()


def last_runs(jobs: list[Job]) -> dict[int, JobExecution]:
    """Return the newest execution of each job that has one, skipped ticks left aside."""
    newest = (
        JobExecution.objects.filter(job=models.OuterRef("pk"))
        .exclude(status=Status.SKIPPED)
        .order_by("-pk")
        .values("pk")[:1]
    )
    ids = Job.objects.filter(pk__in=[job.pk for job in jobs]).values_list(models.Subquery(newest))
    return {execution.job_id: execution for execution in JobExecution.objects.filter(pk__in=ids)}


class JobListSerializer(serializers.ListSerializer[Any]):
    """Reads the last runs of all jobs on the page in one query."""

    def to_representation(self, data: Any) -> list[Any]:
        jobs = list(data)
        self.last_runs = last_runs(jobs)
        return super().to_representation(jobs)


class JobSerializer(ModelSerializer, StrictSerializer):
    """A job: its definition, which can be written, and what the scheduler says about it."""

    url = serializers.HyperlinkedIdentityField(view_name="api:job-detail")
    executions_url = serializers.HyperlinkedIdentityField(view_name="api:job-executions")
    job_type_label = serializers.SerializerMethodField()
    schedule_description = serializers.CharField(source="schedule_in_words", read_only=True)
    enabled = StrictBooleanField(source="is_enabled", required=False)
    next_run_at = serializers.SerializerMethodField()
    last_execution = serializers.SerializerMethodField()
    parameters = serializers.DictField(required=False)
    retry_timeouts = StrictBooleanField(required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=50), max_length=50, required=False)

    class Meta:
        model = Job
        list_serializer_class = JobListSerializer
        fields = [
            *("id", "url", "name", "description", "job_type", "job_type_label", "parameters", "schedule"),
            *(
                "schedule_description",
                "timezone",
                "calendar",
                "enabled",
                "overlap_policy",
                "missed_policy",
                "max_catchup",
            ),
            *("start_deadline_seconds", "timeout_seconds", "warn_after_seconds", "max_retries"),
            *(
                "retry_backoff_seconds",
                "retry_timeouts",
                "orphan_policy",
                "keep_days",
                "keep_runs",
                "tags",
                "notes",
                "archived_at",
                "schedule_version",
                "last_run_at",
                "next_run_at",
            ),
            *(
                "quarantined_since",
                "quarantined_until",
                "quarantine_error",
                "last_execution",
                "executions_url",
            ),
            *("created_at", "updated_at"),
        ]
        read_only_fields = Job.RUNTIME_FIELDS

    def get_job_type_label(self, job: Job) -> str | None:
        """In words; null when no installed app provides the type."""
        return str(job.type.label) if job.type else None

    def get_next_run_at(self, job: Job) -> str | None:
        """Null when the job is disabled or runs only by hand."""
        if not job.is_enabled or job.next_run_at is None:
            return None
        return UtcDateTimeField().to_representation(job.next_run_at)

    def get_last_execution(self, job: Job) -> dict[str, Any] | None:
        runs = self.parent.last_runs if isinstance(self.parent, JobListSerializer) else last_runs([job])
        last = runs.get(job.pk)
        return ExecutionSummarySerializer(last, context=self.context).data if last else None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Let the model judge the job as it would be saved; take over the texts it normalises."""
        job = copy.copy(self.instance) or Job()
        for name, value in attrs.items():
            setattr(job, name, value)
        if job.type:  # before the model does the same, which names no field
            job.type.clean_parameters(job.parameters)
            self._require_available(job, job.type)
        try:
            job.full_clean(exclude=Job.RUNTIME_FIELDS)
        except ModelValidationError as error:
            raise serializers.ValidationError(serializers.as_serializer_error(error)) from error
        return {name: getattr(job, name) for name in attrs}

    def _require_available(self, job: Job, job_type: type[JobType]) -> None:
        """Refuse to enable what cannot work; a job that is enabled already may be edited all the same."""
        before: Job | None = self.instance
        is_same = before is not None and before.is_enabled and before.job_type == job.job_type
        if job.is_enabled and not is_same and (why := job_type.unavailable()):
            raise serializers.ValidationError({"enabled": why})

    def create(self, validated_data: dict[str, Any]) -> Job:
        actor: Actor = validated_data.pop("actor")
        with transaction.atomic():
            job = Job.objects.create(**validated_data)
            audit.record(actor, job, "audit_created")
            wakeup.notify()
        return job

    def update(self, instance: Job, validated_data: dict[str, Any]) -> Job:
        actor: Actor = validated_data.pop("actor")
        changed = {name for name, value in validated_data.items() if getattr(instance, name) != value}
        for name in changed:
            setattr(instance, name, validated_data[name])
        control.save_definition(instance, changed, actor)
        return instance


class TickSerializer(serializers.Serializer[Tick]):
    """One intended time of a job's schedule."""

    at = UtcDateTimeField(read_only=True)
    trading_date = serializers.DateField(
        read_only=True,
        allow_null=True,
        help_text=_("The trading day it belongs to; null without a calendar."),
    )
    is_open = serializers.BooleanField(read_only=True, help_text=_("False: it will be skipped as a holiday."))
    is_provisional = serializers.BooleanField(
        read_only=True, help_text=_("The calendar of that day is not published yet.")
    )
