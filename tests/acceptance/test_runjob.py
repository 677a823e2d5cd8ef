"""`manage.py runjob` as a user types it."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from django.utils import timezone

from scheduler.models import Job, JobExecution, SchedulerProcess, Status
from scheduler.models.process import Role
from tests.conftest import Command, eventually

pytestmark = pytest.mark.django_db(transaction=True)

MakeJob = Callable[..., Job]
Start = Callable[..., Command]


def test_wait_runs_it_here_when_no_scheduler_is_alive(make_job: MakeJob, command: Start) -> None:
    job = make_job("count", name="counting", is_enabled=False)
    process = command("runjob", "counting", "--param", "rows=5", "--wait")
    assert process.ended() == 0
    assert "counting: completed; 5 fetched, 5 inserted, 0 updated, 0 unchanged." in process.output
    run = job.executions.get()
    assert (run.status, run.trigger) == (Status.COMPLETED, "manual")


def test_wait_follows_the_scheduler_that_is_alive(make_job: MakeJob, command: Start) -> None:
    make_job("count", name="counting")
    scheduler = command("runscheduler")
    scheduler.wait_for("scheduler started")
    process = command("runjob", "counting", "--wait")
    assert process.ended() == 0
    scheduler.kill(signal.SIGTERM)
    scheduler.ended()
    assert "counting: execution" in scheduler.output


def test_a_run_that_fetched_nothing_says_why(make_job: MakeJob, command: Start) -> None:
    make_job("count", name="counting")
    process = command("runjob", "counting", "--param", "rows=0", "--wait")
    assert process.ended() == 0
    assert process.output.rstrip().endswith("0 unchanged.\ncounted 0 rows")


def test_failure_is_told_and_the_exit_status_is_not_0(make_job: MakeJob, command: Start) -> None:
    make_job("fail", name="failing", max_retries=0)
    process = command("runjob", "failing", "--wait")
    assert process.ended() == 1
    assert "failing: failed;" in process.output
    assert "it broke" in process.output


def test_without_wait_and_scheduler_it_is_queued_with_a_hint(make_job: MakeJob, command: Start) -> None:
    job = make_job("count", name="counting")
    process = command("runjob", "counting")
    assert process.ended() == 0
    assert "No scheduler is alive" in process.output
    assert job.executions.get().status == Status.QUEUED


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("nobody",), 1, "There is no job “nobody”. Jobs are: "),
        (("counting", "--param", "rows"), 2, "“rows” is not NAME=VALUE"),
        (("counting", "--param", "rows=many"), 1, "rows: “many”: Enter a whole number."),
        (
            ("counting", "--param", "colour=red"),
            1,
            "colour: “colour” is not a parameter of this type; it takes: rows.",
        ),
    ],
)
def test_bad_input_is_one_clear_line_and_queues_nothing(
    make_job: MakeJob, command: Start, arguments: tuple[str, ...], status: int, said: str
) -> None:
    make_job("count", name="counting")
    process = command("runjob", *arguments)
    assert process.ended() == status
    assert said in process.output
    assert "Traceback" not in process.output
    assert not JobExecution.objects.exists()


def test_ctrl_c_cancels_what_runs_here(make_job: MakeJob, command: Start) -> None:
    job = make_job("wait", name="waiting")
    process = command("runjob", "waiting", "--wait")
    eventually(lambda: job.executions.filter(status=Status.RUNNING, progress_done=1).exists())
    process.kill(signal.SIGINT)
    assert process.ended() == 1
    assert job.executions.get().status == Status.CANCELLED


def test_wait_runs_it_here_once_the_scheduler_is_gone(make_job: MakeJob, command: Start) -> None:
    make_job("count", name="counting")
    silent = SchedulerProcess.register(Role.SCHEDULER, timezone.now())
    process = command("runjob", "counting", "--wait")
    process.wait_for("counting: queued")
    silent.delete()
    assert process.ended() == 0
    assert "counting: completed" in process.output


def test_ctrl_c_leaves_alone_what_the_scheduler_runs(make_job: MakeJob, command: Start) -> None:
    job = make_job("count", name="counting")
    SchedulerProcess.register(Role.SCHEDULER, timezone.now())
    process = command("runjob", "counting", "--wait")
    process.wait_for("counting: queued")
    process.kill(signal.SIGINT)
    assert process.ended() == 130
    assert process.output.rstrip().endswith("goes on without being watched.")
    assert "Traceback" not in process.output
    assert job.executions.get().status == Status.QUEUED
