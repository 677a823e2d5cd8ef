from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from scheduler.models import Job, JobExecution, SchedulerProcess, SchedulerSettings, Status
from scheduler.models.process import Role

STATUS = "/api/scheduler/status"
SWITCH = "/api/scheduler/enabled"


@pytest.fixture
def process(db: None) -> SchedulerProcess:
    Job.objects.all().delete()
    return SchedulerProcess.register(Role.SCHEDULER, timezone.now())


@pytest.mark.usefixtures("process")
def test_scheduler_is_healthy(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job()

    status = client.get(STATUS).json()

    assert (status["healthy"], status["problems"], status["enabled"], status["paused"]) == (
        True,
        [],
        True,
        None,
    )
    assert [job["name"] for job in status["next_jobs"]] == [job.name]
    assert status["schedulers"][0]["role"] == "scheduler"
    assert status["schedulers"][0]["heartbeat_at"].endswith("Z")
    assert set(status["executions"]) == set(Status.values)


def test_silent_scheduler_is_a_problem(client: APIClient, process: SchedulerProcess) -> None:
    SchedulerProcess.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))

    status = client.get(STATUS).json()

    assert (status["healthy"], status["schedulers"]) == (False, [])
    assert "manage.py runscheduler" in status["problems"][0]


@pytest.mark.usefixtures("process")
def test_late_and_quarantined_jobs_are_problems(client: APIClient, make_job: Callable[..., Job]) -> None:
    now = timezone.now()
    make_job(name="late", next_run_at=now - timedelta(minutes=5))
    make_job(name="stuck", quarantined_until=now + timedelta(hours=1), quarantine_error="no such zone")

    problems = client.get(STATUS).json()["problems"]

    assert problems == ["Job “stuck” cannot be scheduled: no such zone", "Due, but not started: late."]


@pytest.mark.usefixtures("process")
def test_status_counts_and_shows_what_runs(client: APIClient, make_run: Callable[..., JobExecution]) -> None:
    now = timezone.now()
    make_run()
    running = make_run(
        status=Status.RUNNING, token=uuid4(), started_at=now, heartbeat_at=now, progress_text="day 3"
    )

    status = client.get(STATUS).json()

    assert (
        status["executions"]["queued"],
        status["executions"]["running"],
        status["executions"]["failed"],
    ) == (1, 1, 0)
    assert [(run["id"], run["job_name"], run["progress"]["text"]) for run in status["running"]] == [
        (running.pk, running.job_name, "day 3")
    ]


@pytest.mark.usefixtures("process")
def test_status_takes_a_bounded_number_of_queries(
    client: APIClient,
    make_run: Callable[..., JobExecution],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    SchedulerSettings.load()
    now = timezone.now()
    for _ in range(10):
        make_run(status=Status.RUNNING, token=uuid4(), started_at=now, heartbeat_at=now)

    with django_assert_max_num_queries(9):
        client.get(STATUS)


@pytest.mark.usefixtures("process")
def test_pausing_keeps_who_and_why(client: APIClient) -> None:
    paused = client.put(SWITCH, {"enabled": False, "reason": "moving house"}).json()

    assert (paused["enabled"], paused["healthy"]) == (False, False)
    assert (paused["paused"]["by"], paused["paused"]["reason"]) == ("hanako", "moving house")
    assert paused["paused"]["at"].endswith("Z")
    assert paused["problems"] == ["The scheduler is paused; nothing starts until it is resumed."]


@pytest.mark.usefixtures("process")
def test_resuming_clears_the_pause(client: APIClient) -> None:
    client.put(SWITCH, {"enabled": False, "reason": "moving house"})

    resumed = client.put(SWITCH, {"enabled": True}).json()

    assert (resumed["enabled"], resumed["paused"], resumed["healthy"]) == (True, None, True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "enabled"),
        ({"enabled": "off"}, "enabled"),
        ({"enabled": False, "why": "x"}, "why"),
        ({"enabled": False, "reason": "x" * 201}, "reason"),
    ],
)
def test_bad_switch_is_refused(client: APIClient, body: dict[str, object], field: str) -> None:
    answer = client.put(SWITCH, body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert SchedulerSettings.load().is_enabled
