"""How long after its time, or after "run now", an execution starts; and how many a second get done."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import quantiles

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from benchmarks.processes import wait_for
from benchmarks.table import Line
from scheduler import claim, control, ticks, wakeup
from scheduler.audit import Actor, Channel
from scheduler.models import Job, JobExecution, OverlapPolicy, Status, Trigger
from scheduler.pulse import Pulse
from scheduler.runner import execute

JOBS = 60
QUEUE = 500
GAP_SECONDS = (0.15, 0.4)  # between two starts
LIMIT_MS = 100.0
POLL_MS = {50: 500.0, 99: 990.0}  # what looking once a second, and nothing else, would take


def make_jobs() -> list[Job]:
    """Create the jobs that do nothing; none of them is due before tomorrow."""
    tomorrow = timezone.now() + timedelta(days=1)
    jobs = [
        Job(
            name=f"no-op {n}", job_type="nothing", schedule="0 6 * * *", is_enabled=True, next_run_at=tomorrow
        )
        for n in range(JOBS)
    ]
    return Job.objects.bulk_create(jobs)


def due(jobs: Sequence[Job]) -> list[JobExecution]:
    """Let each job come due once, at an instant of its own; return the executions."""
    moment = timezone.now() + timedelta(seconds=1)
    newest = _newest()
    with transaction.atomic():
        for job in jobs:
            moment += timedelta(seconds=random.uniform(*GAP_SECONDS))
            Job.objects.filter(pk=job.pk).update(next_run_at=moment)
    time.sleep((moment - timezone.now()).total_seconds())
    return _ended_after(newest, len(jobs))


def run_now(jobs: Sequence[Job]) -> list[JobExecution]:
    """Ask for one run of each job, as a web process does; return the executions."""
    user = get_user_model().objects.get_or_create(username="benchmark")[0]
    newest = _newest()
    for job in jobs:
        time.sleep(random.uniform(*GAP_SECONDS))
        control.run_now(job, Actor(user, Channel.API))
    return _ended_after(newest, len(jobs))


def throughput(job: Job, count: int = QUEUE) -> float:
    """Return the executions a second out of a queue of `count`."""
    newest = _newest()
    _fill_queue(job, count)
    return _rate(_ended_after(newest, count))


def bare_throughput(job: Job) -> float:
    """Return the same of one process that claims and executes one after another: no scheduler at all."""
    newest = _newest()
    _fill_queue(job)
    while claims := claim.claim(timezone.now(), limit=1):
        execute(claims[0], Pulse(claims[0]))
    return _rate(_ended_after(newest, QUEUE))


def lines(what: str, rounds: Sequence[Sequence[JobExecution]]) -> list[Line]:
    """Return how late the executions of each round started, and how late the worker had them done."""
    started = [[_ms(run, run.started_at) for run in runs] for runs in rounds]
    done = [[_ms(run, run.completed_at) for run in runs] for runs in rounds]
    return [
        *(_line(f"{what} to started", started, percent, LIMIT_MS) for percent in POLL_MS),
        *(_line(f"{what} to done", done, percent, None) for percent in POLL_MS),
    ]


def _line(what: str, rounds: list[list[float]], percent: int, at_most: float | None) -> Line:
    figures = [quantiles(each, n=100, method="inclusive")[percent - 1] for each in rounds]
    return Line(f"{what}, p{percent}", figures, "ms", [POLL_MS[percent]], "1 s poll", at_most)


def _ms(run: JobExecution, moment: datetime | None) -> float:
    assert moment
    return (moment - (run.scheduled_for or run.created_at)).total_seconds() * 1000


def _newest() -> int:
    return JobExecution.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _ended_after(pk: int, count: int) -> list[JobExecution]:
    """Wait until the `count` executions newer than `pk` are completed, and return them."""
    completed = JobExecution.objects.filter(pk__gt=pk, status=Status.COMPLETED)
    wait_for(lambda: completed.count() == count, seconds=120 + count / 5)
    return list(completed)


def _fill_queue(job: Job, count: int = QUEUE) -> None:
    job.overlap_policy = OverlapPolicy.ALLOW
    now = timezone.now()
    with transaction.atomic():
        JobExecution.objects.bulk_create(ticks.new_run(job, Trigger.API, now) for _ in range(count))
        wakeup.notify()


def _rate(runs: Sequence[JobExecution]) -> float:
    starts = [run.started_at for run in runs if run.started_at]
    ends = [run.completed_at for run in runs if run.completed_at]
    return len(runs) / (max(ends) - min(starts)).total_seconds()
