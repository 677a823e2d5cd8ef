"""A machine that sleeps past the limit and wakes up: its run was taken over, its late result is not kept (R36, R37)."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from scheduler.models import Job, JobExecution, Status
from tests.acceptance.processes import descendants_of
from tests.conftest import Command, eventually

pytestmark = pytest.mark.django_db(transaction=True)

ENVIRONMENT = {
    "SCHEDULER_HEARTBEAT_SECONDS": "0.2",
    "SCHEDULER_POLL_SECONDS": "0.2",
    "SCHEDULER_ORPHAN_SECONDS": "2.5",
}


def signal_all(scheduler: Command, number: int) -> None:
    """Signal the scheduler and all its processes, as a suspended machine stops and wakes them."""
    for pid in (scheduler.process.pid, *descendants_of(scheduler.process.pid)):
        os.kill(pid, number)


def test_r37_late_finish_of_a_stopped_worker_does_not_overwrite(
    make_job: Callable[..., Job], command: Callable[..., Command]
) -> None:
    due = timezone.now() - timedelta(seconds=1)
    job = make_job("deaf", parameters={"seconds": 2}, next_run_at=due)
    sleeper = command("runscheduler", **ENVIRONMENT)
    eventually(lambda: JobExecution.objects.filter(status=Status.RUNNING, progress_done=1).exists())
    first = job.executions.get()
    signal_all(sleeper, signal.SIGSTOP)

    command("runscheduler", **ENVIRONMENT).wait_for(f"execution {first.pk} completed")
    taken = job.executions.get()
    assert (taken.status, taken.attempt) == (Status.COMPLETED, 2)
    assert taken.worker != first.worker

    signal_all(sleeper, signal.SIGCONT)
    sleeper.wait_for("its late result")
    after = job.executions.get()
    assert (after.status, after.attempt, after.token) == (Status.COMPLETED, 2, None)
    assert (after.worker, after.completed_at) == (taken.worker, taken.completed_at)
    assert after.rows_fetched == 2
    assert lines(after) == [
        "counted in attempt 2",
        "Attempt 1 was taken over; its late result, completed, is not kept.",
    ]
    assert sleeper.process.poll() is None


def lines(run: JobExecution) -> list[str]:
    return [line.message for line in run.logs.order_by("pk")]
