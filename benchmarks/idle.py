"""What a scheduler costs that has nothing to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.processes import cpu_seconds, run_poller, run_scheduler
from benchmarks.table import Line
from scheduler.executors.embedded import EmbeddedExecutor
from scheduler.models import Job
from scheduler.service import Scheduler

WINDOW_SECONDS = 15.0
CPU_LIMIT = 0.6  # seconds a minute: 1 % of one core
POLLS_A_MINUTE = 60.0


def keep_shipped_jobs() -> None:
    """Leave the jobs that an installation has after `migrate`, none of them due soon."""
    for job in Job.objects.all():
        if job.type is None or job.type.__module__.startswith("tests."):
            job.delete()
    Job.objects.exclude(next_run_at=None).update(next_run_at=timezone.now() + timedelta(days=1))


def lines(workers: int, rounds: int) -> list[Line]:
    """Measure the CPU time of the real process beside the poller, in the same seconds; then count queries."""
    ours, peers = zip(*(_cpu_a_minute(workers) for _ in range(rounds)), strict=True)
    statements, transactions = _queries_a_minute(workers)
    counted = [
        Line("idle, CPU a minute", ours, "s", peers, "poller", at_most=CPU_LIMIT),
        Line("idle, statements a minute", [statements], "", [POLLS_A_MINUTE], "poller"),
    ]
    if transactions is not None:
        counted.append(
            Line("idle, transactions a minute (server)", [transactions], "", [POLLS_A_MINUTE], "poller")
        )
    return counted


def _cpu_a_minute(workers: int) -> tuple[float, float]:
    with run_scheduler(workers) as scheduler:
        time.sleep(2)  # its children are starting
        with run_poller() as finish_poller:
            used, began_at = cpu_seconds(scheduler), time.monotonic()
            time.sleep(WINDOW_SECONDS)
            ours = (cpu_seconds(scheduler) - used) / (time.monotonic() - began_at) * 60
            return ours, finish_poller()


def _queries_a_minute(workers: int) -> tuple[float, float | None]:
    """Run the scheduler in this process, where its statements pass through our hands.

    What the driver or Django sends on its own (setting up a connection, looking whether it is alive) does not;
    PostgreSQL counts it as transactions. The listener's connection sends nothing while it waits.
    """
    count = 0

    def counting(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    before, began_at = _transactions(), time.monotonic()
    with connection.execute_wrapper(counting):
        Scheduler(executor=EmbeddedExecutor(workers)).run(
            until=lambda: time.monotonic() - began_at > WINDOW_SECONDS
        )
    minutes = (time.monotonic() - began_at) / 60
    after = _transactions()
    return count / minutes, None if before is None or after is None else (after - before) / minutes


def _transactions() -> int | None:
    """Return how many transactions the server has counted in this database; None on SQLite."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[0])
