"""The dashboard: the index of the admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from scheduler import dashboard
from scheduler.admin import live
from scheduler.dashboard import Day, Health, Tile
from scheduler.models import Job
from scheduler.presentation import words

CHART_SECONDS = 30
BAR_HEIGHT = 72  # of the tallest day, in the units of the drawing


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the dashboard to the context of the index; called by the theme."""
    now = timezone.now()
    sees_jobs = request.user.has_perm("scheduler.view_job")
    sees_executions = request.user.has_perm("scheduler.view_jobexecution")
    tiles = [tile for tile in dashboard.contributed_tiles(now) if _may_see(request, tile)]
    context |= {"now": now, "is_refresh": live.is_refresh(request), "title": _("Dashboard")}
    if sees_jobs:
        upcoming = list(dashboard.next_runs())
        context |= {
            "tiles": _tiles(dashboard.health(), upcoming, now),
            "upcoming": upcoming,
            "in_trouble": dashboard.in_trouble(now),
        }
    if sees_executions:
        context |= {
            "newest": dashboard.newest_executions(),
            "failing": dashboard.failing(),
            "bars": bars(_days(now)),
            "bar_height": BAR_HEIGHT,
        }
    return context | {"data_tiles": tiles, "sees_jobs": sees_jobs, "sees_executions": sees_executions}


def _may_see(request: HttpRequest, tile: Tile) -> bool:
    return not tile.permission or request.user.has_perm(tile.permission)


def _not_healthy(health: Health) -> str:
    """Say why there are jobs that are neither healthy nor failing."""
    disabled = _("%(n)s disabled") % {"n": health.disabled}
    if not health.untried:
        return disabled
    return words.listed([_("%(n)s without a run yet") % {"n": health.untried}, disabled])


def _tiles(health: Health, upcoming: list[Job], now: datetime) -> list[Tile]:
    jobs = reverse("admin:scheduler_job_changelist")
    soonest = upcoming[0] if upcoming else None
    return [
        Tile(
            _("Healthy jobs"),
            _("%(healthy)s of %(enabled)s") % {"healthy": health.healthy, "enabled": health.enabled},
            _not_healthy(health),
            f"{jobs}?is_enabled__exact=1",
            "good" if health.healthy == health.enabled else "",
        ),
        Tile(
            _("Failing"),
            number_format(health.failing),
            _("the last run failed") if health.failing else _("no job fails"),
            f"{jobs}?last=problem&is_enabled__exact=1",
            "bad" if health.failing else "",
        ),
        Tile(
            _("Running"),
            number_format(health.running),
            _("%(n)s waiting") % {"n": health.waiting},
            f"{jobs}?last=active",
            "busy" if health.running else "",
        ),
        _next_tile(soonest, now),
    ]


def _next_tile(soonest: Job | None, now: datetime) -> Tile:
    if soonest is None or soonest.next_run_at is None:
        return Tile(_("Next run"), "–", _("no job is scheduled"))
    return Tile(
        _("Next run"),
        words.distance(soonest.next_run_at, now),
        f"{soonest.name} · {words.clock(soonest.next_run_at, now)}",
        reverse("admin:scheduler_job_change", args=[soonest.pk]),
    )


def _days(now: datetime) -> list[Day]:
    """Return the days of the drawing, counted again when they are CHART_SECONDS old: that reads two weeks."""
    days = cache.get_or_set("scheduler.dashboard.days", lambda: dashboard.by_day(now), CHART_SECONDS)
    return cast("list[Day]", days)


@dataclass(frozen=True)
class Bar:
    """One day of the drawing: the heights of its three parts, stacked from below."""

    on: date
    day: Day
    completed: float
    failed: float
    other: float

    @property
    def failed_top(self) -> float:
        return BAR_HEIGHT - self.completed - self.failed

    @property
    def completed_top(self) -> float:
        return BAR_HEIGHT - self.completed

    @property
    def other_top(self) -> float:
        return self.failed_top - self.other


def bars(days: list[Day]) -> list[Bar]:
    """Return the drawing of `days`; a part that exists is never too thin to see."""
    unit = BAR_HEIGHT / max(1, *(day.total for day in days))

    def height(count: int) -> float:
        return max(2.0, round(count * unit, 1)) if count else 0.0

    return [
        Bar(day.on, day, completed=height(day.completed), failed=height(day.failed), other=height(day.other))
        for day in days
    ]
