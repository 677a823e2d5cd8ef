"""Moments, spans and lists as people say them, short enough for a table cell, in the active language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

if TYPE_CHECKING:
    from scheduler.models import JobExecution

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400  # seconds


def listed(parts: Iterable[object]) -> str:
    """Return the parts as a list: "7203, 8411", in Japanese "7203、8411"."""
    return pgettext("between the parts of a list", ", ").join(map(str, parts))


def span(length: timedelta) -> str:
    """Return one unit, rounded down: "12 s", "3 min", "5 h", "2 d"."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < _MINUTE:
        return _("%(n)d s") % {"n": seconds}
    if seconds < _HOUR:
        return _("%(n)d min") % {"n": seconds // _MINUTE}
    if seconds < 2 * _DAY:
        return _("%(n)d h") % {"n": seconds // _HOUR}
    return _("%(n)d d") % {"n": seconds // _DAY}


def duration(length: timedelta) -> str:
    """Return two units, precise enough to compare runs: "0.4 s", "3 min 12 s", "2 h 5 min"."""
    seconds = max(0.0, length.total_seconds())
    if seconds < 10:
        return _("%(n)s s") % {"n": formats.number_format(seconds, 1)}
    if seconds < _MINUTE:
        return span(length)
    if seconds < _HOUR:
        minutes, rest = divmod(int(seconds), _MINUTE)
        if not rest:
            return span(length)
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
    if seconds >= 2 * _DAY and seconds % _DAY == 0:
        return span(length)
    hours, rest = divmod(int(seconds), _HOUR)
    if rest < _MINUTE:
        return _("%(n)d h") % {"n": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest // _MINUTE}


def distance(moment: datetime, now: datetime) -> str:
    """Return how far `moment` is from `now`: "in 3 h", "5 min ago"."""
    if moment > now:
        return _("in %(span)s") % {"span": span(moment - now)}
    return _("%(span)s ago") % {"span": span(now - moment)}


def remaining(execution: JobExecution, now: datetime) -> str:
    """Return how long a run may still take, where that is a minute at least: "about 12 min left"; else ""."""
    left = execution.remaining(now)
    if left is None or left < timedelta(minutes=1):
        return ""
    return _("about %(span)s left") % {"span": span(left)}


def clock(moment: datetime, now: datetime) -> str:
    """Return `moment` in the site's zone: the time, with the day unless it is today's."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    time = local.strftime("%H:%M")
    days = (local.date() - today).days
    if days == 0:
        return time
    if days in (-1, 1):
        return (_("tomorrow %(time)s") if days == 1 else _("yesterday %(time)s")) % {"time": time}
    if local.year == today.year:
        # Translators: a date format of Django without the year, as short as your language allows.
        day = formats.date_format(local, _("M j"))
        return f"{day} {time}"
    return f"{local:%Y-%m-%d} {time}"


def exact(moment: datetime) -> str:
    """Return `moment` to the second, with the name of the site's zone."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S %Z")
