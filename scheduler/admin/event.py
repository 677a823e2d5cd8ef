from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from scheduler.admin.base import ReadOnlyModelAdmin
from scheduler.models import SchedulerEvent
from scheduler.presentation import cells


class EventColumns:
    def __init__(self, now: datetime) -> None:
        self.now = now

    @admin.display(description=_("at"), ordering="at")
    def at(self, event: SchedulerEvent) -> SafeString:
        return cells.moment(event.at, self.now)

    @admin.display(description=_("event"))
    def sentence(self, event: SchedulerEvent) -> str:
        return event.sentence


@admin.register(SchedulerEvent)
class SchedulerEventAdmin(ReadOnlyModelAdmin):
    list_display_links = None
    actions = None

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = EventColumns(timezone.now())
        return (columns.at, columns.sentence)
