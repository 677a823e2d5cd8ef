"""Every path, in both spellings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from scheduler.models import Job, JobExecution
from tests.conftest import NOW

PATHS = [
    ("get", "status", None, 200),
    ("put", "enabled", {"enabled": False, "reason": "maintenance"}, 200),
    ("get", "jobs", None, 200),
    ("post", "jobs", {"name": "new", "job_type": "nothing"}, 201),
    ("get", "jobs/{job}", None, 200),
    ("patch", "jobs/{job}", {"notes": "x"}, 200),
    ("put", "jobs/{job}/enabled", {"enabled": False}, 200),
    ("post", "jobs/{idle}/run", None, 202),
    ("delete", "jobs/{idle}", None, 200),
    ("post", "jobs/{archived}/restore", None, 200),
    ("post", "jobs/{archived}/purge", None, 204),
    ("get", "jobs/{job}/ticks", None, 200),
    ("get", "jobs/{job}/executions", None, 200),
    ("get", "executions", None, 200),
    ("get", "executions/{execution}", None, 200),
    ("get", "executions/{execution}/logs", None, 200),
    ("post", "executions/{execution}/cancel", None, 202),
]


@pytest.fixture
def ids(make_job: Callable[..., Job], make_run: Callable[..., JobExecution]) -> dict[str, int]:
    execution = make_run()
    archived = make_job(is_enabled=False, archived_at=NOW)
    return {
        "execution": execution.pk,
        "job": execution.job_id,
        "idle": make_job().pk,
        "archived": archived.pk,
    }


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("method", "path", "body", "status"), PATHS)
def test_path_answers_directly_in_both_spellings(
    client: APIClient, ids: dict[str, int], method: str, path: str, body: Any, status: int, slash: str
) -> None:
    answer = getattr(client, method)(f"/api/scheduler/{path.format(**ids)}{slash}", body)

    assert answer.status_code == status, answer.content
    assert answer.headers.get("Content-Type") == (None if status == 204 else "application/json")


@pytest.mark.parametrize("path", ["nothing", "scheduler/nothing", "scheduler/jobs/one", "scheduler/jobs/1/x"])
def test_unknown_path_is_a_problem(client: APIClient, path: str) -> None:
    answer = client.post(f"/api/{path}", {})

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == f"There is nothing at /api/{path}. GET /api/ lists what there is."


def test_root_lists_the_entrances(client: APIClient) -> None:
    entrances = client.get("/api/").json()

    assert entrances["jobs"] == "http://testserver/api/scheduler/jobs"
    assert {client.get(url).status_code for name, url in entrances.items() if name != "docs"} == {200}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", "jobs/{job}"),
        ("post", "status"),
        ("get", "jobs/{job}/run"),
        ("delete", "executions/{execution}"),
    ],
)
def test_what_is_not_offered_is_405(client: APIClient, ids: dict[str, int], method: str, path: str) -> None:
    answer = getattr(client, method)(f"/api/scheduler/{path.format(**ids)}")

    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Allow"]
