from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from scheduler.models import ExecutionLog, JobExecution, SkipReason, Status, Trigger
from scheduler.models.log import Level
from tests.conftest import NOW

EXECUTIONS = "/api/scheduler/executions"
HELD = {"token": uuid4(), "started_at": NOW, "heartbeat_at": NOW, "worker": "host:1"}


def test_execution_tells_how_far_it_is(client: APIClient, make_run: Callable[..., JobExecution]) -> None:
    run = make_run(status=Status.RUNNING, progress_done=3, progress_total=4, progress_text="row 3", **HELD)

    shown = client.get(f"{EXECUTIONS}/{run.pk}").json()

    a_third = (timezone.now() - NOW).total_seconds() / 3
    assert shown["progress"].pop("remaining_seconds") == pytest.approx(a_third, abs=10)
    assert shown["progress"] == {"done": 3, "total": 4, "percent": 75, "text": "row 3"}
    assert (shown["status"], shown["worker"], shown["started_at"]) == (
        "running",
        "host:1",
        "2026-11-20T08:00:00Z",
    )
    assert (shown["completed_at"], shown["duration_seconds"]) == (None, None)


def test_execution_tells_what_it_did(client: APIClient, make_run: Callable[..., JobExecution]) -> None:
    run = make_run(
        status=Status.COMPLETED,
        started_at=NOW,
        completed_at=NOW + timedelta(seconds=1.5),
        rows_fetched=10,
        rows_inserted=5,
        rows_updated=3,
        rows_unchanged=2,
    )

    shown = client.get(f"{EXECUTIONS}/{run.pk}").json()

    assert shown["counts"] == {"fetched": 10, "inserted": 5, "updated": 3, "unchanged": 2}
    assert shown["duration_seconds"] == 1.5
    assert shown["requested_by"] is None


def test_execution_tells_why_it_failed(client: APIClient, make_run: Callable[..., JobExecution]) -> None:
    run = make_run(
        status=Status.FAILED,
        completed_at=NOW,
        error_message="OSError: gone",
        traceback="Traceback ...",
        reason_code="worker_lost",
        reason_params={"worker": "host:1"},
    )

    shown = client.get(f"{EXECUTIONS}/{run.pk}").json()

    assert shown["reason"] == "Its worker host:1 died or was silent for too long."
    assert (shown["error_message"], shown["traceback"]) == ("OSError: gone", "Traceback ...")
    assert "traceback" not in client.get(EXECUTIONS).json()["results"][0]


def test_skipped_range_shows_its_ticks(client: APIClient, make_run: Callable[..., JobExecution]) -> None:
    make_run(
        trigger=Trigger.SCHEDULE,
        status=Status.SKIPPED,
        skip_reason=SkipReason.MISSED,
        scheduled_for=NOW,
        scheduled_until=NOW + timedelta(hours=2),
        tick_count=3,
        completed_at=NOW,
    )

    shown = client.get(EXECUTIONS).json()["results"][0]

    assert (shown["tick_count"], shown["skip_reason"], shown["reason"]) == (
        3,
        "missed",
        "no scheduler was running",
    )
    assert (shown["scheduled_for"], shown["scheduled_until"]) == (
        "2026-11-20T08:00:00Z",
        "2026-11-20T10:00:00Z",
    )


@pytest.mark.parametrize("count", [2, 20])
def test_execution_list_takes_one_query(
    client: APIClient,
    person: User,
    make_run: Callable[..., JobExecution],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        make_run(requested_by=person)

    with django_assert_num_queries(1):
        shown = client.get(EXECUTIONS).json()["results"]

    assert [run["requested_by"] for run in shown] == ["hanako"] * count


def test_execution_list_is_filtered(client: APIClient, make_run: Callable[..., JobExecution]) -> None:
    failed = make_run(status=Status.FAILED, completed_at=NOW)
    queued = make_run(failed.job)
    other = make_run(trigger=Trigger.BACKFILL)

    def ids(query: str) -> list[int]:
        return [run["id"] for run in client.get(f"{EXECUTIONS}?{query}").json()["results"]]

    assert ids("") == [other.pk, queued.pk, failed.pk]
    assert ids("status=failed") == [failed.pk]
    assert ids("status=failed&status=queued") == [other.pk, queued.pk, failed.pk]
    assert ids(f"job={failed.job_id}&status=queued") == [queued.pk]
    assert ids("trigger=backfill") == [other.pk]


def test_r46_execution_pages_stay_put_while_rows_arrive(
    client: APIClient, make_run: Callable[..., JobExecution]
) -> None:
    runs = [make_run() for _ in range(5)]
    first = client.get(f"{EXECUTIONS}?page_size=2&status=queued").json()
    make_run()

    second = client.get(first["next"]).json()

    assert [run["id"] for run in second["results"]] == [runs[2].pk, runs[1].pk]
    assert "status=queued" in second["next"]


def test_page_size_is_capped(client: APIClient, make_run: Callable[..., JobExecution]) -> None:
    for _ in range(3):
        make_run()

    assert len(client.get(f"{EXECUTIONS}?page_size=99999").json()["results"]) == 3


def test_log_is_read_from_its_beginning(client: APIClient, make_run: Callable[..., JobExecution]) -> None:
    run, other = make_run(), make_run()
    for number, level in enumerate((Level.INFO, Level.WARNING, Level.ERROR)):
        ExecutionLog.objects.create(execution=run, at=NOW, level=level, message=f"line {number}")
    ExecutionLog.objects.create(execution=other, at=NOW, message="not mine")

    page = client.get(f"{client.get(f'{EXECUTIONS}/{run.pk}').json()['logs_url']}?page_size=2").json()

    assert [(line["level"], line["message"]) for line in page["results"]] == [
        ("info", "line 0"),
        ("warning", "line 1"),
    ]
    assert page["results"][0]["at"] == "2026-11-20T08:00:00Z"
    assert [line["level"] for line in client.get(page["next"]).json()["results"]] == ["error"]


def test_cancelling_a_waiting_execution_ends_it(
    client: APIClient, make_run: Callable[..., JobExecution]
) -> None:
    run = make_run()

    answer = client.post(f"{EXECUTIONS}/{run.pk}/cancel", {"reason": "wrong day"})

    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")
    assert answer.json()["reason"] == "Cancelled by hanako. wrong day"


def test_cancelling_a_running_execution_asks_it_to_stop(
    client: APIClient, make_run: Callable[..., JobExecution]
) -> None:
    run = make_run(status=Status.RUNNING, **HELD)

    assert client.post(f"{EXECUTIONS}/{run.pk}/cancel").json()["status"] == "cancelling"


@pytest.mark.parametrize("fields", [{}, {"status": Status.RUNNING, **HELD}])
def test_cancelling_again_changes_nothing(
    client: APIClient, make_run: Callable[..., JobExecution], fields: dict[str, object]
) -> None:
    run = make_run(**fields)

    first, second = (client.post(f"{EXECUTIONS}/{run.pk}/cancel") for _ in range(2))

    assert (first.status_code, second.status_code) == (202, 200)
    assert second.json() == first.json()
    assert LogEntry.objects.count() == 1


def test_ended_execution_cannot_be_cancelled(
    client: APIClient, make_run: Callable[..., JobExecution]
) -> None:
    run = make_run(status=Status.COMPLETED, started_at=NOW, completed_at=NOW)

    answer = client.post(f"{EXECUTIONS}/{run.pk}/cancel")

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:moo-markets:problem:not-cancellable")
    assert problem["detail"] == f"Execution {run.pk} cannot be cancelled: it has ended (completed)."


def test_missing_execution_is_named(client: APIClient) -> None:
    answer = client.get(f"{EXECUTIONS}/12345/logs")

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no execution 12345.")
