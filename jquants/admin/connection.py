"""The page “J-Quants connection”: the plan and what it covers, what is left of the rate limit, the last check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jquants import calendar, datasets, limits
from jquants.datasets import Dataset
from jquants.jobs import ConnectionCheck, DatasetJob
from jquants.models import Connection
from jquants.plan import subscription
from jquants.plan.check import last_results
from jquants.plan.subscription import Subscription
from scheduler import job_types
from scheduler.admin import live, verbs
from scheduler.admin.base import ReadOnlyModelAdmin
from scheduler.models import Job
from scheduler.presentation import words

PAGE = "admin:jquants_connection_changelist"


@dataclass(frozen=True)
class DatasetLine:
    """A data set, why the plan lacks it ("" where it does not), and the job that fetches it."""

    dataset: Dataset
    lack: str
    needs: str
    job: Job | None

    @property
    def is_waiting(self) -> bool:
        """Whether only a person keeps it from being fetched, and it is not of a type that waits for one."""
        if self.lack or self.job is None or self.job.is_enabled or not self.job.schedule:
            return False
        return self.job.type is not None and self.job.type.is_enabled_by_default()


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyModelAdmin):
    """One page of its own instead of a list: there is one connection at a time."""

    def get_urls(self) -> list[URLPattern]:
        def button(name: str, view: Any) -> URLPattern:
            wrapped = self.admin_site.admin_view(require_POST(view))
            pattern: URLPattern = path(f"{name}/", wrapped, name=f"jquants_connection_{name}")
            return pattern

        return [button("check", self.check_view), button("enable", self.enable_view), *super().get_urls()]

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """Queue the connection check."""
        verbs.require(request, verbs.RUN)
        job = Job.objects.filter(job_type=ConnectionCheck.slug).order_by("pk").first()
        if job is None:
            messages.error(
                request, _("The job of the connection check is gone; `manage.py migrate` creates it.")
            )
        else:
            verbs.tell(request, [verbs.run(request, job)])
        return verbs.back(request, reverse(PAGE))

    def enable_view(self, request: HttpRequest) -> HttpResponse:
        """Enable the jobs of all data sets that the plan has."""
        verbs.require(request, verbs.CHANGE)
        waiting = [line.job for line in lines(subscription.current()) if line.is_waiting and line.job]
        verbs.tell(request, [verbs.switch(request, job, enabled=True) for job in waiting])
        return verbs.back(request, reverse(PAGE))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)  # which refuses
        context = {
            **self.admin_site.each_context(request),
            **_connection(),
            "title": self.opts.verbose_name,
            "opts": self.opts,
            "is_refresh": live.is_refresh(request),
        }
        response = TemplateResponse(request, "jquants/connection.html", context)
        return live.only_news(request, response, "jquants/connection.html")


def _connection() -> dict[str, Any]:
    """Return what the page shows."""
    now, ours = timezone.now(), subscription.current()
    known = Connection.objects.of_settings().first()
    shown = list(lines(ours))
    check = Job.objects.filter(job_type=ConnectionCheck.slug).order_by("pk").first()
    return {
        "now": now,
        "base_url": settings.JQUANTS_BASE_URL,
        "has_key": bool(settings.JQUANTS_API_KEY),
        "is_told": settings.JQUANTS_PLAN != subscription.AUTO,
        "ours": ours,
        "plan": subscription.plan_name(ours.plan),
        "addons": [subscription.addon_name(addon) for addon in sorted(ours.addons)],
        "window": ours.window(calendar.today(now)),
        "limits": limits.limits(now),
        "connection": known,
        "results": last_results(known),
        "check_execution": check.executions.active().order_by("-pk").first() if check else None,
        "lines": shown,
        "waiting": sum(line.is_waiting for line in shown),
    }


def lines(ours: Subscription) -> Iterator[DatasetLine]:
    """Yield a line for each data set; one query."""
    types = {kind.dataset.slug: kind.slug for kind in job_types.all_types() if issubclass(kind, DatasetJob)}
    jobs = {job.job_type: job for job in Job.objects.filter(job_type__in=types.values()).order_by("-pk")}
    for dataset in datasets.ALL:
        needs = words.listed(map(subscription.plan_name, subscription.in_order(dataset.plans)))
        if dataset.add_on:
            needs = f"{needs} + {subscription.addon_name(dataset.add_on)}"
        job = jobs.get(types.get(dataset.slug, ""))
        yield DatasetLine(dataset, ours.lack(dataset) or "", needs, job)
