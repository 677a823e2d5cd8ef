"""What the form of a job shows while a person types; both only read."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from scheduler import messages, preview
from scheduler.admin import verbs
from scheduler.admin.parameters import ParametersWidget
from scheduler.calendars import UnknownCalendar
from scheduler.models import Job
from scheduler.presentation import words
from scheduler.schedules import InvalidSchedule


def _require_editor(request: HttpRequest) -> None:
    if not request.user.has_perm("scheduler.add_job"):
        verbs.require(request, verbs.CHANGE)


@require_GET
def schedule_view(request: HttpRequest) -> HttpResponse:
    """Put a schedule into words and show its next ticks, in the job's zone and the site's."""
    _require_editor(request)
    job = Job(
        schedule=request.GET.get("schedule", "").strip(),
        timezone=request.GET.get("timezone", ""),
        calendar=request.GET.get("calendar", ""),
    )
    context: dict[str, object] = {"text": job.schedule}
    if job.schedule:
        try:
            context |= _previewed(job, timezone.now())
        except InvalidSchedule as error:
            context["error"] = error.message(get_language() or "en")
        except UnknownCalendar as error:
            context["error"] = messages.render(error.code, error.params)
    return render(request, "scheduler/schedule_preview.html", context)


def _previewed(job: Job, now: datetime) -> dict[str, object]:
    ticks = preview.upcoming(job, now)
    zone = ZoneInfo(job.timezone)
    return {
        "words": job.schedule_in_words(),
        "is_foreign": job.timezone != timezone.get_default_timezone_name(),
        "zone": job.timezone,
        "ticks": [
            {
                "tick": tick,
                "local": f"{tick.at.astimezone(zone):%Y-%m-%d %H:%M}",
                "clock": words.clock(tick.at, now),
                "distance": words.distance(tick.at, now),
                "is_other_day": tick.trading_date not in (None, tick.at.astimezone(zone).date()),
            }
            for tick in ticks
        ],
    }


@require_GET
def parameters_view(request: HttpRequest) -> HttpResponse:
    """Return the empty parameters of the chosen type."""
    _require_editor(request)
    widget = ParametersWidget(request.GET.get("job_type", ""))
    return HttpResponse(widget.render("parameters", {}))
