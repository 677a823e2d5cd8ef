"""Executions of types that this installation lacks are left alone, and flagged when nobody takes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from scheduler import claim, dispatch, ticks, unresolved
from scheduler.job_types import JobType, _registry
from scheduler.models import Job, JobExecution, Status, Trigger

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]
LATE = timedelta(minutes=10, seconds=1)


@pytest.fixture
def waiting(make_job: MakeJob, now: datetime) -> JobExecution:
    run = ticks.new_run(make_job("of_another_app", name="theirs"), Trigger.SCHEDULE, now, scheduled_for=now)
    run.save()
    return run


def test_r40_unknown_type_is_flagged_after_ten_minutes_once(
    waiting: JobExecution, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    flags = [unresolved.flag(now + wait) for wait in (timedelta(minutes=10), LATE, 2 * LATE)]
    assert flags == [0, 1, 0]
    waiting.refresh_from_db()
    assert waiting.status == Status.QUEUED
    assert "No worker knows its type “of_another_app”" in waiting.reason
    assert [record.action for record in caplog.records] == ["execution_unresolved"]  # type: ignore[attr-defined]


def test_r40_flag_goes_when_a_worker_with_the_type_takes_it(
    waiting: JobExecution, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    unresolved.flag(now + LATE)
    theirs: type[JobType] = type("Theirs", (JobType,), {})
    theirs.slug = "of_another_app"
    monkeypatch.setitem(_registry, theirs.slug, theirs)
    assert len(claim.claim(now + LATE, limit=1)) == 1
    waiting.refresh_from_db()
    assert waiting.reason == ""
    assert unresolved.flagged() == []


def test_r40_known_type_that_waits_for_a_worker_is_not_flagged(make_job: MakeJob, now: datetime) -> None:
    ticks.new_run(make_job(), Trigger.MANUAL, now).save()
    assert unresolved.flag(now + LATE) == 0


def test_r40_flag_is_shown_on_pages_and_in_json(
    waiting: JobExecution, now: datetime, admin_client: Client, admin_user: object
) -> None:
    unresolved.flag(now + LATE)
    for url in (
        reverse("admin:index"),
        reverse("admin:scheduler_job_change", args=[waiting.job_id]),
        reverse("admin:scheduler_jobexecution_change", args=[waiting.pk]),
    ):
        assert "1 execution waits for a worker" in admin_client.get(url).content.decode()
    api = APIClient(headers={"Accept": "application/json", "Accept-Language": "en"})
    api.force_authenticate(admin_user)  # type: ignore[arg-type]
    problems = api.get("/api/scheduler/status").json()["problems"]
    assert any("1 execution waits for a worker" in problem for problem in problems)
    shown = api.get(f"/api/scheduler/executions/{waiting.pk}").json()
    assert "No worker knows its type" in shown["reason"]
    assert "knows its type" in shown["waiting_for"]


def test_r43_ticks_of_an_unknown_type_are_kept_and_not_run(make_job: MakeJob, now: datetime) -> None:
    job = make_job("of_another_app", next_run_at=now)
    dispatch.tick(now)
    run = job.executions.get()
    assert claim.claim(now, limit=5) == []
    assert Job.objects.filter(pk=job.pk).exists()
    run.refresh_from_db()
    assert run.status == Status.QUEUED
