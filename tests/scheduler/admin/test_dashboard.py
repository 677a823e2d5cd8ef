from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scheduler import dashboard
from scheduler.dashboard import Tile
from scheduler.models import Job, SkipReason, Status
from tests.scheduler.admin.conftest import ClientWho, MakeExecution

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]
INDEX = "admin:index"


def test_health_tells_healthy_failing_and_active_jobs_apart(
    make_job: MakeJob, make_execution: MakeExecution
) -> None:
    make_execution(make_job())
    recovered = make_job()
    make_execution(recovered, Status.FAILED)
    make_execution(recovered)
    failing = make_job()
    make_execution(failing)
    make_execution(failing, Status.TIMED_OUT)
    make_execution(failing, Status.SKIPPED, skip_reason=SkipReason.OVERLAP)
    make_execution(failing, Status.RUNNING)
    make_execution(make_job(is_enabled=False), Status.FAILED)
    make_execution(make_job(), Status.QUEUED)
    assert dashboard.health() == dashboard.Health(
        enabled=4, disabled=1, healthy=2, failing=1, untried=1, running=1, waiting=1
    )


def test_failures_stand_until_a_run_succeeds(make_job: MakeJob, make_execution: MakeExecution) -> None:
    job = make_job()
    failure = make_execution(job, Status.FAILED)
    assert dashboard.failing() == [failure]
    make_execution(job)
    assert dashboard.failing() == []


def test_days_are_days_of_the_site(make_job: MakeJob, make_execution: MakeExecution, now: datetime) -> None:
    job = make_job()
    midnight = timezone.localtime(now).replace(hour=0, minute=0)
    for ended in (midnight - timedelta(seconds=1), midnight):
        make_execution(job, started_at=ended, completed_at=ended)
    too_old = midnight - timedelta(days=dashboard.DAYS)
    make_execution(job, started_at=too_old, completed_at=too_old)
    days = dashboard.by_day(now)
    assert [day.on.isoformat() for day in days[-2:]] == ["2026-11-19", "2026-11-20"]
    assert [day.total for day in days] == [0] * (dashboard.DAYS - 2) + [1, 1]


def test_days_tell_completed_failed_and_other_apart(make_job: MakeJob, make_execution: MakeExecution) -> None:
    job = make_job()
    for status in (Status.COMPLETED, Status.FAILED, Status.TIMED_OUT, Status.CANCELLED):
        make_execution(job, status)
    today = dashboard.by_day(timezone.now())[-1]
    assert (today.completed, today.failed, today.other) == (1, 2, 1)


@pytest.fixture
def _tile() -> Iterator[None]:
    def contribute(now: datetime) -> list[Tile]:
        return [
            Tile("Listed issues", "4,412"),
            Tile("Secret", "of the few", permission="scheduler.pause_scheduler"),
        ]

    before = list(dashboard._contributors)
    dashboard.register_tiles(contribute)
    yield
    dashboard._contributors[:] = before


@pytest.mark.usefixtures("_tile")
def test_apps_contribute_tiles_by_permission(admin_client: Client, client_who: ClientWho) -> None:
    everything = admin_client.get(reverse(INDEX)).content.decode()
    assert "Listed issues" in everything
    assert "of the few" in everything
    assert "of the few" not in client_who("view_job").get(reverse(INDEX)).content.decode()


def test_a_contributor_is_asked_once(admin_client: Client) -> None:
    before = list(dashboard._contributors)

    def contribute(now: datetime) -> list[Tile]:
        return []

    dashboard.register_tiles(contribute)
    dashboard.register_tiles(contribute)
    assert dashboard._contributors == [*before, contribute]
    dashboard._contributors[:] = before


def test_the_dashboard_shows_failures_with_their_reason(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    make_execution(make_job("gone", name="old report"))
    make_execution(make_job("count", name="quotes"), Status.FAILED, error_message="J-Quants answered 503.")
    page = admin_client.get(reverse(INDEX)).content.decode()
    assert "Needs attention" in page
    assert "J-Quants answered 503." in page
    assert "cannot start" in page


def test_jobs_that_have_not_run_yet_are_told_apart_from_ill_ones(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    make_job(is_enabled=False)
    make_execution(make_job())
    untried = make_job()
    assert "1 without a run yet, 1 disabled" in admin_client.get(reverse(INDEX)).content.decode()

    make_execution(untried, Status.CANCELLED)
    assert "without a run yet" not in admin_client.get(reverse(INDEX)).content.decode()


def test_the_dashboard_refreshes_itself(admin_client: Client, make_job: MakeJob) -> None:
    make_job(name="quotes")
    page, news = (
        admin_client.get(reverse(INDEX), headers=headers).content.decode()
        for headers in ({}, {"HX-Request": "true"})
    )
    assert 'id="poll"' in page
    assert "<html" not in news
    assert 'id="dashboard"' in news
    assert "quotes" in news


def test_who_may_see_nothing_sees_nothing(
    client_who: ClientWho, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    make_execution(make_job(name="quotes"))
    page = client_who().get(reverse(INDEX)).content.decode()
    assert "quotes" not in page
    assert "Runs by day" not in page
    assert "Ask an administrator for the permissions" in page


def test_r33_a_run_that_takes_long_is_marked_among_the_newest(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    make_execution(make_job(), Status.RUNNING, warned_at=timezone.now())
    assert "running long" in admin_client.get(reverse(INDEX)).content.decode()


def test_pages_load_nothing_from_other_hosts(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    job = make_job("count")
    execution = make_execution(job)
    for target in (
        reverse(INDEX),
        reverse("admin:scheduler_job_changelist"),
        reverse("admin:scheduler_job_change", args=[job.pk]),
        reverse("admin:scheduler_jobexecution_change", args=[execution.pk]),
    ):
        page = admin_client.get(target).content.decode()
        assert re.findall(r"""(?:src|href|action)=["']?(?:https?:)?//[^"' >]+""", page) == [], target


def test_the_language_is_switched_in_the_header(admin_client: Client) -> None:
    here = reverse(INDEX)
    assert 'lang="ja"' in admin_client.get(here).content.decode()
    response = admin_client.post(reverse("set_language"), {"language": "ja", "next": here})
    assert response["Location"] == here
    assert '<html lang="ja"' in admin_client.get(here).content.decode()
