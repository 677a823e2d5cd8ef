"""Runs that take longer than usual are reported, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest

from scheduler import claim, control, long_runs, ticks
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, Status, Trigger

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]


@pytest.fixture
def start(actor: Actor, now: datetime) -> Callable[[Job], JobExecution]:
    """Return a function that starts a run of a job at `now`."""

    def start(job: Job) -> JobExecution:
        run = control.run_now(job, actor, now=now)
        claim.claim(now, limit=1, only=run.pk)
        run.refresh_from_db()
        return run

    return start


def has_taken(job: Job, now: datetime, minutes: Iterable[float]) -> None:
    """Give the job completed runs that took so long, oldest first."""
    for each in minutes:
        ticks.new_run(
            job,
            Trigger.MANUAL,
            now,
            status=Status.COMPLETED,
            started_at=now - timedelta(minutes=each),
            completed_at=now,
        ).save()


def reports(now: datetime, minutes: Iterable[float]) -> list[int]:
    """Return how many runs are reported when they have run for so long."""
    return [long_runs.warn(now + timedelta(minutes=each)) for each in minutes]


def test_r33_explicit_limit_is_reported_once(
    make_job: MakeJob, start: Callable[[Job], JobExecution], now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    run = start(make_job(warn_after_seconds=600))
    assert reports(now, (10, 10.1, 60)) == [0, 1, 0]
    assert "longer than the 600 seconds" in run.logs.get().message
    assert [record.action for record in caplog.records].count("running_long") == 1  # type: ignore[attr-defined]


def test_r33_without_history_an_hour_is_long(
    make_job: MakeJob, start: Callable[[Job], JobExecution], now: datetime
) -> None:
    start(make_job())
    assert reports(now, (5.1, 60, 60.1, 120)) == [0, 0, 1, 0]


def test_r33_three_times_the_95th_percentile_is_long(
    make_job: MakeJob, start: Callable[[Job], JobExecution], now: datetime
) -> None:
    job = make_job()
    has_taken(job, now, [90, *[4] * 28, 20, 8])  # the first is the 31st back, and one of 30 may be slow
    run = start(job)
    assert reports(now, (24, 24.1)) == [0, 1]
    run.refresh_from_db()
    assert run.warn_after_seconds == 24 * 60
    assert run.is_running_long


def test_r33_nothing_is_long_within_five_minutes(
    make_job: MakeJob, start: Callable[[Job], JobExecution], now: datetime
) -> None:
    job = make_job()
    has_taken(job, now, [0.1])
    start(job)
    assert reports(now, (5, 5.1)) == [0, 1]


def test_r33_failed_runs_tell_nothing_of_how_long_it_takes(make_job: MakeJob, now: datetime) -> None:
    job = make_job()
    has_taken(job, now, [50])
    job.executions.update(status=Status.FAILED)
    assert long_runs.usual_limit_seconds(job.pk) == 3600
