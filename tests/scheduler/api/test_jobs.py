from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from scheduler import audit
from scheduler.models import Job, JobExecution, SkipReason, Status
from tests.conftest import NOW

JOBS = "/api/scheduler/jobs"


def test_job_is_shown_with_its_schedule_in_words(client: APIClient, make_job: Callable[..., Job]) -> None:
    with time_machine.travel(NOW, tick=False):
        job = make_job("count", name="prices", schedule="0 6 * * *", tags=["daily"])

    shown = client.get(f"{JOBS}/{job.pk}").json()

    assert shown["url"] == f"http://testserver{JOBS}/{job.pk}"
    assert shown["schedule_description"] == "Every day at 6:00"
    assert shown["next_run_at"] == "2026-11-20T21:00:00Z"
    assert (shown["enabled"], shown["parameters"], shown["tags"]) == (True, {"rows": 3}, ["daily"])
    assert (shown["job_type"], shown["job_type_label"], shown["last_execution"]) == ("count", "Count", None)


def test_schedule_words_follow_the_language(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job()

    answer = client.get(f"{JOBS}/{job.pk}", headers={"Accept-Language": "ja"})

    assert answer.json()["schedule_description"] == "毎日 6:00"
    assert answer.headers["Content-Language"] == "ja"


def test_disabled_job_has_no_next_run(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job(is_enabled=False)

    assert client.get(f"{JOBS}/{job.pk}").json()["next_run_at"] is None


def test_job_of_a_type_that_is_gone_is_shown(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job("gone")

    assert client.get(f"{JOBS}/{job.pk}").json()["job_type_label"] is None
    assert client.post(f"{JOBS}/{job.pk}/run").json()["type"] == "urn:moo-markets:problem:unknown-job-type"


def test_last_execution_is_the_newest_that_was_not_skipped(
    client: APIClient, make_run: Callable[..., JobExecution]
) -> None:
    first = make_run(status=Status.FAILED, completed_at=NOW, error_message="it broke")
    make_run(first.job, status=Status.SKIPPED, skip_reason=SkipReason.OVERLAP, completed_at=NOW)

    last = client.get(f"{JOBS}/{first.job_id}").json()["last_execution"]

    assert (last["id"], last["status"], last["reason"]) == (first.pk, "failed", "it broke")
    assert last["completed_at"] == "2026-11-20T08:00:00Z"


@pytest.mark.parametrize("count", [2, 20])
def test_job_list_takes_a_constant_number_of_queries(
    client: APIClient,
    make_run: Callable[..., JobExecution],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    Job.objects.all().delete()
    for _ in range(count):
        make_run()

    with django_assert_num_queries(2):  # the page, the last runs
        shown = client.get(JOBS).json()["results"]

    assert len(shown) == count
    assert all(job["last_execution"] for job in shown)


@pytest.fixture
def three(make_job: Callable[..., Job]) -> None:
    Job.objects.all().delete()
    make_job("count", name="prices", tags=["daily", "日次"], description="Bars of the day")
    make_job("nothing", name="master", tags=["daily"], is_enabled=False)
    make_job("gone", name="calendar", tags=["daily-2"])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["calendar", "master", "prices"]),
        ("enabled=true", ["calendar", "prices"]),
        ("enabled=false", ["master"]),
        ("job_type=count", ["prices"]),
        ("job_type=gone", ["calendar"]),
        ("tag=daily", ["master", "prices"]),
        ("tag=日次", ["prices"]),
        ("tag=dail", []),
        ("search=BARS", ["prices"]),
        ("search=a&enabled=false", ["master"]),
    ],
)
@pytest.mark.usefixtures("three")
def test_job_list_is_filtered(client: APIClient, query: str, names: list[str]) -> None:
    assert [job["name"] for job in client.get(f"{JOBS}?{query}").json()["results"]] == names


@pytest.mark.usefixtures("three")
def test_job_pages_follow_each_other(client: APIClient) -> None:
    first = client.get(f"{JOBS}?page_size=2").json()
    second = client.get(first["next"]).json()

    assert [job["name"] for job in first["results"] + second["results"]] == ["calendar", "master", "prices"]
    assert (first["previous"], second["next"]) == (None, None)
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_creating_a_job_plans_its_first_run(client: APIClient) -> None:
    body = {
        "name": "weekly",
        "job_type": "count",
        "parameters": {"rows": 5},
        "schedule": "0 18 * * 5",
        "enabled": True,
    }

    with time_machine.travel(NOW, tick=False):
        answer = client.post(JOBS, body)

    assert answer.status_code == 201
    assert answer.headers["Location"] == answer.json()["url"]
    job = Job.objects.get(name="weekly")
    assert job.next_run_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (job.is_enabled, job.parameters) == (True, {"rows": 5})


def test_creating_a_job_normalises_its_schedule(client: APIClient) -> None:
    answer = client.post(JOBS, {"name": "daily", "job_type": "nothing", "schedule": "@daily"})

    assert answer.json()["schedule"] == "0 0 * * *"


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        ({"name": "taken"}, "name", "already exists"),
        ({"name": "x", "job_type": "nonsense"}, "job_type", "“nonsense” is not a job type"),
        ({"name": "x", "schedule": "0 6 * * * *"}, "schedule", "Seconds are not supported"),
        ({"name": "x", "timezone": "Asia/Nowhere"}, "timezone", "Asia/Nowhere"),
        ({"name": "x", "overlap_policy": "maybe"}, "overlap_policy", "maybe"),
        ({"name": "x", "timeout_seconds": 0}, "timeout_seconds", "greater than or equal to 1"),
        ({"name": "x", "timeout_seconds": 10**12}, "timeout_seconds", "less than or equal to"),
        (
            {"name": "x", "job_type": "count", "parameters": {"rows": "many"}},
            "parameters.rows",
            "whole number",
        ),
        ({"name": "x", "parameters": {"rows": 1}}, "parameters.rows", "not a parameter of this type"),
        ({"name": "x", "parameters": []}, "parameters", "dictionary"),
        ({"name": "x", "tags": "daily"}, "tags", "list"),
        ({"name": "x", "tags": [{}]}, "tags.0", "valid string"),
        ({"name": "x", "enabled": "yes"}, "enabled", "“yes” is neither true nor false"),
        ({"name": "x", "nmae": "y"}, "nmae", "Known are: name, description, job_type"),
        ({"name": "x", "next_run_at": None}, "next_run_at", "cannot be set"),
        ({}, "name", "required"),
    ],
)
def test_bad_definition_is_refused_by_field(
    client: APIClient, make_job: Callable[..., Job], body: dict[str, object], field: str, text: str
) -> None:
    make_job(name="taken")
    before = Job.objects.count()

    answer = client.post(JOBS, {"job_type": "nothing"} | body)

    assert answer.status_code == 422
    assert text in " ".join(answer.json()["errors"][field])
    assert Job.objects.count() == before


def test_editing_changes_what_is_named_and_nothing_else(
    client: APIClient, make_job: Callable[..., Job]
) -> None:
    job = make_job(notes="old")
    Job.objects.filter(pk=job.pk).update(last_run_at=NOW)

    answer = client.patch(f"{JOBS}/{job.pk}", {"notes": "new", "timeout_seconds": 60, "name": job.name})

    assert answer.status_code == 200
    assert (answer.json()["notes"], answer.json()["timeout_seconds"]) == ("new", 60)
    job.refresh_from_db()
    assert (job.notes, job.timeout_seconds, job.last_run_at) == ("new", 60, NOW)
    assert audit.sentence(LogEntry.objects.get()) == "Changed notes, timeout_seconds. (API)"


def test_editing_the_schedule_starts_a_new_version(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job()

    with time_machine.travel(NOW, tick=False):
        shown = client.patch(f"{JOBS}/{job.pk}", {"schedule": "0 18 * * *"}).json()

    assert (shown["schedule_version"], shown["next_run_at"]) == (2, "2026-11-20T09:00:00Z")


def test_editing_can_take_the_schedule_away(client: APIClient, make_job: Callable[..., Job]) -> None:
    shown = client.patch(f"{JOBS}/{make_job().pk}", {"schedule": ""}).json()

    assert (shown["schedule_description"], shown["next_run_at"]) == ("Only by hand", None)


def test_editing_can_disable(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job()

    assert client.patch(f"{JOBS}/{job.pk}", {"enabled": False}).json()["enabled"] is False
    assert audit.sentence(LogEntry.objects.get()) == "Disabled. (API)"


def test_editing_nothing_writes_nothing(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job()

    assert client.patch(f"{JOBS}/{job.pk}", {"name": job.name}).status_code == 200
    assert not LogEntry.objects.exists()


def test_refused_edit_leaves_the_job_alone(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job()

    assert client.patch(f"{JOBS}/{job.pk}", {"notes": "new", "schedule": "nonsense"}).status_code == 422
    job.refresh_from_db()
    assert (job.notes, job.schedule) == ("", "0 6 * * *")


def test_enabling_twice_changes_once(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job(is_enabled=False)

    answers = [client.put(f"{JOBS}/{job.pk}/enabled", {"enabled": True}) for _ in range(2)]

    assert [(answer.status_code, answer.json()["enabled"]) for answer in answers] == [(200, True)] * 2
    assert LogEntry.objects.count() == 1


def test_enabling_can_run_at_once(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job(is_enabled=False)

    shown = client.put(f"{JOBS}/{job.pk}/enabled", {"enabled": True, "also_run": True}).json()

    assert (shown["enabled"], shown["last_execution"]["status"]) == (True, "queued")


def test_enabling_with_a_run_that_cannot_be_changes_nothing(
    client: APIClient, make_job: Callable[..., Job], make_run: Callable[..., JobExecution]
) -> None:
    run = make_run(make_job(is_enabled=False), holds_slot=True)

    answer = client.put(f"{JOBS}/{run.job_id}/enabled", {"enabled": True, "also_run": True})

    assert (answer.status_code, answer.json()["execution"]) == (409, run.pk)
    assert not Job.objects.get(pk=run.job_id).is_enabled


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        ({}, "enabled", "required"),
        ({"enabled": "true"}, "enabled", "“true” is neither true nor false"),
        ({"enabled": 1}, "enabled", "“1” is neither true nor false"),
        ({"enabled": None}, "enabled", "may not be null"),
        ({"enabled": True, "reason": "x"}, "reason", "Known are: enabled, also_run"),
        ({"enabled": False, "also_run": True}, "also_run", "contradict"),
        ([True], "body", "dictionary"),
        (None, "enabled", "required"),
    ],
)
def test_switch_must_be_a_real_boolean(
    client: APIClient, make_job: Callable[..., Job], body: object, field: str, text: str
) -> None:
    job = make_job()

    answer = client.put(f"{JOBS}/{job.pk}/enabled", body)

    assert answer.status_code == 422
    assert text in " ".join(answer.json()["errors"][field])
    assert Job.objects.get(pk=job.pk).is_enabled


def test_executions_of_a_job_are_its_own(client: APIClient, make_run: Callable[..., JobExecution]) -> None:
    mine, _ = make_run(), make_run()

    shown = client.get(f"{JOBS}/{mine.job_id}/executions").json()["results"]

    assert [execution["id"] for execution in shown] == [mine.pk]


def test_missing_job_is_named(client: APIClient) -> None:
    answer = client.get(f"{JOBS}/987654")

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no job 987654.")
