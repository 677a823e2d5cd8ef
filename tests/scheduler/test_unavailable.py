"""A job type that cannot work now says why: nobody can enable or run its jobs, by whichever channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from scheduler import control
from scheduler.apps import create_missing_jobs
from scheduler.audit import Actor
from scheduler.errors import Unavailable
from scheduler.models import Job, JobExecution
from tests.scheduler.admin.test_buttons import said
from tests.scheduler.admin.test_job_form import filled
from tests.scheduler.api.conftest import client_of

pytestmark = pytest.mark.django_db

WHY = "This works on Mars only; go there first."


@pytest.fixture
def job(make_job: Callable[..., Job]) -> Job:
    return make_job("only_on_mars", name="mars", is_enabled=False)


def test_migrate_creates_its_job_disabled(db: None) -> None:
    Job.objects.all().delete()

    create_missing_jobs(using="default")

    enabled = dict(Job.objects.values_list("job_type", "is_enabled"))
    assert (enabled["only_on_mars"], enabled["count"]) == (False, True)


def test_it_cannot_be_enabled_or_run(job: Job, actor: Actor) -> None:
    with pytest.raises(Unavailable, match="on Mars only"):
        control.set_enabled(job, True, actor)
    with pytest.raises(Unavailable, match="on Mars only"):
        control.run_now(job, actor)

    job.refresh_from_db()
    assert not job.is_enabled
    assert (JobExecution.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_it_can_be_disabled(job: Job, actor: Actor) -> None:
    Job.objects.update(is_enabled=True)

    assert control.set_enabled(job, False, actor)


@pytest.mark.parametrize("verb", ["run", "enable"])
def test_the_buttons_say_why(admin_client: Client, job: Job, verb: str) -> None:
    response = admin_client.post(reverse(f"admin:scheduler_job_{verb}", args=[job.pk]))

    assert [WHY in text for text in said(response)] == [True]


def test_the_form_says_why(admin_client: Client) -> None:
    page = admin_client.post(reverse("admin:scheduler_job_add"), filled(job_type="only_on_mars", calendar=""))

    assert page.status_code == 200
    assert WHY in page.content.decode()


def test_the_form_of_an_enabled_job_still_saves_the_rest(admin_client: Client, job: Job) -> None:
    Job.objects.update(is_enabled=True)
    changed = filled(name="mars", job_type="only_on_mars", calendar="", notes="packed", tags="")

    response = admin_client.post(reverse("admin:scheduler_job_change", args=[job.pk]), changed)

    assert response.status_code == 302
    assert Job.objects.get(pk=job.pk).notes == "packed"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("put", "/enabled", {"enabled": True}, 409),
        ("post", "/run", {}, 409),
        ("patch", "", {"enabled": True}, 422),
    ],
)
def test_json_says_why(
    job: Job, person: User, method: str, path: str, body: dict[str, Any], status: int
) -> None:
    client: APIClient = client_of(person)

    answer = getattr(client, method)(f"/api/scheduler/jobs/{job.pk}{path}", body, format="json")

    assert answer.status_code == status
    assert WHY in answer.json()["detail"]
    assert not Job.objects.get(pk=job.pk).is_enabled


def test_the_command_says_why(job: Job) -> None:
    with pytest.raises(CommandError, match="on Mars only"):
        call_command("runjob", "mars")
