"""DELETE archives a job; “restore” undoes it, “purge” deletes it for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from scheduler.models import Job, JobExecution

JOBS = "/api/scheduler/jobs"


@pytest.fixture
def job(make_job: Callable[..., Job], make_run: Callable[..., JobExecution]) -> Job:
    return make_job(name="old quotes")


def names(answer: Any) -> list[str]:
    return [job["name"] for job in answer.json()["results"]]


def test_r42_delete_archives_the_job(client: APIClient, job: Job) -> None:
    answer = client.delete(f"{JOBS}/{job.pk}")
    assert answer.status_code == 200
    assert (answer.json()["enabled"], answer.json()["archived_at"] is None) == (False, False)
    assert client.delete(f"{JOBS}/{job.pk}").json()["archived_at"] == answer.json()["archived_at"]
    assert client.get(f"{JOBS}/{job.pk}").status_code == 200


def test_r42_lists_leave_archived_jobs_out(client: APIClient, job: Job) -> None:
    client.delete(f"{JOBS}/{job.pk}")
    assert job.name not in names(client.get(f"{JOBS}?page_size=100"))
    assert names(client.get(f"{JOBS}?archived=true")) == [job.name]
    assert job.name not in names(client.get(f"{JOBS}?archived=false&page_size=100"))
    assert client.get(f"{JOBS}?archived=maybe").status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("post", "/run", {}), ("put", "/enabled", {"enabled": True}), ("patch", "", {"notes": "mine"})],
)
def test_r42_archived_job_is_left_alone(
    client: APIClient, job: Job, method: str, path: str, body: dict[str, Any]
) -> None:
    client.delete(f"{JOBS}/{job.pk}")
    answer = getattr(client, method)(f"{JOBS}/{job.pk}{path}", body, format="json")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:moo-markets:problem:job-archived"
    assert "Restore it first" in answer.json()["detail"]


def test_r42_restore_takes_the_job_out_of_the_archive_disabled(client: APIClient, job: Job) -> None:
    client.delete(f"{JOBS}/{job.pk}")
    answer = client.post(f"{JOBS}/{job.pk}/restore")
    assert (answer.status_code, answer.json()["archived_at"], answer.json()["enabled"]) == (200, None, False)


def test_r42_purge_deletes_an_archived_idle_job(
    client: APIClient, job: Job, make_run: Callable[..., JobExecution]
) -> None:
    assert client.post(f"{JOBS}/{job.pk}/purge").json()["type"] == "urn:moo-markets:problem:not-archived"
    run = make_run(job)
    client.delete(f"{JOBS}/{job.pk}")
    refused = client.post(f"{JOBS}/{job.pk}/purge")
    assert (refused.status_code, refused.json()["execution"]) == (409, run.pk)
    client.post(f"/api/scheduler/executions/{run.pk}/cancel")
    assert client.post(f"{JOBS}/{job.pk}/purge").status_code == 204
    assert client.get(f"{JOBS}/{job.pk}").status_code == 404


def test_r47_archive_and_purge_need_their_own_permissions(
    client_with: Callable[..., APIClient], job: Job
) -> None:
    assert client_with("delete_job").delete(f"{JOBS}/{job.pk}").status_code == 403
    editor = client_with("change_job")
    assert editor.delete(f"{JOBS}/{job.pk}").status_code == 200
    assert editor.post(f"{JOBS}/{job.pk}/purge").status_code == 403
    assert client_with("delete_job").post(f"{JOBS}/{job.pk}/purge").status_code == 204
