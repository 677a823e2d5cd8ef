"""What the form of a job shows while a person types; both only read."""

from __future__ import annotations

from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from scheduler.admin import verbs
from scheduler.admin.parameters import ParametersWidget
from scheduler.presentation import words
from scheduler.schedules import InvalidSchedule, parse

TICKS = 5


def _require_editor(request: HttpRequest) -> None:
    if not request.user.has_perm("scheduler.add_job"):
        verbs.require(request, verbs.CHANGE)


@require_GET
def schedule_view(request: HttpRequest) -> HttpResponse:
    """Put a schedule into words and show its next ticks, in the job's zone and the site's."""
    _require_editor(request)
    text = request.GET.get("schedule", "").strip()
    language = "ja" if (get_language() or "").startswith("ja") else "en"
    context: dict[str, object] = {"text": text}
    if text:
        try:
            schedule = parse(text, timezone=request.GET.get("timezone", ""))
        except InvalidSchedule as error:
            context["error"] = error.message(language)
        else:
            now = timezone.now()
            ticks = list(islice(schedule.ticks_after(now), TICKS))
            context |= {
                "words": schedule.describe(language),
                "is_foreign": schedule.zone.key != timezone.get_default_timezone_name(),
                "zone": schedule.zone.key,
                "ticks": [
                    (
                        f"{tick.astimezone(schedule.zone):%Y-%m-%d %H:%M}",
                        words.clock(tick, now),
                        words.distance(tick, now),
                    )
                    for tick in ticks
                ],
            }
    return render(request, "scheduler/schedule_preview.html", context)


@require_GET
def parameters_view(request: HttpRequest) -> HttpResponse:
    """Return the empty parameters of the chosen type."""
    _require_editor(request)
    widget = ParametersWidget(request.GET.get("job_type", ""))
    return HttpResponse(widget.render("parameters", {}))
