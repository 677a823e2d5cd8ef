"""The columns of the list of executions, made for one request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from scheduler.admin import verbs
from scheduler.models import JobExecution, Status, Trigger
from scheduler.models.status import HELD
from scheduler.presentation import cells, words


def cancel_button(execution: JobExecution, *, allowed: bool) -> SafeString | str:
    if not allowed or not execution.is_active or execution.status == Status.CANCELLING:
        return ""
    url = reverse("admin:scheduler_jobexecution_cancel", args=[execution.pk])
    return cells.button(_("Cancel"), url, icon="stop", tone="moo-warn")


def elapsed(execution: JobExecution, now: datetime) -> str:
    """Return how long the last attempt took, or has taken so far."""
    if execution.duration is not None:
        return words.duration(execution.duration)
    if execution.status in HELD and execution.started_at is not None:
        return words.duration(now - execution.started_at)
    return ""


class ExecutionColumns:
    def __init__(self, request: HttpRequest, now: datetime | None = None) -> None:
        self.now = now or timezone.now()
        self.may_cancel = request.user.has_perm(verbs.CANCEL)

    def all(self) -> tuple[Callable[[Any], Any], ...]:
        return (
            self.name,
            self.status,
            self.trigger,
            self.scheduled,
            self.started,
            self.counts,
            self.reason,
        )

    @admin.display(description=_("execution"), ordering="pk")
    def name(self, execution: JobExecution) -> SafeString:
        return format_html(
            '<span class="moo-stack" data-key="execution-{}"><b>{}</b><small>#{}</small></span>',
            execution.pk,
            execution.job_name,
            execution.pk,
        )

    @admin.display(description=_("status"), ordering="status")
    def status(self, execution: JobExecution) -> SafeString:
        if execution.status not in HELD:
            return cells.status(execution)
        return format_html(
            '<span class="moo-running"><span>{}</span>{}</span>',
            cells.running_status(execution),
            cells.progress(execution, self.now),
        )

    @admin.display(description=_("started by"), ordering="trigger")
    def trigger(self, execution: JobExecution) -> SafeString:
        return format_html(
            '<span class="moo-stack"><span>{}</span><small>{}</small></span>',
            Trigger(execution.trigger).label,
            execution.requested_by.get_username() if execution.requested_by else "",
        )

    @admin.display(description=_("scheduled for"), ordering="scheduled_for")
    def scheduled(self, execution: JobExecution) -> SafeString:
        return cells.ticks(execution, self.now)

    @admin.display(description=_("started"), ordering="started_at")
    def started(self, execution: JobExecution) -> SafeString:
        if execution.started_at is None:
            return cells.NOTHING
        took = _("took %(span)s") if execution.completed_at else _("for %(span)s")
        return format_html(
            '<time class="moo-stack" title="{}"><span>{}</span><small>{}</small></time>',
            words.exact(execution.started_at),
            words.clock(execution.started_at, self.now),
            took % {"span": elapsed(execution, self.now)} if elapsed(execution, self.now) else "",
        )

    @admin.display(description=_("rows"))
    def counts(self, execution: JobExecution) -> SafeString:
        return cells.counts(execution)

    @admin.display(description=_("reason"))
    def reason(self, execution: JobExecution) -> SafeString:
        """Return why the execution is as it is, and while it can still be changed the button that does."""
        reason = execution.reason
        return format_html(
            '<span class="moo-reason" title="{}">{}</span>{}',
            reason,
            Truncator(reason).chars(160),
            cancel_button(execution, allowed=self.may_cancel),
        )
