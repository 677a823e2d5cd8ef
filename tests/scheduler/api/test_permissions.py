"""Each verb takes its own permission, and none other will do (R46, R47)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from scheduler import audit
from scheduler.models import Job, JobExecution
from tests.scheduler.api.test_paths import PATHS, ids  # noqa: F401 - a fixture

ALL = {
    "view_job",
    "view_jobexecution",
    "add_job",
    "change_job",
    "delete_job",
    "run_job",
    "cancel_jobexecution",
    "pause_scheduler",
}
NEEDS = {
    ("get", "status"): {"view_job", "view_jobexecution"},
    ("put", "enabled"): {"pause_scheduler"},
    ("get", "jobs"): {"view_job"},
    ("post", "jobs"): {"add_job"},
    ("get", "jobs/{job}"): {"view_job"},
    ("patch", "jobs/{job}"): {"change_job"},
    ("put", "jobs/{job}/enabled"): {"change_job"},
    ("post", "jobs/{idle}/run"): {"run_job"},
    ("delete", "jobs/{idle}"): {"change_job"},
    ("post", "jobs/{archived}/restore"): {"change_job"},
    ("post", "jobs/{archived}/purge"): {"delete_job"},
    ("get", "jobs/{job}/ticks"): {"view_job"},
    ("get", "jobs/{job}/executions"): {"view_jobexecution"},
    ("get", "executions"): {"view_jobexecution"},
    ("get", "executions/{execution}"): {"view_jobexecution"},
    ("get", "executions/{execution}/logs"): {"view_jobexecution"},
    ("post", "executions/{execution}/cancel"): {"cancel_jobexecution"},
}


@pytest.mark.parametrize(("method", "path", "body", "status"), PATHS)
def test_r46_verb_takes_exactly_its_permission(
    client_with: Callable[..., APIClient],
    ids: dict[str, int],  # noqa: F811
    method: str,
    path: str,
    body: Any,
    status: int,
) -> None:
    url = f"/api/scheduler/{path.format(**ids)}"
    needed = NEEDS[method, path]

    refused = getattr(client_with(*ALL - needed), method)(url, body)
    assert refused.status_code == 403
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert all(f"scheduler.{name}" in refused.json()["detail"] for name in needed)
    assert not LogEntry.objects.exists()

    assert getattr(client_with(*needed), method)(url, body).status_code == status


@pytest.mark.parametrize(("method", "path", "body", "status"), PATHS)
def test_anonymous_is_asked_for_a_token(
    ids: dict[str, int],  # noqa: F811
    method: str,
    path: str,
    body: Any,
    status: int,
) -> None:
    answer = getattr(APIClient(), method)(f"/api/scheduler/{path.format(**ids)}", body)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Token"
    assert answer.json()["status"] == 401


def test_enabling_with_a_run_takes_the_permission_to_run(
    client_with: Callable[..., APIClient], make_job: Callable[..., Job]
) -> None:
    job = make_job(is_enabled=False)
    body = {"enabled": True, "also_run": True}

    refused = client_with("change_job").put(f"/api/scheduler/jobs/{job.pk}/enabled", body)

    assert refused.status_code == 403
    assert "scheduler.run_job" in refused.json()["detail"]
    job.refresh_from_db()
    assert not job.is_enabled
    assert (
        client_with("change_job", "run_job").put(f"/api/scheduler/jobs/{job.pk}/enabled", body).status_code
        == 200
    )


def test_action_that_names_no_permission_is_refused_even_to_superusers(
    client: APIClient, make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    from scheduler.api.views import JobViewSet

    monkeypatch.setattr(JobViewSet, "required_permissions", {})

    assert client.get("/api/scheduler/jobs").status_code == 403


@pytest.mark.parametrize(
    ("path", "method", "body", "message"),
    [
        ("enabled", "put", {"enabled": False, "reason": "disk"}, "Paused the scheduler. disk (API)"),
        ("jobs/{idle}/run", "post", {"reason": "again"}, "Run now: execution {new}. again (API)"),
        ("jobs/{job}/enabled", "put", {"enabled": False}, "Disabled. (API)"),
        ("jobs/{job}", "patch", {"notes": "new"}, "Changed notes. (API)"),
        ("jobs", "post", {"name": "n", "job_type": "nothing"}, "Created. (API)"),
        ("executions/{execution}/cancel", "post", {"reason": "wrong day"}, "Cancelled. wrong day (API)"),
    ],
)
def test_change_writes_one_audit_row(
    client: APIClient,
    person: User,
    ids: dict[str, int],  # noqa: F811
    path: str,
    method: str,
    body: Any,
    message: str,
) -> None:
    assert getattr(client, method)(f"/api/scheduler/{path.format(**ids)}", body).status_code < 300

    entry = LogEntry.objects.get()
    assert entry.user == person
    assert audit.sentence(entry) == message.format(new=JobExecution.objects.latest("pk").pk)
