"""The scheduler as a real process, killed with real signals."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from scheduler import control
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, SchedulerProcess, Status
from tests.acceptance.processes import descendants_of, is_alive
from tests.conftest import Command, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def ended(execution: JobExecution) -> bool:
    execution.refresh_from_db()
    return not execution.is_active


def running(execution: JobExecution) -> bool:
    execution.refresh_from_db()
    return execution.status == Status.RUNNING and execution.progress_done == 1


def test_once_runs_what_is_due_and_exits(
    make_job: Callable[..., Job], command: Callable[..., Command]
) -> None:
    job = make_job("count", next_run_at=timezone.now() - timedelta(seconds=5))
    assert command("runscheduler", "--once").ended() == 0
    execution = job.executions.get()
    assert (execution.status, execution.rows_inserted, execution.trigger) == (Status.COMPLETED, 3, "schedule")
    assert [line.message for line in execution.logs.all()] == ["counted 3 rows"]


def test_run_now_starts_at_once(
    make_job: Callable[..., Job], command: Callable[..., Command], actor: Actor
) -> None:
    job = make_job("nothing")
    command("runscheduler", SCHEDULER_POLL_SECONDS="30").wait_for("scheduler started")
    eventually(lambda: SchedulerProcess.objects.alive(timezone.now()).exists())
    execution = control.run_now(job, actor)
    eventually(lambda: ended(execution))
    assert execution.status == Status.COMPLETED
    assert execution.completed_at is not None
    assert execution.completed_at - execution.created_at < timedelta(seconds=5)


def test_r38_first_sigterm_lets_a_run_end_and_second_forces(
    make_job: Callable[..., Job], command: Callable[..., Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("wait"), actor)
    scheduler = command("runscheduler")
    eventually(lambda: running(execution))
    scheduler.kill(signal.SIGTERM)
    scheduler.wait_for("stopping; 1 runs are active")
    scheduler.kill(signal.SIGTERM)
    assert scheduler.ended(10) == 0
    execution.refresh_from_db()
    assert (execution.status, execution.attempt, execution.reason_code) == (Status.QUEUED, 0, "drained")
    assert not SchedulerProcess.objects.exists()


def test_sigterm_while_idle_ends_at_once(command: Callable[..., Command]) -> None:
    scheduler = command("runscheduler", SCHEDULER_POLL_SECONDS="30")
    scheduler.wait_for("scheduler started")
    scheduler.kill(signal.SIGTERM)
    assert scheduler.ended(5) == 0


def test_r38_drain_asks_a_run_to_stop_and_charges_no_attempt(
    make_job: Callable[..., Job], command: Callable[..., Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("wait"), actor)
    scheduler = command("runscheduler", SCHEDULER_DRAIN_SECONDS="0.1")
    eventually(lambda: running(execution))
    scheduler.kill(signal.SIGTERM)
    assert scheduler.ended(10) == 0
    execution.refresh_from_db()
    assert (execution.status, execution.attempt) == (Status.QUEUED, 0)


def test_r36_kill_9_of_the_scheduler_leaves_no_process_and_the_run_is_taken_over(
    make_job: Callable[..., Job], command: Callable[..., Command], actor: Actor
) -> None:
    job = make_job("wait", parameters={"seconds": 3})
    execution = control.run_now(job, actor)
    first = command("runscheduler")
    eventually(lambda: running(execution))
    family = descendants_of(first.process.pid)
    assert family
    first.kill(signal.SIGKILL)
    first.process.wait()
    eventually(lambda: not any(is_alive(pid) for pid in family))
    command("runscheduler")
    eventually(lambda: ended(execution))
    assert (execution.status, execution.attempt) == (Status.COMPLETED, 2)


def test_r36_kill_9_of_the_child_is_noticed_at_once(
    make_job: Callable[..., Job], command: Callable[..., Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("die", max_retries=1), actor)
    assert command("runscheduler", "--once").ended() == 0
    execution.refresh_from_db()
    assert (execution.status, execution.attempt, execution.reason_code) == (
        Status.FAILED,
        2,
        "worker_lost_for_good",
    )


def test_r34_cancel_stops_a_running_execution(
    make_job: Callable[..., Job], command: Callable[..., Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("wait"), actor)
    command("runscheduler")
    eventually(lambda: running(execution))
    control.cancel(execution, actor, reason="enough")
    eventually(lambda: ended(execution), seconds=5)
    assert execution.status == Status.CANCELLED
    assert execution.reason == "Cancelled by hanako. enough"


def test_r32_a_run_that_does_not_listen_is_killed_when_its_time_is_up(
    make_job: Callable[..., Job], command: Callable[..., Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("stubborn", timeout_seconds=1), actor)
    assert command("runscheduler", "--once", SCHEDULER_KILL_AFTER_SECONDS="0.5").ended() == 0
    execution.refresh_from_db()
    assert (execution.status, execution.reason_code) == (Status.TIMED_OUT, "timed_out")


def test_r17_two_schedulers_run_each_tick_once(
    make_job: Callable[..., Job], command: Callable[..., Command]
) -> None:
    due = timezone.now() + timedelta(seconds=3)
    jobs = [make_job("nothing", next_run_at=due) for _ in range(20)]
    schedulers = [command("runscheduler") for _ in range(2)]
    for scheduler in schedulers:
        scheduler.wait_for("scheduler started")
    eventually(lambda: JobExecution.objects.filter(status=Status.COMPLETED).count() == len(jobs))
    assert [job.executions.count() for job in jobs] == [1] * len(jobs)


def test_invalid_workers_is_one_clear_line(command: Callable[..., Command]) -> None:
    process = command("runscheduler", "--workers", "0")
    assert process.ended() == 2
    assert "“0” is not a whole number above 0." in process.output


def test_r19_run_now_is_noticed_within_a_fraction_of_the_poll(
    make_job: Callable[..., Job], command: Callable[..., Command], actor: Actor
) -> None:
    command("runscheduler", SCHEDULER_POLL_SECONDS="30", SCHEDULER_HEARTBEAT_SECONDS="30").wait_for(
        "scheduler started"
    )
    for _ in range(10):  # also when it comes in the moment between a pass and its sleep
        control.run_now(make_job("nothing"), actor)
        eventually(lambda: not JobExecution.objects.active().exists(), seconds=3)


def test_r36_scheduler_beats_however_long_it_may_sleep(command: Callable[..., Command]) -> None:
    command("runscheduler", SCHEDULER_POLL_SECONDS="30", SCHEDULER_HEARTBEAT_SECONDS="0.5")
    first = eventually(SchedulerProcess.objects.first)
    later = SchedulerProcess.objects.filter(heartbeat_at__gt=first.heartbeat_at + timedelta(seconds=1))
    eventually(later.all().exists, seconds=5)
