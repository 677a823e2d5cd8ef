"""The scheduler process, step by step."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from pytest_django import Settings

from scheduler import claim, control, dispatch
from scheduler.audit import Actor
from scheduler.executors.embedded import EmbeddedExecutor
from scheduler.models import Job, JobExecution, MissedPolicy, OrphanPolicy, SchedulerProcess, Status
from scheduler.service import Scheduler

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db(transaction=True)


def refuse(*args: Any) -> NoReturn:
    raise OperationalError("the database is not there")


def test_r39_database_outage_is_ridden_out_with_growing_pauses(
    make_job: Callable[..., Job], now: datetime
) -> None:
    job = make_job(next_run_at=now)
    scheduler = Scheduler(executor=EmbeddedExecutor(1), clock=lambda: now)
    with connection.execute_wrapper(refuse):
        pauses = [scheduler._guarded_step() for _ in range(7)]
    assert pauses == [now + timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 16, 30, 30)]
    assert not job.executions.exists()
    scheduler._guarded_step()
    assert job.executions.get().scheduled_for == now


@pytest.fixture
def running(make_job: Callable[..., Job], actor: Actor, settings: Settings) -> JobExecution:
    """A run whose worker, this process, was just heard of, and that must not be started twice."""
    settings.SCHEDULER_HEARTBEAT_SECONDS = 0  # each step looks for what is lost
    run = control.run_now(make_job(orphan_policy=OrphanPolicy.FAIL), actor)
    claim.claim(timezone.now(), limit=1)
    return run


def test_r41_jump_of_the_clock_takes_no_run_from_a_worker_that_lives(
    running: JobExecution, settings: Settings, set_database_clock: Callable[[timedelta], None]
) -> None:
    set_database_clock(HOUR)  # on the same machine
    scheduler = Scheduler(executor=EmbeddedExecutor(1), clock=lambda: timezone.now() + HOUR)
    scheduler.step(timezone.now(), claiming=False)
    for _ in range(2):
        scheduler.step(scheduler.clock(), claiming=False)
    running.refresh_from_db()
    assert running.status == Status.RUNNING
    settings.SCHEDULER_ORPHAN_SECONDS = (
        0.001  # the time that a worker is given has passed, and it is still silent
    )
    scheduler.step(scheduler.clock(), claiming=False)
    running.refresh_from_db()
    assert running.status == Status.FAILED


def test_r41_jump_of_the_database_s_clock_takes_no_run_from_a_worker_that_lives(
    running: JobExecution, set_database_clock: Callable[[timedelta], None]
) -> None:
    scheduler = Scheduler(executor=EmbeddedExecutor(1))
    scheduler.step(timezone.now(), claiming=False)
    set_database_clock(HOUR)
    for _ in range(2):
        scheduler.step(timezone.now(), claiming=False)
    running.refresh_from_db()
    assert running.status == Status.RUNNING


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_r36_scheduler_whose_clock_is_wrong_takes_no_run_from_a_worker_that_lives(
    running: JobExecution, ahead: timedelta
) -> None:
    scheduler = Scheduler(executor=EmbeddedExecutor(1), clock=lambda: timezone.now() + ahead)
    scheduler.step(scheduler.clock(), claiming=False)
    running.refresh_from_db()
    assert running.status == Status.RUNNING


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_r36_scheduler_whose_clock_is_wrong_is_heard_of_by_the_database_s(db: None, ahead: timedelta) -> None:
    scheduler = Scheduler(executor=EmbeddedExecutor(1), clock=lambda: timezone.now() + ahead)
    scheduler.step(scheduler.clock(), claiming=False)
    process = SchedulerProcess.objects.get()
    assert abs(process.heartbeat_at - timezone.now()) < timedelta(seconds=5)


def test_r38_outage_while_draining_does_not_end_the_runs(
    running: JobExecution, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking the database fails, at first; the run that is active meanwhile gets its time all the same."""
    settings.SCHEDULER_POLL_SECONDS = 0.01
    executor = EmbeddedExecutor(1)
    busy = iter([["it"], ["it"], ["it"], ["it"], [], [], []])
    monkeypatch.setattr(EmbeddedExecutor, "busy", property(lambda self: next(busy)))
    scheduler = Scheduler(executor=executor)
    reading, writing = os.pipe()
    with connection.execute_wrapper(refuse):
        scheduler._await_runs(5, reading)
    for end in (reading, writing):
        os.close(end)
    assert next(busy, None) is not None


def test_r39_scheduler_stops_also_without_its_database(db: None) -> None:
    scheduler = Scheduler(executor=EmbeddedExecutor(1))
    scheduler.step(scheduler.clock())
    with connection.execute_wrapper(refuse):
        scheduler._close()


def test_once_is_not_over_while_ticks_are_due(
    make_job: Callable[..., Job], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ticks that are only skipped start nothing that one could wait for."""
    monkeypatch.setattr(dispatch, "ALONE", 1)
    jobs = [make_job(missed_policy=MissedPolicy.SKIP, next_run_at=now) for _ in range(2)]
    scheduler = Scheduler(executor=EmbeddedExecutor(1), clock=lambda: now + HOUR)
    idle = []
    for _ in range(3):
        scheduler._guarded_step()
        idle.append(scheduler.is_idle())
    assert idle == [False, False, True]
    assert [job.executions.count() for job in jobs] == [1, 1]
