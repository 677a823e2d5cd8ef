"""Types that admit only some runs at a time, on all workers together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone

from moo_markets.environment import Environment
from scheduler import claim, control, tasks, ticks
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, OverlapPolicy, Status, Trigger
from scheduler.waits import why_waiting

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]
Queue = Callable[..., list[JobExecution]]


@pytest.fixture
def queue(make_job: MakeJob, now: datetime) -> Queue:
    """Return a function that queues runs of a type, each of a job of its own, oldest first."""

    def queue(job_type: str, count: int, at: datetime = now, **fields: object) -> list[JobExecution]:
        runs = [
            ticks.new_run(make_job(job_type), Trigger.SCHEDULE, at, scheduled_for=at + timedelta(seconds=n))
            for n in range(count)
        ]
        for run in runs:
            run.save()
        return runs

    return queue


def claimed(now: datetime, limit: int) -> list[int]:
    return [one.execution_id for one in claim.claim(now, limit=limit)]


def test_r29_type_admits_no_more_than_it_declares_oldest_first(queue: Queue, now: datetime) -> None:
    runs = queue("few", 4)
    assert claimed(now, 4) == [runs[0].pk, runs[1].pk]
    assert claimed(now, 4) == []


def test_r29_ended_run_gives_its_place_to_the_next(queue: Queue, now: datetime) -> None:
    runs = queue("few", 3)
    claimed(now, 2)
    runs[0].refresh_from_db()
    ended: dict[str, Any] = {
        "status": Status.COMPLETED,
        "token": None,
        "completed_at": now,
        "holds_slot": False,
    }
    runs[0].change(only_from=(Status.RUNNING,), **ended)
    assert claimed(now, 4) == [runs[2].pk]


def test_r29_full_type_does_not_keep_those_behind_it_waiting(queue: Queue, now: datetime) -> None:
    few = queue("few", 5)
    others = queue("nothing", 2, at=now + timedelta(seconds=30))
    assert claimed(now + timedelta(seconds=30), 4) == [few[0].pk, few[1].pk, *(run.pk for run in others)]


def test_setting_overrides_what_a_type_declares(queue: Queue, now: datetime, settings: Any) -> None:
    settings.SCHEDULER_MAX_CONCURRENT = {"few": 0, "nothing": 1}
    queue("few", 3)
    queue("nothing", 3)
    assert len(claimed(now, 10)) == 4


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_in_the_same_moment_take_no_place_and_no_run_twice(
    queue: Queue, now: datetime
) -> None:
    few, others = queue("few", 8), queue("nothing", 4)
    barrier = threading.Barrier(4)

    def work() -> list[int]:
        try:
            barrier.wait()
            return claimed(now + timedelta(minutes=1), 3)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        futures = [workers.submit(work) for _ in range(4)]
        taken = [pk for future in futures for pk in future.result()]
    # Which two of the few is open: one that is locked by a worker who then finds no place is passed over.
    limited = {run.pk for run in few} & set(taken)
    assert len(limited) == 2
    assert sorted(taken) == sorted(limited | {run.pk for run in others})


def test_message_for_a_full_type_is_sent_again_when_there_is_a_place(queue: Queue, now: datetime) -> None:
    *_, last = queue("few", 3)
    claimed(now, 2)
    JobExecution.objects.filter(pk=last.pk).update(sent_at=now)
    tasks.perform(last.pk)
    last.refresh_from_db()
    assert (last.status, last.sent_at) == (Status.QUEUED, None)


def test_page_of_a_waiting_run_says_why(make_job: MakeJob, queue: Queue, now: datetime, actor: Actor) -> None:
    *_, full = queue("few", 3)
    claimed(now, 2)
    assert why_waiting(full, now).startswith("It waits for a place: 2 runs of its type")

    job = make_job(overlap_policy=OverlapPolicy.REPLACE)
    first = control.run_now(job, actor, now=now)
    assert why_waiting(first, now) == "It waits for a free worker."
    claimed(now, 1)
    second = control.run_now(job, actor, now=now)
    assert why_waiting(second, now) == f"It waits for execution {first.pk} of its job to end."
    control.set_scheduler_enabled(False, actor, now=timezone.now())
    assert why_waiting(second, now).startswith("The scheduler is paused")


def test_limit_that_is_no_number_is_told_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMITS", "few=1,nothing=two")
    with pytest.raises(ImproperlyConfigured, match="LIMITS has 'nothing=two'; write name=number"):
        Environment().limits("LIMITS")


def test_limit_of_a_type_that_is_not_there_is_warned_of(settings: Any) -> None:
    settings.SCHEDULER_MAX_CONCURRENT = {"fwe": 1}
    (warning,) = [found for found in run_checks() if found.id == "scheduler.W001"]
    assert "fwe" in str(warning)
