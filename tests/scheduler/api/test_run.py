"""Run now (R44, R45)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from scheduler import idempotency, job_types
from scheduler.models import Job, JobExecution, OverlapPolicy, SchedulerProcess, Status
from scheduler.models.process import Role
from tests.scheduler.api.conftest import client_of


def run_url(job: Job) -> str:
    return f"/api/scheduler/jobs/{job.pk}/run"


@pytest.fixture
def scheduler_alive(db: None) -> None:
    SchedulerProcess.register(Role.SCHEDULER, timezone.now())


@pytest.mark.usefixtures("scheduler_alive")
def test_run_queues_and_tells_where_to_look(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job("count")

    answer = client.post(run_url(job), {"parameters": {"rows": 7}, "reason": "late data"})

    assert answer.status_code == 202
    started = answer.json()
    assert (started["status"], started["trigger"], started["notices"]) == ("queued", "api", [])
    assert (started["parameters"], started["request_reason"]) == ({"rows": 7}, "late data")
    assert started["requested_by"] == "hanako"
    assert answer.headers["Location"] == started["url"]
    assert type(answer.headers["Location"]) is str  # wsgiref takes no subclass
    assert client.get(started["url"]).json()["id"] == JobExecution.objects.get().pk


def test_run_without_a_body_takes_the_parameters_of_the_job(
    client: APIClient, make_job: Callable[..., Job]
) -> None:
    assert client.post(run_url(make_job("count"))).json()["parameters"] == {"rows": 3}


@pytest.mark.usefixtures("scheduler_alive")
def test_run_of_a_disabled_job_goes_ahead_and_says_so(
    client: APIClient, make_job: Callable[..., Job]
) -> None:
    answer = client.post(run_url(make_job(is_enabled=False)))

    assert answer.status_code == 202
    assert answer.json()["notices"] == ["The job is disabled: this run goes ahead, its schedule stays off."]


def test_run_says_what_keeps_it_from_starting(client: APIClient, make_job: Callable[..., Job]) -> None:
    client.put("/api/scheduler/enabled", {"enabled": False})

    notices = client.post(run_url(make_job())).json()["notices"]

    assert [notice.split(".")[0] for notice in notices] == [
        "The scheduler is paused; nothing starts until it is resumed",
        "No scheduler is running",
    ]


def test_second_run_meets_the_first(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job()
    first = client.post(run_url(job)).json()

    answer = client.post(run_url(job))

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:moo-markets:problem:already-running")
    assert (problem["execution"], problem["execution_url"]) == (first["id"], first["url"])
    assert str(first["id"]) in problem["detail"]


def test_second_run_is_allowed_where_the_policy_says_so(
    client: APIClient, make_job: Callable[..., Job]
) -> None:
    job = make_job(overlap_policy=OverlapPolicy.ALLOW)

    assert [client.post(run_url(job)).status_code for _ in range(2)] == [202, 202]


@pytest.mark.parametrize(
    ("parameters", "field", "text"),
    [
        ({"rows": -1}, "parameters.rows", "greater than or equal to 0"),
        ({"rows": [1]}, "parameters.rows", "whole number"),
        ({"rwos": 1}, "parameters.rwos", "not a parameter of this type"),
        ("rows=1", "parameters", "dictionary"),
    ],
)
def test_parameters_are_validated_by_the_form_of_the_type(
    client: APIClient, make_job: Callable[..., Job], parameters: object, field: str, text: str
) -> None:
    answer = client.post(run_url(make_job("count")), {"parameters": parameters})

    assert answer.status_code == 422
    assert text in " ".join(answer.json()["errors"][field])
    assert not JobExecution.objects.exists()


class DayForm(forms.Form):
    day = forms.DateField()


@pytest.fixture
def _dated_type() -> Iterator[None]:
    type("Dated", (job_types.JobType,), {"slug": "dated", "parameters": DayForm})
    yield
    del job_types._registry["dated"]


@pytest.mark.usefixtures("_dated_type")
def test_number_as_a_date_is_refused(client: APIClient, make_job: Callable[..., Job]) -> None:
    """Django's date field breaks on anything but text."""
    answer = client.post(run_url(make_job("dated")), {"parameters": {"day": 20261120}})

    assert answer.status_code == 422
    assert "20261120" in answer.json()["errors"]["parameters.day"][0]


def test_same_key_starts_one_run(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job()

    answers = [client.post(run_url(job), headers={"Idempotency-Key": "k1"}) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {202}
    assert {answer.json()["id"] for answer in answers} == {JobExecution.objects.get().pk}


def test_same_key_with_another_request_conflicts(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job("count")
    first = client.post(run_url(job), headers={"Idempotency-Key": "k1"}).json()

    answer = client.post(run_url(job), {"parameters": {"rows": 1}}, headers={"Idempotency-Key": "k1"})

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:moo-markets:problem:idempotency-conflict")
    assert "k1" in problem["detail"]
    assert problem["execution"] == first["id"]


def test_same_key_of_another_user_is_another_key(client: APIClient, make_job: Callable[..., Job]) -> None:
    other = client_of(get_user_model().objects.create_superuser("taro"))
    job = make_job(overlap_policy=OverlapPolicy.ALLOW)

    ids = {one.post(run_url(job), headers={"Idempotency-Key": "k1"}).json()["id"] for one in (client, other)}

    assert len(ids) == 2


def test_key_is_forgotten_after_a_day(client: APIClient, make_job: Callable[..., Job]) -> None:
    job = make_job(overlap_policy=OverlapPolicy.ALLOW)
    first = client.post(run_url(job), headers={"Idempotency-Key": "k1"}).json()["id"]
    JobExecution.objects.update(created_at=timezone.now() - idempotency.WINDOW - timedelta(seconds=1))

    assert client.post(run_url(job), headers={"Idempotency-Key": "k1"}).json()["id"] != first


@pytest.mark.parametrize("key", ["", "x" * 256, "鍵".encode().decode("latin-1")])
def test_key_that_cannot_be_kept_is_refused(
    client: APIClient, make_job: Callable[..., Job], key: str
) -> None:
    answer = client.post(run_url(make_job()), headers={"Idempotency-Key": key})

    assert answer.status_code == 422
    assert "255" in answer.json()["errors"]["Idempotency-Key"][0]


def test_run_asks_the_database_little_and_runs_nothing(
    client: APIClient, make_job: Callable[..., Job], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job("stubborn")

    with django_assert_max_num_queries(20):
        client.post(run_url(job))

    assert JobExecution.objects.get().status == Status.QUEUED
