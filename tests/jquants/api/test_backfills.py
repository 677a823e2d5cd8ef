"""POST /api/market/backfills."""

from datetime import date
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission, User
from pytest_django import Settings
from rest_framework.test import APIClient

from jquants.models import Coverage
from scheduler.models import JobExecution, Trigger
from tests.jquants.fakes import NOW

PATH = "/api/market/backfills"
WEEK: dict[str, Any] = {"dataset": "daily_quotes", "date_from": "2026-10-19", "date_to": "2026-10-23"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(person: User, settings: Settings) -> APIClient:
    settings.JQUANTS_PLAN = "standard"
    client = APIClient(HTTP_ACCEPT_LANGUAGE="en")
    client.force_authenticate(person)
    return client


def test_dry_run_tells_what_it_would_take_and_queues_nothing(api: APIClient) -> None:
    Coverage.objects.create(
        dataset="daily_quotes", day=date(2026, 10, 19), status="fetched", rows=1, fetched_at=NOW
    )
    response = api.post(PATH, WEEK | {"dry_run": True, "source": "api"}, format="json")

    assert response.status_code == 200
    [found] = response.json()
    assert (found["expected"], found["here"], found["to_fetch"], found["requests"]) == (5, 1, 4, 4)
    assert (found["minutes"], found["obstacle"]) == (1, "")
    assert not JobExecution.objects.exists()


def test_backfill_is_queued_once_for_a_key_and_audited(api: APIClient) -> None:
    first, second = (
        api.post(PATH, WEEK | {"reason": "gap"}, format="json", HTTP_IDEMPOTENCY_KEY="k") for _ in range(2)
    )

    run = JobExecution.objects.get()
    assert (first.status_code, second.json()["id"]) == (202, run.pk)
    assert first.headers["Location"].endswith(f"/executions/{run.pk}")
    assert (run.trigger, run.request_reason) == (Trigger.BACKFILL, "gap")
    assert run.parameters["order"] == "newest"
    assert LogEntry.objects.filter(object_id=str(run.job_id)).count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"dataset": "nothing"}, "dataset"),
        ({"only": "some"}, "only"),
        ({"dry_run": "yes"}, "dry_run"),
        ({"days": 3}, "days"),
        ({"dataset": "dividends"}, "dataset"),
        ({"date_from": "2026-10-20", "date_to": "2026-10-19"}, "date_to"),
    ],
)
def test_mistakes_are_problems_that_name_the_field(api: APIClient, body: dict[str, Any], field: str) -> None:
    response = api.post(PATH, body, format="json")

    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    assert list(response.json()["errors"]) == [field]
    assert not JobExecution.objects.exists()


def test_a_plan_that_is_not_known_yet_is_left_to_the_run(api: APIClient, settings: Settings) -> None:
    settings.JQUANTS_PLAN = "auto"

    assert api.post(PATH, {"dataset": "dividends"}, format="json").status_code == 202


def test_each_verb_needs_its_permission(api: APIClient) -> None:
    viewer = get_user_model().objects.create_user("viewer", password="viewer")
    viewer.user_permissions.add(Permission.objects.get(codename="view_coverage"))
    api.force_authenticate(viewer)

    assert api.post(PATH, WEEK | {"dry_run": True}, format="json").status_code == 200
    assert api.post(PATH, WEEK, format="json").status_code == 403
    viewer.user_permissions.clear()
    api.force_authenticate(get_user_model().objects.get(username="viewer"))
    assert api.post(PATH, WEEK | {"dry_run": True}, format="json").status_code == 403
