"""Jobs that cannot be scheduled, loaded, fed or stopped: the others keep their latency (R18, R32, R40)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from scheduler.models import Job, JobExecution, Status
from tests.conftest import Command, eventually

pytestmark = pytest.mark.django_db(transaction=True)

# From due to started, on a machine that does other things too; who waits for poison waits for an hour.
USUAL, LONGEST = timedelta(seconds=2), timedelta(seconds=5)


def test_r18_poisonous_jobs_do_not_delay_the_others(
    make_job: Callable[..., Job], command: Callable[..., Command]
) -> None:
    scheduler = command("runscheduler", "--workers", "3", TEST_APPS="tests.broken_jobs")
    assert "No module named 'a_library_that_is_not_there'" in scheduler.wait_for("scheduler started")
    due = timezone.now() + timedelta(seconds=1)
    stubborn = make_job("stubborn", next_run_at=due)
    impossible, unknown = make_job(next_run_at=due), make_job(next_run_at=due)
    Job.objects.filter(pk=impossible.pk).update(schedule="0 0 31 2 *")
    Job.objects.filter(pk=unknown.pk).update(job_type="unimportable")
    glutton = make_job("glutton", next_run_at=due, max_retries=0)
    step = timedelta(seconds=0.25)
    healthy = [make_job("nothing", next_run_at=due + number * step) for number in range(12)]

    runs = JobExecution.objects.filter(job__in=healthy, status=Status.COMPLETED)
    eventually(lambda: runs.count() == len(healthy))
    late = sorted(run.started_at - run.scheduled_for for run in runs if run.started_at and run.scheduled_for)
    assert len(late) == len(healthy)
    assert late[len(late) // 2] < USUAL
    assert late[-1] < LONGEST

    impossible.refresh_from_db()
    assert impossible.quarantined_until is not None
    assert impossible.quarantined_until > timezone.now()
    assert "0 0 31 2 *" in impossible.quarantine_error
    assert unknown.executions.get().status == Status.QUEUED
    assert stubborn.executions.get().status == Status.RUNNING
    run = eventually(glutton.executions.filter(status=Status.FAILED).first)
    assert (run.status, run.error_message) == (Status.FAILED, "MemoryError")
