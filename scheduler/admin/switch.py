from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scheduler import control
from scheduler.admin import verbs
from scheduler.admin.base import ReadOnlyModelAdmin
from scheduler.models import SchedulerSettings


@admin.register(SchedulerSettings)
class SchedulerSettingsAdmin(ReadOnlyModelAdmin):
    """The switch for everything. It has no page of its own: its buttons are on the dashboard and the job list."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        switch = self.admin_site.admin_view(require_POST(self.switch_view))
        return [path("switch/", switch, name="scheduler_switch"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:index"))

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:index"))

    def switch_view(self, request: HttpRequest) -> HttpResponse:
        """Pause (`enabled=0`, with a `reason`) or resume (`enabled=1`) the whole scheduler."""
        verbs.require(request, verbs.PAUSE)
        enabled = request.POST.get("enabled") == "1"
        if not control.set_scheduler_enabled(enabled, verbs.actor(request), reason=verbs.reason(request)):
            text = _("The scheduler was on already.") if enabled else _("The scheduler was paused already.")
            messages.info(request, text)
        elif enabled:
            messages.success(request, _("The scheduler is on again."))
        else:
            messages.success(request, _("The scheduler is paused: nothing starts, what runs goes on."))
        return verbs.back(request, reverse("admin:index"))
