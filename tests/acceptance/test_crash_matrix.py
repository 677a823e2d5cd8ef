"""kill -9 at each named point: every tick is one execution, none is lost, none is stuck (R14, R36, R37)."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from scheduler.models import Job, JobExecution, Status, Trigger
from tests.conftest import Command, eventually

pytestmark = pytest.mark.django_db(transaction=True)

MakeJob = Callable[..., Job]
Start = Callable[..., Command]

ENVIRONMENT = {"SCHEDULER_HEARTBEAT_SECONDS": "0.3", "SCHEDULER_POLL_SECONDS": "0.2"}
IN_SCHEDULER = (
    "batch before commit",
    "batch after commit",
    "dispatch before commit",
    "dispatch after commit",
    "claim before commit",
    "claim after commit",
    "after spawn",
)
POWER_CUTS = ("inside perform", "before finish")  # "after spawn" is the one before perform
IN_CHILD = (
    "before perform",
    "inside perform",
    "before finish",
    "next claim before commit",
    "next claim after commit",
    "after finish",
)


@pytest.fixture
def crash(command: Start, tmp_path: Path) -> Start:
    """Return a function that starts a scheduler, which is killed when it or its child comes to `point`.

    `whole`: all its processes are killed in the same moment, not only the one at the point.
    """

    def start(point: str, *, whole: bool = False) -> Command:
        asked = {"CRASH_AT": point, "CRASH_MARKS": str(tmp_path)} | ({"CRASH_WHOLE": "1"} if whole else {})
        return command("runscheduler", **ENVIRONMENT | asked)

    return start


def due_jobs(make_job: MakeJob, job_type: str = "nothing", **fields: object) -> list[Job]:
    due = timezone.now() - timedelta(seconds=1)
    return [make_job(job_type, next_run_at=due, **fields) for _ in range(3)]


def await_death(scheduler: Command) -> None:
    assert scheduler.ended() == -signal.SIGKILL, scheduler.output


def await_ends(jobs: list[Job], *, attempts: int = 2) -> None:
    """Wait until the ledger accounts for the one tick of each job, and fail unless it does so exactly."""
    ticks = JobExecution.objects.filter(job__in=jobs)
    eventually(lambda: ticks.filter(status=Status.COMPLETED).count() >= len(jobs))
    assert sorted(ticks.values_list("job", flat=True)) == sorted(job.pk for job in jobs)
    for job in jobs:
        (run,) = job.executions.all()
        assert (run.trigger, run.scheduled_for, run.status) == (
            Trigger.SCHEDULE,
            job.next_run_at,
            Status.COMPLETED,
        )
        assert (run.token, run.holds_slot) == (None, False)
        assert 1 <= run.attempt <= attempts
        cursor = Job.objects.get(pk=job.pk).next_run_at
        assert cursor is not None
        assert cursor > timezone.now()


@pytest.mark.parametrize("point", IN_SCHEDULER)
def test_scheduler_killed_at(point: str, make_job: MakeJob, command: Start, crash: Start) -> None:
    # A job with a start deadline is dispatched by itself, others together.
    jobs = due_jobs(make_job, start_deadline_seconds=3600 if point.startswith("dispatch") else None)
    await_death(crash(point))
    command("runscheduler", **ENVIRONMENT)
    await_ends(jobs)


@pytest.mark.parametrize("point", IN_CHILD)
def test_child_killed_at(point: str, make_job: MakeJob, crash: Start, tmp_path: Path) -> None:
    jobs = due_jobs(make_job)
    scheduler = crash(point)
    eventually((tmp_path / point).exists)
    await_ends(jobs)
    assert scheduler.process.poll() is None


@pytest.mark.parametrize("point", POWER_CUTS)
def test_power_cut_at(point: str, make_job: MakeJob, command: Start, crash: Start) -> None:
    jobs = due_jobs(make_job)
    await_death(crash(point, whole=True))
    command("runscheduler", **ENVIRONMENT)
    await_ends(jobs)


def test_run_whose_end_cannot_be_written_is_given_back_at_once(make_job: MakeJob, command: Start) -> None:
    jobs = due_jobs(make_job, "unwritten")
    command("runscheduler", **ENVIRONMENT)
    await_ends(jobs)


def test_scheduler_killed_while_it_drains(make_job: MakeJob, command: Start, crash: Start) -> None:
    jobs = due_jobs(make_job, "wait", parameters={"seconds": 1.5})
    scheduler = crash("drain")
    eventually(lambda: JobExecution.objects.filter(status=Status.RUNNING).count() == 2)
    scheduler.kill(signal.SIGTERM)
    scheduler.wait_for("stopping; 2 runs")
    scheduler.kill(signal.SIGTERM)
    await_death(scheduler)
    command("runscheduler", **ENVIRONMENT)
    await_ends(jobs)


@pytest.mark.parametrize("point", ["rescue before commit", "rescue after commit"])
def test_scheduler_killed_while_it_rescues(
    point: str, make_job: MakeJob, command: Start, crash: Start
) -> None:
    jobs = due_jobs(make_job)
    await_death(crash("inside perform", whole=True))
    await_death(crash(point))
    command("runscheduler", **ENVIRONMENT)
    await_ends(jobs)


def test_celery_scheduler_and_worker_killed_at_every_point(
    make_job: MakeJob,
    command: Start,
    celery_worker: Callable[..., Command],
    celery_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    jobs = due_jobs(make_job, max_retries=10)
    marks = {"CRASH_MARKS": str(tmp_path)}
    on_worker = ("message claimed", "inside perform", "before finish")
    in_scheduler = (
        *("batch before commit", "batch after commit", "before message", "after message"),
        *("rescue before commit", "rescue after commit"),
    )
    celery_worker(CRASH_AT=",".join(on_worker), **marks)
    for _ in in_scheduler:
        scheduler = command(
            "runscheduler", **celery_environment | ENVIRONMENT | marks, CRASH_AT=",".join(in_scheduler)
        )
        await_death(scheduler)
        forget_messages()
    command("runscheduler", **celery_environment | ENVIRONMENT)
    await_ends(jobs, attempts=len(on_worker) + 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(on_worker + in_scheduler)


def forget_messages() -> None:
    """Let the minute pass after which a message that nobody took counts as lost."""
    sent = JobExecution.objects.filter(status=Status.QUEUED, sent_at__isnull=False)
    sent.update(sent_at=timezone.now() - timedelta(minutes=2))
