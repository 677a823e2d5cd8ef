"""Years of daily bars from CSV files into the database, read back, and fetched again.

    .venv-benchmark/bin/python benchmarks/bulk.py [--years 10] [--peer-months 3] [--kind sqlite|postgresql]

The environment is that of benchmarks/ingest.py. The files are written first, with the days of a market of the
stand-in, and served from this machine. Each contender runs in a process of its own on the same database server, so
that its peak memory is its own. Ten years are about ten million rows; ratios and aims are printed beside the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # not this folder, in which other names of the project are files

from benchmarks.csv_files import BARS, LAST_MONTH, serving, write_files  # noqa: E402 - after the path

KINDS = ("sqlite", "postgresql")
BARE, PEER = "bare_quotes", "peer_quotes"
READS = 7  # of which the median counts
CODE, DAY = "72030", LAST_MONTH + timedelta(days=4)


def main() -> None:
    arguments = parsed()
    if arguments.stage:
        print(json.dumps(STAGES[arguments.stage](arguments)))
        return
    from benchmarks.databases import scratch_database

    with tempfile.TemporaryDirectory(prefix="benchmark-files-") as folder:
        rows = write_files(Path(folder), arguments.years * 12)
        with serving(Path(folder)) as base_url:
            for kind in [arguments.kind] if arguments.kind else KINDS:
                with scratch_database(kind) as url:
                    report(kind, rows, measured(arguments, url, base_url))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--years", type=int, default=10, help="of daily bars (default 10)")
    parser.add_argument(
        "--peer-months", type=int, default=3, help="that the official client loads (default 3)"
    )
    parser.add_argument("--kind", choices=KINDS, help="one database only")
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    return parser.parse_args()


def measured(arguments: argparse.Namespace, url: str, base_url: str) -> dict[str, dict[str, float]]:
    from benchmarks.ingest import environment_for

    environment = os.environ | environment_for(url, base_url)
    found = {}
    for stage in STAGES:
        command = [sys.executable, __file__, *sys.argv[1:], "--stage", stage]
        output = subprocess.run(
            command, check=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        found[stage] = json.loads(output.stdout.splitlines()[-1])
    return found


class Timed(NamedTuple):
    """Seconds by the clock, and those of a processor that we used, helping processes too, the database server not."""

    clock: float
    cpu: float

    def __add__(self, other: Timed) -> Timed:  # type: ignore[override]
        return Timed(self.clock + other.clock, self.cpu + other.cpu)


def timed(task: Callable[[], Any]) -> Timed:
    clock, cpu = time.perf_counter(), processor_seconds()
    task()
    return Timed(time.perf_counter() - clock, processor_seconds() - cpu)


def processor_seconds() -> float:
    return sum(os.times()[:4])


def peak() -> float:
    """Return the most memory this process had so far, and the largest of those that helped it, in MB."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(each).ru_maxrss for each in who) / 1024


def prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def ours(arguments: argparse.Namespace) -> dict[str, float]:
    prepare()
    from benchmarks.ingest import BenchmarkRun
    from jquants.jobs import Backfill
    from jquants.models import DailyQuote

    given = {
        "dataset": "daily_quotes",
        "source": "bulk",
        "order": "oldest",
        "date_to": str(LAST_MONTH + timedelta(days=30)),
    }
    given["date_from"] = str(date(2026 - arguments.years, 11, 1))

    def load(only: str) -> None:
        run = BenchmarkRun(Backfill.clean_parameters(given | {"only": only}))
        Backfill().perform(run)  # type: ignore[arg-type]

    first = timed(lambda: load("missing"))
    memory = peak()
    again = timed(lambda: load("all"))
    reads = {
        name: statistics.median(timed(read).clock for _ in range(READS)) * 1000 for name, read in READ.items()
    }
    return {
        "rows": DailyQuote.objects.count(),
        "seconds": first.clock,
        "cpu": first.cpu,
        "memory": memory,
        "again": again.clock,
        "again_cpu": again.cpu,
    } | reads


def selected(**given: str) -> None:
    """Read as the API and the export do."""
    from jquants.reading.rows import read
    from jquants.reading.selection import select
    from jquants.reading.tables import find_table

    table = find_table("daily_quotes")
    assert table is not None
    assert list(read(select(table, {name: [value] for name, value in given.items()})))


def history_of_models() -> None:
    from jquants.models import DailyQuote

    assert list(DailyQuote.objects.adjusted().filter(code=CODE).order_by("date"))


def market_of_models() -> None:
    from jquants.models import DailyQuote

    assert list(DailyQuote.objects.filter(date=DAY).order_by("code"))


READ: dict[str, Callable[[], None]] = {
    "history": partial(selected, code=CODE, adjusted="true"),
    "market": partial(selected, date=DAY.isoformat()),
    "history_of_models": history_of_models,
    "market_of_models": market_of_models,
}


def bare(arguments: argparse.Namespace) -> dict[str, float]:
    """Put the same decoded rows into a table like ours by bare COPY or executemany; only that is timed.

    As favourable as for us: a month a transaction, sorted by key, with the cache and the checkpoints of our load.
    """
    prepare()
    from django.db import connection

    from jquants import upsert
    from jquants.memory import collection_paused

    spent, rows = Timed(0.0, 0.0), 0
    with connection.cursor() as cursor:
        create_bare(cursor)
    with upsert.loading(), collection_paused():
        for names, month in decoded_months():
            spent += timed(partial(write_bare, names, month))
            rows += len(month)
    return {"rows": rows, "seconds": spent.clock, "cpu": spent.cpu}


def create_bare(cursor: Any) -> None:
    from django.db import connection

    if connection.vendor == "postgresql":
        cursor.execute(f"CREATE TABLE {BARE} (LIKE daily_quotes INCLUDING ALL)")
        return
    cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'daily_quotes' AND sql IS NOT NULL")
    for (statement,) in cursor.fetchall():
        cursor.execute(statement.replace("daily_quotes", BARE))


def decoded_months() -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Yield the names of the columns and the rows of each file, sorted by code and day."""
    from jquants import bulk
    from jquants.client import Client
    from jquants.datasets import DAILY_QUOTES
    from jquants.datasets.table import decode
    from jquants.ratelimit import MemoryRateLimiter

    base_url = os.environ["JQUANTS_BASE_URL"]
    with Client(api_key="standin", base_url=base_url, limiter=MemoryRateLimiter("premium")) as client:
        for file in bulk.listed(client, DAILY_QUOTES):
            with bulk.downloaded(client, file) as path:
                tables = [decode(DAILY_QUOTES, rows, day=day) for day, rows in bulk.read(DAILY_QUOTES, path)]
                yield (
                    DAILY_QUOTES.names,
                    sorted(chain.from_iterable(table.rows for table in tables), key=itemgetter(0, 1)),
                )


def write_bare(names: tuple[str, ...], rows: list[Any]) -> None:
    from django.db import connection, transaction

    with transaction.atomic():
        raw = connection.connection
        if connection.vendor == "postgresql":
            with raw.cursor() as cursor, cursor.copy(f"COPY {BARE} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(names))
            raw.executemany(f"INSERT INTO {BARE} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608


def peer(arguments: argparse.Namespace) -> dict[str, float]:
    """Do what users of the official client do: download_bulk, read_csv, to_sql."""
    prepare()
    import jquantsapi  # type: ignore[import-not-found,unused-ignore]
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]

    from benchmarks.ingest import peer_engine

    jquantsapi.ClientV2.JQUANTS_API_BASE = os.environ["JQUANTS_BASE_URL"]
    client, engine = jquantsapi.ClientV2(api_key="standin"), peer_engine()
    keys = list(client.get_bulk_list(endpoint=BARS)["Key"])[-arguments.peer_months :]
    rows = 0

    def load() -> None:
        nonlocal rows
        for key in keys:
            path = f"{folder}/{key}"
            client.download_bulk(key, path)
            frame = pandas.read_csv(path, dtype={"Code": str}, parse_dates=["Date"])
            frame.to_sql(PEER, engine, if_exists="append", index=False)
            rows += len(frame)

    with tempfile.TemporaryDirectory() as folder:
        spent = timed(load)
    return {"rows": rows, "seconds": spent.clock, "cpu": spent.cpu, "memory": peak()}


STAGES: dict[str, Callable[[argparse.Namespace], dict[str, float]]] = {
    "ours": ours,
    "bare": bare,
    "peer": peer,
}


def report(kind: str, rows: int, found: dict[str, dict[str, float]]) -> None:
    mine, bare, peer = (found[stage] for stage in ("ours", "bare", "peer"))
    assert mine["rows"] == rows, f"{mine['rows']} rows are stored, not {rows}"
    print(f"\n{kind}: {rows:,} rows")
    for what, measured, than in (
        ("official client + read_csv + to_sql", peer, ""),
        ("bare COPY / executemany", bare, ""),
        ("our backfill from files", mine, ratios(mine, peer, "peer, aim: over 4")),
        ("", mine, ratios(mine, bare, "bare, aim: over 0.60")),
        (
            "the same again",
            {"rows": rows, "seconds": mine["again"], "cpu": mine["again_cpu"]},
            f"{mine['seconds'] / mine['again']:.2f} x the first, aim: over 1",
        ),
    ):
        figures = f"{measured['rows'] / measured['seconds']:,.0f} rows/s"
        line(what, figures if what else "", f"{micros(measured):5.1f} µs CPU a row  {than}" if what else than)
    line("peak memory", f"{mine['memory']:.0f} MB", f"aim: under 300; official client {peer['memory']:.0f}")
    for name, what, aim in (
        ("history", "adjusted history of an issue", 20),
        ("market", "whole market of a day", 100),
        ("history_of_models", "... history as model instances", 0),
        ("market_of_models", "... market as model instances", 0),
    ):
        line(what, f"{mine[name]:.1f} ms", f"aim: under {aim}" if aim else "")


def line(what: str, figure: str, beside: str) -> None:
    print(f"  {what:38}{figure:>18}  {beside}")


def micros(measured: dict[str, float]) -> float:
    return measured["cpu"] / measured["rows"] * 1e6


def ratios(mine: dict[str, float], other: dict[str, float], aim: str) -> str:
    """Return how many times as fast ours is, by the clock and by the processor."""
    clock = mine["rows"] / mine["seconds"] * other["seconds"] / other["rows"]
    return f"{clock:.2f} (CPU {micros(other) / micros(mine):.2f}) x {aim}"


if __name__ == "__main__":
    main()
