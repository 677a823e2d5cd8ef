"""The state of the whole scheduler, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from scheduler.api.fields import UtcDateTimeField
from scheduler.api.serializers import ExecutionSummarySerializer, ModelSerializer
from scheduler.concerns import concerns
from scheduler.models import (
    Job,
    JobExecution,
    SchedulerEvent,
    SchedulerProcess,
    SchedulerSettings,
    Status,
)
from scheduler.presentation import words

SHOWN = 20  # executions and jobs


@dataclass(frozen=True)
class SchedulerStatus:
    """What `GET status` answers. `problems` are sentences; healthy means that there are none."""

    checked_at: datetime
    switches: SchedulerSettings
    schedulers: list[SchedulerProcess]
    executions: dict[str, int]
    running: list[JobExecution]
    next_jobs: list[Job]
    problems: list[str]
    events: list[SchedulerEvent]

    @property
    def healthy(self) -> bool:
        return not self.problems

    @property
    def enabled(self) -> bool:
        return self.switches.is_enabled

    @property
    def paused(self) -> SchedulerSettings | None:
        return None if self.enabled else self.switches

    @classmethod
    def read(cls, now: datetime) -> SchedulerStatus:
        switches = SchedulerSettings.load()
        schedulers = list(SchedulerProcess.objects.alive(now))
        return cls(
            checked_at=now,
            switches=switches,
            schedulers=schedulers,
            executions=_counts(),
            running=list(JobExecution.objects.held()[:SHOWN]),
            next_jobs=list(
                Job.objects.enabled().exclude(next_run_at=None).order_by("next_run_at", "pk")[:SHOWN]
            ),
            problems=[
                *idle_reasons(switches, schedulers),
                *concerns(schedulers),
                *_stuck_jobs(switches, now),
            ],
            events=list(SchedulerEvent.objects.all()[:SHOWN]),
        )


def idle_reasons(switches: SchedulerSettings, schedulers: list[SchedulerProcess]) -> list[str]:
    """Say why nothing would start at all; empty when runs do start."""
    reasons = []
    if not switches.is_enabled:
        reasons.append(_("The scheduler is paused; nothing starts until it is resumed."))
    if not schedulers:
        reasons.append(_("No scheduler is running. Start one with “manage.py runscheduler”."))
    return reasons


def _stuck_jobs(switches: SchedulerSettings, now: datetime) -> list[str]:
    quarantined = Job.objects.enabled().filter(quarantined_until__gt=now)
    problems = [
        _("Job “%(job)s” cannot be scheduled: %(error)s") % {"job": job.name, "error": job.quarantine_error}
        for job in quarantined[:SHOWN]
    ]
    overdue = now - timedelta(seconds=settings.SCHEDULER_GRACE_SECONDS)
    if switches.is_enabled and (late := list(Job.objects.due(overdue)[:SHOWN])):
        problems.append(
            _("Due, but not started: %(jobs)s.") % {"jobs": words.listed(job.name for job in late)}
        )
    return problems


def _counts() -> dict[str, int]:
    """Count the executions by status; a status nobody is in counts 0."""
    found = JobExecution.objects.order_by().values_list("status").annotate(Count("pk"))
    return dict.fromkeys(Status.values, 0) | dict(found)


class PausedSerializer(ModelSerializer):
    reason = serializers.CharField(source="paused_reason")
    by = serializers.CharField(source="paused_by.username", read_only=True, allow_null=True)
    at = UtcDateTimeField(source="paused_at")

    class Meta:
        model = SchedulerSettings
        fields = ["reason", "by", "at"]


class ProcessSerializer(ModelSerializer):
    class Meta:
        model = SchedulerProcess
        fields = ["host", "pid", "role", "version", "started_at", "heartbeat_at", "clock_offset_seconds"]


class EventSerializer(ModelSerializer):
    message = serializers.CharField(source="sentence", read_only=True)

    class Meta:
        model = SchedulerEvent
        fields = ["at", "process", "code", "message"]


class NextJobSerializer(ModelSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="api:job-detail")

    class Meta:
        model = Job
        fields = ["id", "url", "name", "next_run_at"]


class RunningSerializer(ExecutionSummarySerializer):
    class Meta(ExecutionSummarySerializer.Meta):
        fields = [*ExecutionSummarySerializer.Meta.fields, "job", "job_name"]


class SchedulerStatusSerializer(serializers.Serializer[Any]):
    healthy = serializers.BooleanField()
    problems = serializers.ListField(child=serializers.CharField())
    enabled = serializers.BooleanField()
    paused = PausedSerializer(allow_null=True)
    schedulers = ProcessSerializer(many=True)
    executions = serializers.DictField(child=serializers.IntegerField())
    running = RunningSerializer(many=True)
    next_jobs = NextJobSerializer(many=True)
    events = EventSerializer(many=True, help_text=gettext_lazy("Of the schedulers themselves, newest first."))
    checked_at = UtcDateTimeField()
