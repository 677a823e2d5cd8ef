"""What somebody should look at in the scheduler itself, in sentences of the active language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduler import job_types, unresolved
from scheduler.models import SchedulerEvent, SchedulerProcess

NEWS = timedelta(hours=1)  # how long an event is shown on every page


def concerns(processes: Iterable[SchedulerProcess]) -> list[str]:
    """Return what is wrong as long as it is; a query besides the living `processes`."""
    return [
        *(_clock(process) for process in processes if process.is_clock_off),
        *_broken_apps(),
        *_unknown_types(),
    ]


def _clock(process: SchedulerProcess) -> str:
    offset = process.clock_offset_seconds or 0.0
    text = _(
        "The clock of %(process)s is %(seconds)s s behind the database's, so ticks start late. Set it by NTP."
    )
    if offset > 0:
        text = _(
            "The clock of %(process)s is %(seconds)s s ahead of the database's, so ticks start early. Set it by NTP."
        )
    return text % {"process": process, "seconds": f"{abs(offset):.1f}"}


def _broken_apps() -> list[str]:
    return [
        _("The job types of %(app)s are missing, so its jobs wait: %(why)s") % {"app": app, "why": why}
        for app, why in job_types.broken().items()
    ]


def _unknown_types() -> list[str]:
    return [
        ngettext(
            "%(n)s execution waits for a worker that knows its type “%(job_type)s”. "
            "Install the app that provides it, or cancel the execution.",
            "%(n)s executions wait for a worker that knows their type “%(job_type)s”. "
            "Install the app that provides it, or cancel the executions.",
            count,
        )
        % {"n": count, "job_type": job_type}
        for job_type, count in unresolved.flagged()
    ]


def recent_events(now: datetime) -> list[SchedulerEvent]:
    """Return the events that are news, newest first."""
    return list(SchedulerEvent.objects.filter(at__gte=now - NEWS, at__lte=now)[:3])
