"""EXECUTOR=celery on a real Redis with real workers: the row decides, whatever happens to messages and workers."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from scheduler import control
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, Status
from tests.acceptance.processes import is_alive
from tests.conftest import Command, eventually

pytestmark = pytest.mark.django_db(transaction=True)

MakeJob = Callable[..., Job]
Start = Callable[..., Command]


@pytest.fixture
def scheduler(command: Start, celery_environment: dict[str, str]) -> Command:
    return command("runscheduler", **celery_environment)


def ended(execution: JobExecution) -> bool:
    execution.refresh_from_db()
    return not execution.is_active


def running(execution: JobExecution) -> bool:
    execution.refresh_from_db()
    return execution.status == Status.RUNNING and execution.progress_done == 1


def test_due_jobs_run_on_the_worker(
    make_job: MakeJob, scheduler: Command, celery_worker: Callable[[], Command]
) -> None:
    celery_worker()
    due = timezone.now() + timedelta(seconds=1)
    jobs = [make_job("count", next_run_at=due) for _ in range(5)]
    eventually(
        lambda: JobExecution.objects.filter(status=Status.COMPLETED, rows_inserted=3).count() == len(jobs)
    )


def test_doubled_message_starts_the_run_once(
    make_job: MakeJob,
    celery_worker: Callable[[], Command],
    command: Start,
    celery_environment: dict[str, str],
    actor: Actor,
) -> None:
    execution = control.run_now(make_job("count"), actor)
    send = f"from scheduler.tasks import perform; [perform.delay({execution.pk}) for _ in range(5)]"
    assert (
        command("shell", "-v0", "-c", f"import moo_markets.celery; {send}", **celery_environment).ended() == 0
    )
    celery_worker()
    eventually(lambda: ended(execution))
    assert (execution.status, execution.attempt) == (Status.COMPLETED, 1)


def test_run_queued_while_no_worker_lived_runs_when_one_comes(
    make_job: MakeJob, scheduler: Command, celery_worker: Callable[[], Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("count"), actor)
    eventually(lambda: JobExecution.objects.filter(pk=execution.pk, sent_at__isnull=False).exists())
    celery_worker()
    eventually(lambda: ended(execution))
    assert execution.status == Status.COMPLETED


def test_r36_run_of_a_killed_worker_is_taken_over(
    make_job: MakeJob, scheduler: Command, celery_worker: Callable[[], Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("wait", parameters={"seconds": 3}), actor)
    first = celery_worker()
    eventually(lambda: running(execution))
    os.killpg(first.process.pid, signal.SIGKILL)
    celery_worker()
    eventually(lambda: ended(execution))
    assert (execution.status, execution.attempt) == (Status.COMPLETED, 2)


def test_r34_cancel_reaches_a_run_on_the_worker(
    make_job: MakeJob, scheduler: Command, celery_worker: Callable[[], Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("wait"), actor)
    celery_worker()
    eventually(lambda: running(execution))
    control.cancel(execution, actor)
    eventually(lambda: ended(execution), seconds=5)
    assert execution.status == Status.CANCELLED


@pytest.mark.parametrize("job_type", ["wait", "stubborn"])
def test_r38_drain_of_a_worker_asks_its_run_to_stop_and_charges_no_attempt(
    make_job: MakeJob, scheduler: Command, celery_worker: Callable[..., Command], actor: Actor, job_type: str
) -> None:
    execution = control.run_now(make_job(job_type), actor)
    worker = celery_worker(SCHEDULER_DRAIN_SECONDS="1")
    eventually(lambda: running(execution))
    worker.kill(signal.SIGTERM)
    assert worker.ended() == 0, worker.output
    execution.refresh_from_db()
    assert (execution.status, execution.attempt, execution.reason_code) == (Status.QUEUED, 0, "drained")


@pytest.mark.parametrize("how", ["cancel", "timeout"])
def test_r32_run_that_does_not_listen_is_killed_on_the_worker(
    make_job: MakeJob, scheduler: Command, celery_worker: Callable[[], Command], actor: Actor, how: str
) -> None:
    job = make_job("stubborn", timeout_seconds=2 if how == "timeout" else 3600)
    execution = control.run_now(job, actor)
    celery_worker()
    eventually(lambda: running(execution))
    if how == "cancel":
        control.cancel(execution, actor)
    eventually(lambda: ended(execution))
    assert execution.status == (Status.CANCELLED if how == "cancel" else Status.TIMED_OUT)
    again = control.run_now(make_job("count"), actor)
    eventually(lambda: ended(again))
    assert again.status == Status.COMPLETED


def test_r36_process_that_hangs_is_replaced_once_its_time_is_over(
    make_job: MakeJob, scheduler: Command, celery_worker: Callable[..., Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("wait", timeout_seconds=2, overlap_policy="allow"), actor)
    celery_worker()
    eventually(lambda: running(execution))
    hanging = int(execution.worker.rpartition(":")[2])
    os.kill(hanging, signal.SIGSTOP)
    eventually(lambda: not is_alive(hanging))


def test_broker_outage_is_ridden_out(
    make_job: MakeJob, command: Start, celery_environment: dict[str, str], actor: Actor
) -> None:
    execution = control.run_now(make_job("count"), actor)
    scheduler = command("runscheduler", **celery_environment | {"CELERY_BROKER_URL": "redis://127.0.0.1:9/0"})
    scheduler.wait_for("the broker does not answer")
    eventually(
        lambda: JobExecution.objects.filter(pk=execution.pk, status=Status.QUEUED, sent_at=None).exists()
    )
    scheduler.kill(signal.SIGTERM)
    assert scheduler.ended() == 0
