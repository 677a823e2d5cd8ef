"""Four schedulers on one database, killed again and again: each tick is one execution, and each completes (R1, R17)."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from scheduler.models import Job, JobExecution, MissedPolicy, OverlapPolicy, SchedulerProcess, Status, Trigger
from tests.conftest import Command, eventually

pytestmark = pytest.mark.django_db(transaction=True)

TICKS = int(os.environ.get("MANY_SCHEDULERS_TICKS", "400"))  # 2000 is the full run
TICKS_A_JOB = 20
SCHEDULERS = 4
DONE_BETWEEN_KILLS = (20, 100)
ENVIRONMENT = {
    "SCHEDULER_HEARTBEAT_SECONDS": "0.5",
    "SCHEDULER_POLL_SECONDS": "0.2",
    "SCHEDULER_WORKERS": "1",
    "LOG_LEVEL": "ERROR",  # nobody reads the pipes meanwhile
}


def has_come_to(rows: QuerySet[JobExecution], count: int) -> bool:
    return rows.count() >= count


def test_r17_each_tick_runs_once_however_often_schedulers_are_killed(
    make_job: Callable[..., Job], command: Callable[..., Command]
) -> None:
    chance = random.Random(17)
    # Twenty ticks in one hour that is over; the next is due tomorrow.
    first = (timezone.now() - timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    jobs = [
        make_job(
            schedule=f"*/{60 // TICKS_A_JOB} {first.hour} * * *",
            timezone="UTC",
            overlap_policy=OverlapPolicy.ALLOW,
            missed_policy=MissedPolicy.CATCH_UP,
            max_catchup=TICKS_A_JOB,
            max_retries=1000,
        )
        for _ in range(TICKS // TICKS_A_JOB)
    ]
    expected = {
        (job.pk, first + timedelta(minutes=number * 60 // TICKS_A_JOB))
        for job in jobs
        for number in range(TICKS_A_JOB)
    }
    schedulers = [command("runscheduler", **ENVIRONMENT) for _ in range(SCHEDULERS)]
    eventually(lambda: SchedulerProcess.objects.count() == SCHEDULERS, seconds=90)
    rows = JobExecution.objects.filter(trigger=Trigger.SCHEDULE)
    completed = rows.filter(status=Status.COMPLETED)
    waves = [jobs[start::10] for start in range(10)]
    done, kills = 0, 0
    while done < len(expected):
        if waves:
            Job.objects.filter(pk__in=[job.pk for job in waves.pop()]).update(next_run_at=first)
        victim = chance.randrange(SCHEDULERS)
        goal = min(done + chance.randint(*DONE_BETWEEN_KILLS), TICKS - TICKS * len(waves) // 10)
        eventually(partial(has_come_to, completed, goal), seconds=30)  # half of what makes an orphan
        assert [scheduler.process.poll() for scheduler in schedulers] == [None] * SCHEDULERS
        schedulers[victim].kill(signal.SIGKILL)
        schedulers[victim].process.wait()  # its children find out by themselves
        schedulers[victim].close()
        schedulers[victim] = command("runscheduler", **ENVIRONMENT)
        done, kills = completed.count(), kills + 1

    ledger = list(rows.values_list("job", "scheduled_for"))
    assert len(ledger) == len(expected) == TICKS
    assert set(ledger) == expected
    assert completed.count() == TICKS
    assert kills >= 5
    assert not JobExecution.objects.active().exists()
