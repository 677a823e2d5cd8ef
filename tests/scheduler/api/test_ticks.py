"""What a schedule means, before it happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from scheduler.models import Job

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]


def ticks(client: APIClient, job: Job) -> list[dict[str, object]]:
    answer = client.get(f"/api/scheduler/jobs/{job.pk}/ticks")
    assert answer.status_code == 200
    return list(answer.json())


def test_next_ticks_of_a_cron_job(client: APIClient, make_job: MakeJob) -> None:
    shown = ticks(client, make_job(schedule="0 6 * * *"))
    assert len(shown) == 20
    assert {(tick["trading_date"], tick["is_open"], tick["is_provisional"]) for tick in shown} == {
        (None, True, False)
    }
    assert all(str(tick["at"]).endswith("T21:00:00Z") for tick in shown)


def test_ticks_of_a_trading_day_schedule_say_their_day(client: APIClient, make_job: MakeJob) -> None:
    shown = ticks(client, make_job(schedule="@trading 24:30", calendar="jpx"))
    assert all(
        str(tick["trading_date"]) == str(tick["at"])[:10] for tick in shown
    )  # 0:30 in Tokyo is 15:30 UTC
    assert all(tick["is_provisional"] for tick in shown)


def test_job_that_runs_by_hand_has_none(client: APIClient, make_job: MakeJob) -> None:
    assert ticks(client, make_job(schedule="")) == []


def test_schedule_that_cannot_be_read_is_told(client: APIClient, make_job: MakeJob) -> None:
    job = make_job()
    Job.objects.filter(pk=job.pk).update(schedule="no schedule")
    answer = client.get(f"/api/scheduler/jobs/{job.pk}/ticks")
    assert answer.status_code == 422
    assert "NO SCHEDULE" in answer.json()["errors"]["schedule"][0]
