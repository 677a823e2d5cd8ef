"""Whole-market days from a local J-Quants to stored rows: this site against what people write by hand.

    python -m venv .venv-benchmark && .venv-benchmark/bin/pip install -r benchmarks/requirements.txt
    .venv-benchmark/bin/python benchmarks/ingest.py [--days 20] [--repeat 3]

Everything is measured in one run, on SQLite and on PostgreSQL: a warm-up, then the median of the repetitions,
ours and the others' in turn. The peer neither upserts nor checks; we do both, and keep coverage.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from logging import getLogger
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # not this folder, in which other names of the project are files

KINDS = ("sqlite", "postgresql")
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # 17:00 in Tokyo, after publication
KEY = "standin"
STANDIN = f"""
import sys
from datetime import datetime
from jquants.standin import StandinServer
now = datetime.fromisoformat("{NOW.isoformat()}")
with StandinServer(plan="standard", key="{KEY}", now=lambda: now, per_minute=10**9) as server:
    print(server.base_url, flush=True)
    sys.stdin.read()
"""
BARE = "bare_quotes"
PEER = "peer_quotes"


def main() -> None:
    arguments = parsed()
    if arguments.kind:
        measure(arguments)
        return
    from benchmarks.databases import scratch_database

    with standin() as base_url:
        for kind in KINDS:
            with scratch_database(kind) as url:
                environment = os.environ | environment_for(url, base_url)
                # A process each: Django knows one default database.
                command = [sys.executable, __file__, *sys.argv[1:], "--kind", kind]
                subprocess.run(command, check=True, cwd=ROOT, env=environment)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=20, help="trading days a repetition (default 20)")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions after the warm-up (default 3)")
    parser.add_argument("--kind", choices=KINDS, help=argparse.SUPPRESS)
    return parser.parse_args()


@contextmanager
def standin() -> Iterator[str]:
    """Run the stand-in in a process of its own, so that it does not share our interpreter lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", STANDIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate()


def environment_for(database_url: str, base_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "SECRET_KEY": "benchmark",
        "DJANGO_SETTINGS_MODULE": "moo_markets.settings",
        "JQUANTS_API_KEY": KEY,
        "JQUANTS_BASE_URL": base_url,
        "JQUANTS_PLAN": "premium",  # 500 requests a minute: the limiter works, but does not wait
        "LOG_LEVEL": "ERROR",
    }


def measure(arguments: argparse.Namespace) -> None:
    """Measure on the database of the environment."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from jquants import calendar

    days = calendar.newest_trading_days(arguments.days, calendar.today(NOW)).days
    report(Measured(days, os.environ["JQUANTS_BASE_URL"]), arguments)


class BenchmarkRun:
    """What a job type gets from the engine, with nothing behind it."""

    execution = None
    is_backfill = False
    log = getLogger("scheduler.run.benchmark")

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.parameters = parameters

    def now(self) -> datetime:
        return NOW

    def progress(self, *_: object) -> None: ...

    def count(self, **_: int) -> None: ...

    def check_stop(self) -> None: ...

    def give_way(self) -> None: ...

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass
class Measured:
    """The tasks to be timed; each starts from empty tables and returns the rows it stored."""

    days: list[date]
    base_url: str

    def __post_init__(self) -> None:
        import jquantsapi  # type: ignore[import-not-found]

        from jquants.client import Client
        from jquants.datasets import DAILY_QUOTES
        from jquants.datasets.table import decode
        from jquants.ratelimit import MemoryRateLimiter

        jquantsapi.ClientV2.JQUANTS_API_BASE = self.base_url
        self.official = jquantsapi.ClientV2(api_key=KEY)
        self.engine = peer_engine()
        with Client(api_key=KEY, base_url=self.base_url, limiter=MemoryRateLimiter("premium")) as client:
            self.answers = [client.rows(DAILY_QUOTES.path, date=day.isoformat()) for day in self.days]
        self.tables = [
            decode(DAILY_QUOTES, rows, day=day) for day, rows in zip(self.days, self.answers, strict=True)
        ]

    def ours(self) -> int:
        """Run the job: fetch, check, store, by day, within the rate limit that all processes share."""
        from jquants.datasets import DAILY_QUOTES
        from jquants.jobs import job_type

        run = BenchmarkRun({"date_from": self.days[0], "date_to": self.days[-1]})
        job_type(DAILY_QUOTES)().perform(run)  # type: ignore[arg-type]
        return our_rows()

    def ours_unchanged(self) -> int:
        """Fetch the same days once more over what is stored."""
        from jquants.datasets import DAILY_QUOTES
        from jquants.jobs import job_type

        run = BenchmarkRun({"date_from": self.days[0], "date_to": self.days[-1], "force": True})
        job_type(DAILY_QUOTES)().perform(run)  # type: ignore[arg-type]
        return our_rows()

    def peer(self) -> int:
        """Do what the official client's users do, a day at a time."""
        stored = 0
        for day in self.days:
            frame = self.official.get_eq_bars_daily(date_yyyymmdd=f"{day:%Y%m%d}")
            frame.to_sql(PEER, self.engine, if_exists="append", index=False)
            stored += len(frame)
        return stored

    def our_write(self) -> int:
        """Store decoded days with their coverage."""
        from django.db import transaction

        from jquants import source
        from jquants.coverage import fetches

        for table in self.tables:
            with transaction.atomic():
                source.claim(self.base_url, NOW)
                [record] = fetches.records([table], execution=None, now=NOW)
                record.save(table.dataset.write(table))
        return our_rows()

    def our_check_and_write(self) -> int:
        """Check and store days as they came from the wire."""
        from jquants import ingest
        from jquants.datasets import DAILY_QUOTES

        for day, rows in zip(self.days, self.answers, strict=True):
            ingest.write(DAILY_QUOTES, rows, day=day, base_url=self.base_url, now=NOW)
        return our_rows()

    def bare_write(self) -> int:
        """Put the same decoded rows into the same table with one executemany or COPY a day."""
        from django.db import connection

        if connection.vendor == "postgresql":
            return self._bare_copy()
        return self._bare_executemany()

    def _bare_executemany(self) -> int:
        from django.conf import settings

        names = self.tables[0].dataset.names
        statement = f"INSERT INTO {BARE} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
        raw = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
        raw.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
        for table in self.tables:
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany(statement, table.rows)
            raw.execute("COMMIT")
        raw.close()
        return sum(map(len, self.tables))

    def _bare_copy(self) -> int:
        import psycopg

        columns = ", ".join(self.tables[0].dataset.names)
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as raw:
            for table in self.tables:
                with raw.transaction(), raw.cursor().copy(f"COPY {BARE} ({columns}) FROM STDIN") as copy:
                    for row in table.rows:
                        copy.write_row(row)
        return sum(map(len, self.tables))


def peer_engine() -> Any:
    """Return SQLAlchemy's engine on our database; on SQLite with our own, faster pragmas."""
    import sqlalchemy  # type: ignore[import-not-found]
    from django.conf import settings

    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")
    engine = sqlalchemy.create_engine(url)
    if engine.dialect.name == "sqlite":
        pragmas = settings.DATABASES["default"]["OPTIONS"]["init_command"]
        sqlalchemy.event.listen(engine, "connect", lambda raw, _: raw.executescript(pragmas))
    return engine


def our_rows() -> int:
    from jquants.models import DailyQuote

    return DailyQuote.objects.count()


def empty_tables() -> None:
    """Start every task alike: no rows, and nothing left to tidy up."""
    from django.db import connection

    from jquants.models import Coverage, DailyQuote

    Coverage.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {PEER}")
        cursor.execute(f"DROP TABLE IF EXISTS {BARE}")
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE daily_quotes")
            cursor.execute(f"CREATE TABLE {BARE} (LIKE daily_quotes INCLUDING ALL)")
            cursor.execute("CHECKPOINT")
            return
        DailyQuote.objects.all().delete()
        cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'daily_quotes' AND sql IS NOT NULL")
        for (statement,) in cursor.fetchall():
            cursor.execute(statement.replace("daily_quotes", BARE))
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def rows_per_second(task: Callable[[], int]) -> float:
    started = time.perf_counter()
    rows = task()
    move_into_place()
    return rows / (time.perf_counter() - started)


def move_into_place() -> None:
    """Move what SQLite has in its log into its file: nobody gains by leaving it for later."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def medians(measured: Measured, repeat: int) -> dict[str, float]:
    """Time every task in turn, so that a slow moment of the machine meets them all."""
    rates: dict[str, list[float]] = {}
    for repetition in range(repeat + 1):
        for name in ("peer", "ours", "ours_unchanged", "bare_write", "our_write", "our_check_and_write"):
            if name != "ours_unchanged":
                empty_tables()
            rate = rows_per_second(getattr(measured, name))
            if repetition:  # the first is the warm-up
                rates.setdefault(name, []).append(rate)
    return {name: statistics.median(values) for name, values in rates.items()}


def report(measured: Measured, arguments: argparse.Namespace) -> None:
    rate = medians(measured, arguments.repeat)
    rows = sum(map(len, measured.tables))
    print(f"\n{arguments.kind}: {len(measured.days)} days, {rows} rows, median of {arguments.repeat}")
    for name, what, than, aim in (
        ("peer", "official client + pandas to_sql", None, ""),
        ("ours", "our job, into an empty table", "peer", "aim: over 2.00"),
        ("ours_unchanged", "our job again, nothing new", "peer", ""),
        ("bare_write", "bare executemany / COPY of decoded rows", None, ""),
        ("our_write", "our write of decoded rows", "bare_write", "aim: over 0.60"),
        ("our_check_and_write", "our check and write of raw rows", "bare_write", ""),
    ):
        ratio = f"{rate[name] / rate[than]:5.2f} x {than}" if than else ""
        print(f"  {what:42}{rate[name]:10,.0f} rows/s  {ratio:20}{aim}")


if __name__ == "__main__":
    main()
