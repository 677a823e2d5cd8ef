"""A machine that sleeps past the limit and wakes up: its run was taken over, its late result is not kept (R36, R37)."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from scheduler.models import Job, JobExecution, Status
from tests.acceptance.processes import children_of, descendants_of, is_alive
from tests.conftest import Command, eventually

pytestmark = pytest.mark.django_db(transaction=True)

ENVIRONMENT = {
    "SCHEDULER_HEARTBEAT_SECONDS": "0.2",
    "SCHEDULER_POLL_SECONDS": "0.2",
    "SCHEDULER_ORPHAN_SECONDS": "2.5",
}


def wait_until_it_performs() -> None:
    """Wait for a run in the middle of its work, between two of its writes.

    A process that is stopped while it writes to SQLite keeps everybody else from writing, as long as it lives.
    """
    eventually(lambda: JobExecution.objects.filter(status=Status.RUNNING, progress_done=1).exists())
    time.sleep(0.2)  # it writes once a second, and has just written


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
    wait_until_it_performs()
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


def test_r36_child_that_hangs_gives_its_slot_back_once_its_run_was_taken_over(
    make_job: Callable[..., Job], command: Callable[..., Command]
) -> None:
    due = timezone.now() - timedelta(seconds=1)
    job = make_job("deaf", parameters={"seconds": 4}, next_run_at=due)
    scheduler = command("runscheduler", "--workers", "1", **ENVIRONMENT)
    wait_until_it_performs()
    (hanging,) = performers_of(scheduler)
    os.kill(hanging, signal.SIGSTOP)

    scheduler.wait_for("completed", seconds=90)
    run = job.executions.get()
    assert (run.status, run.attempt, run.rows_fetched) == (Status.COMPLETED, 2, 2)
    assert not is_alive(hanging)


def performers_of(scheduler: Command) -> list[int]:
    """Return the process ids of the children that perform; they are forked by a server."""
    servers = children_of(scheduler.process.pid)
    return [child for server in servers for child in children_of(server)]


def lines(run: JobExecution) -> list[str]:
    return [line.message for line in run.logs.order_by("pk")]
