"""What the dashboard says of the data at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jquants import limits
from jquants.coverage import missing
from jquants.datasets import DAILY_QUOTES, LISTED_COMPANIES
from jquants.models import Coverage, CoverageStatus, ListedCompany, TradingDay
from jquants.plan import subscription
from scheduler.dashboard import Tile
from scheduler.presentation import words


def tiles(now: datetime) -> Iterator[Tile]:
    """Yield the tiles of issues, quotes, calendar, coverage and rate limit; each costs a few queries on small tables."""
    yield _issues()
    yield _quotes()
    yield _calendar()
    yield _coverage(now)
    yield _requests(now)


def _issues() -> Tile:
    listed = ListedCompany.objects.listed().count()
    newest = _newest(LISTED_COMPANIES.slug)
    return Tile(
        title=_("Listed issues"),
        value=number_format(listed, force_grouping=True),
        detail=_("as of %(day)s") % {"day": _written(newest.day)} if newest else _("nothing fetched yet"),
        url=reverse("admin:jquants_listedcompany_changelist"),
        tone="" if newest else "empty",
        permission="jquants.view_listedcompany",
    )


def _quotes() -> Tile:
    newest = _newest(DAILY_QUOTES.slug)
    days = Coverage.objects.filter(dataset=DAILY_QUOTES.slug, status=CoverageStatus.FETCHED).count()
    return Tile(
        title=_("Newest daily quotes"),
        value=_written(newest.day if newest else None),
        detail=ngettext("%(days)s day stored", "%(days)s days stored", days) % {"days": number_format(days)},
        url=reverse("admin:jquants_dailyquote_changelist"),
        tone="" if newest else "empty",
        permission="jquants.view_dailyquote",
    )


def _coverage(now: datetime) -> Tile:
    """What is missing, could not be stored or would be fetched again: counted from indexes, not a survey."""
    troubled = Coverage.objects.filter(Q(stale_since__isnull=False) | ~Q(error="")).count()
    gaps = missing.missing(now)
    detail = _("nothing is missing or failed")
    if gaps and troubled:
        detail = _("%(missing)s missing, %(troubled)s failed or corrected") % {
            "missing": number_format(gaps, force_grouping=True),
            "troubled": number_format(troubled, force_grouping=True),
        }
    elif gaps or troubled:
        detail = _("days missing") if gaps else _("failed or corrected since")
    return Tile(
        title=_("Coverage"),
        value=number_format(gaps + troubled, force_grouping=True) if gaps or troubled else _("complete"),
        detail=detail,
        url=reverse("admin:jquants_coverage_map"),
        tone="warn" if gaps or troubled else "good",
        permission="jquants.view_coverage",
    )


def _calendar() -> Tile:
    last = TradingDay.objects.aggregate(last=Max("date"))["last"]
    return Tile(
        title=_("Trading calendar until"),
        value=_written(last),
        url=reverse("admin:jquants_tradingday_changelist"),
        tone="" if last else "empty",
        permission="jquants.view_tradingday",
    )


def _requests(now: datetime) -> Tile:
    """Tell what is left of the plan's requests a minute; other buckets are on the page behind."""
    left, detail, tone = limits.limits(now), _("no API key is set"), "empty"
    if left:
        detail, tone = _("per minute, %(plan)s") % {"plan": subscription.plan_name(left.plan)}, ""
    if left and left.paused_until:
        detail, tone = _("paused for %(time)s") % {"time": words.duration(left.paused_until - now)}, "bad"
    return Tile(
        title=_("Requests left"),
        value=f"{left.budgets[0].remaining} / {left.budgets[0].bucket.limit}" if left else "-",
        detail=detail,
        url=reverse("admin:jquants_connection_changelist"),
        tone=tone,
        permission="jquants.view_connection",
    )


def _newest(dataset: str) -> Coverage | None:
    fetched = Coverage.objects.filter(dataset=dataset, status=CoverageStatus.FETCHED)
    return fetched.order_by("-day").first()


def _written(day: date | None) -> str:
    return date_format(day, "Y-m-d") if day else "-"
