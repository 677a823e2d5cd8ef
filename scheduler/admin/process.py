from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from scheduler.admin import live
from scheduler.admin.base import ReadOnlyModelAdmin
from scheduler.models import SchedulerProcess
from scheduler.models.process import Role, heard_of
from scheduler.presentation import cells


class ProcessColumns:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def all(self) -> tuple[Callable[[Any], Any], ...]:
        return (self.name, self.state, self.role, self.version, self.started, self.heard, self.clock)

    @admin.display(description=_("process"), ordering="host")
    def name(self, process: SchedulerProcess) -> SafeString:
        return format_html(
            '<span class="moo-stack" data-key="process-{}"><b>{}</b><small>{} {}</small></span>',
            process.pk,
            process.host,
            _("process id"),
            process.pid,
        )

    @admin.display(description=_("state"))
    def state(self, process: Any) -> SafeString:
        if process.is_heard_of:
            return cells.pill(_("alive"), "good")
        return cells.pill(_("silent"), "calm")

    @admin.display(description=_("role"), ordering="role")
    def role(self, process: SchedulerProcess) -> str:
        return str(Role(process.role).label)

    @admin.display(description=_("version"))
    def version(self, process: SchedulerProcess) -> str:
        return process.version

    @admin.display(description=_("started"), ordering="started_at")
    def started(self, process: SchedulerProcess) -> SafeString:
        return cells.moment(process.started_at, self.now)

    @admin.display(description=_("last heard of"), ordering="heartbeat_at")
    def heard(self, process: SchedulerProcess) -> SafeString:
        return cells.moment(process.heartbeat_at, self.now)

    @admin.display(description=_("clock"))
    def clock(self, process: SchedulerProcess) -> SafeString:
        """Return how far its clock is from the database's."""
        if process.clock_offset_seconds is None:
            return cells.NOTHING
        if not process.is_clock_off:
            return cells.pill(_("right"), "good")
        return cells.pill(_("%(offset)s s off") % {"offset": f"{process.clock_offset_seconds:+.1f}"}, "bad")


@admin.register(SchedulerProcess)
class SchedulerProcessAdmin(ReadOnlyModelAdmin):
    list_display_links = None
    actions = None

    def get_list_display(self, request: HttpRequest) -> Any:
        return ProcessColumns(timezone.now()).all()

    def get_queryset(self, request: HttpRequest) -> QuerySet[SchedulerProcess]:
        is_heard_of = ExpressionWrapper(heard_of(timezone.now()), output_field=BooleanField())
        processes: QuerySet[SchedulerProcess] = super().get_queryset(request)
        return processes.annotate(is_heard_of=is_heard_of)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        return live.only_news(request, response, "scheduler/list_news.html")
