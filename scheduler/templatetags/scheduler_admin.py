"""What the admin's templates need from the scheduler."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString

from scheduler import audit
from scheduler.concerns import concerns, recent_events
from scheduler.models import JobExecution, SchedulerEvent, SchedulerProcess, SchedulerSettings
from scheduler.presentation import cells, words

register = template.Library()


@dataclass(frozen=True)
class SchedulerState:
    """Whether anything will start at all, and what else to look at."""

    switches: SchedulerSettings
    is_alive: bool
    concerns: list[str]
    events: list[SchedulerEvent]
    now: datetime


@register.simple_tag(takes_context=True)
def scheduler_state(context: template.Context) -> SchedulerState:
    """Return the state of the scheduler; four queries, once a request."""
    request: Any = context.get("request") or HttpRequest()
    if not hasattr(request, "scheduler_state"):
        now = timezone.now()
        alive = list(SchedulerProcess.objects.alive(now))
        request.scheduler_state = SchedulerState(
            switches=SchedulerSettings.objects.select_related("paused_by").first() or SchedulerSettings(),
            is_alive=bool(alive),
            concerns=concerns(alive),
            events=recent_events(now),
            now=now,
        )
    state: SchedulerState = request.scheduler_state
    return state


@register.simple_tag
def moment(at: datetime | None, now: datetime) -> SafeString:
    return cells.moment(at, now)


@register.simple_tag
def age(at: datetime, now: datetime) -> SafeString:
    return cells.age(at, now)


@register.simple_tag
def ticks(execution: JobExecution, now: datetime) -> SafeString:
    return cells.ticks(execution, now)


@register.filter
def exact(at: datetime | None) -> str:
    return words.exact(at) if at else ""


@register.filter
def duration(length: timedelta | None) -> str:
    return words.duration(length) if length is not None else ""


@register.filter
def audit_sentence(entry: LogEntry) -> str:
    return audit.sentence(entry)


@register.filter
def thousands(n: int) -> str:
    return number_format(n, force_grouping=True)


@register.filter
def seconds(n: int) -> str:
    return words.duration(timedelta(seconds=n))


@register.filter
def status(execution: JobExecution) -> SafeString:
    return cells.status(execution)


@register.filter
def progress(execution: JobExecution) -> SafeString:
    return cells.progress(execution, timezone.now())


@register.filter
def counts(execution: JobExecution) -> SafeString:
    return cells.counts(execution)
