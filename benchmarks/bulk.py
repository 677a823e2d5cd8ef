"""Years of daily bars from CSV files into the database, read back, and fetched again.

    .venv-benchmark/bin/python benchmarks/bulk.py [--years 10] [--peer-months 3] [--kind sqlite|postgresql]

The environment is that of benchmarks/ingest.py. The files are written first, with the days of a market of the
stand-in, and served from this machine. Each contender runs in a process of its own on the same database server, so
that its peak memory is its own. Ten years are about ten million rows; ratios and aims are printed beside the figures.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # not this folder, in which other names of the project are files

KINDS = ("sqlite", "postgresql")
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LAST_MONTH = date(2026, 10, 1)
BARS = "/equities/bars/daily"
BARE, PEER = "bare_quotes", "peer_quotes"
READS = 7  # of which the median counts


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


# --- Files ----------------------------------------------------------------------------------------------


def write_files(folder: Path, months: int) -> int:
    """Write a file a month, the newest LAST_MONTH; return how many rows there are."""
    from jquants.standin.bulk import ALL_TIME
    from jquants.standin.endpoints import ENDPOINTS
    from jquants.standin.market import market
    from jquants.standin.plans import PLANS
    from jquants.standin.questions import Question
    from jquants.standin.sources import Generated

    endpoint, source = ENDPOINTS[BARS], Generated(market(1))
    columns = endpoint.bulk.layout("standard")  # type: ignore[union-attr]
    moment = NOW.astimezone()
    bodies = []
    for day in (date(2026, 10, 5) + timedelta(days=days) for days in range(5)):
        question = Question(PLANS["standard"], moment, ALL_TIME, on=day)
        lines = [
            ",".join("" if row[key] is None else str(row[key]) for key in columns)
            for row in source.rows(endpoint, question)
        ]
        bodies.append(("\n".join(lines) + "\n", day.isoformat(), len(lines)))
    rows, month = 0, LAST_MONTH
    for _ in range(months):
        with gzip.open(folder / f"equities_bars_daily_{month:%Y%m}.csv.gz", "wt", compresslevel=1) as file:
            file.write(",".join(columns) + "\n")
            for number, day in enumerate(trading_days(month)):
                body, written, count = bodies[number % len(bodies)]
                file.write(body.replace(written, day.isoformat()))
                rows += count
        month = (month - timedelta(days=1)).replace(day=1)
    return rows


def trading_days(month: date) -> Iterator[date]:
    from jpholiday import is_holiday

    days = (month + timedelta(days=offset) for offset in range(31))
    return (
        day
        for day in days
        if day.month == month.month
        and day.weekday() < 5
        and not is_holiday(day)
        and (day.month, day.day) not in {(12, 31), (1, 2), (1, 3)}
    )


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve /bulk/list, /bulk/get and the files themselves."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v2"
    server.shutdown()


class Files(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, folder: Path, *arguments: Any) -> None:
        self.folder = folder
        super().__init__(*arguments)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/v2/bulk/list":
            self.send(
                json.dumps({"data": [self.listing(path) for path in sorted(self.folder.iterdir())]}).encode()
            )
        elif parts.path == "/v2/bulk/get":
            [key] = parse_qs(parts.query)["key"]
            self.send(json.dumps({"url": f"http://{self.headers['Host']}/files/{key}"}).encode())
        else:
            self.send((self.folder / parts.path.rpartition("/")[2]).read_bytes())

    def listing(self, path: Path) -> dict[str, Any]:
        return {"Key": path.name, "LastModified": "2026-11-10T07:30:00.000Z", "Size": path.stat().st_size}

    def send(self, body: bytes) -> None:
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


# --- Contenders, a process each -------------------------------------------------------------------------


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


def timed(task: Callable[[], Any]) -> float:
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


def peak() -> float:
    """Return the most memory this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
    code, day = "72030", LAST_MONTH + timedelta(days=4)
    reads = {
        name: statistics.median(timed(partial(read, rows)) for _ in range(READS)) * 1000
        for name, rows in {
            "history_ms": DailyQuote.objects.adjusted().filter(code=code).order_by("date"),
            "market_ms": DailyQuote.objects.filter(date=day).order_by("code"),
        }.items()
    }
    return {"rows": DailyQuote.objects.count(), "seconds": first, "memory": memory, "again": again} | reads


def read(rows: Any) -> None:
    list(rows.all())


def bare(arguments: argparse.Namespace) -> dict[str, float]:
    """Put the same decoded rows into a table like ours by bare COPY or executemany; only that is timed.

    As favourable as for us: a month a transaction, sorted by key, with the cache and the checkpoints of our load.
    """
    prepare()
    from django.db import connection

    from jquants import upsert
    from jquants.memory import collection_paused

    seconds, rows = 0.0, 0
    with connection.cursor() as cursor:
        create_bare(cursor)
    with upsert.loading(), collection_paused():
        for names, month in decoded_months():
            seconds += timed(partial(write_bare, names, month))
            rows += len(month)
    return {"rows": rows, "seconds": seconds}


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
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for key in keys:
            path = f"{folder}/{key}"
            client.download_bulk(key, path)
            frame = pandas.read_csv(path, dtype={"Code": str}, parse_dates=["Date"])
            frame.to_sql(PEER, engine, if_exists="append", index=False)
            rows += len(frame)
    return {"rows": rows, "seconds": time.perf_counter() - started, "memory": peak()}


STAGES: dict[str, Callable[[argparse.Namespace], dict[str, float]]] = {
    "ours": ours,
    "bare": bare,
    "peer": peer,
}


def report(kind: str, rows: int, found: dict[str, dict[str, float]]) -> None:
    rate = {stage: values["rows"] / values["seconds"] for stage, values in found.items()}
    mine = found["ours"]
    assert mine["rows"] == rows, f"{mine['rows']} rows are stored, not {rows}"
    print(f"\n{kind}: {rows:,} rows")
    for what, figure, beside in (
        (
            "official client + read_csv + to_sql",
            f"{rate['peer']:,.0f} rows/s",
            f"{found['peer']['memory']:.0f} MB",
        ),
        ("bare COPY / executemany", f"{rate['bare']:,.0f} rows/s", ""),
        (
            "our backfill from files",
            f"{rate['ours']:,.0f} rows/s",
            f"{rate['ours'] / rate['peer']:.2f} x peer (aim: over 4), "
            f"{rate['ours'] / rate['bare']:.2f} x bare (aim: over 0.60)",
        ),
        ("its peak memory", f"{mine['memory']:.0f} MB", "aim: under 300"),
        (
            "the same again",
            f"{rows / mine['again']:,.0f} rows/s",
            f"{mine['seconds'] / mine['again']:.2f} x the first (aim: over 1)",
        ),
        ("adjusted history of an issue", f"{mine['history_ms']:.1f} ms", "aim: under 20"),
        ("whole market of a day", f"{mine['market_ms']:.1f} ms", "aim: under 100"),
    ):
        print(f"  {what:38}{figure:>18}  {beside}")


if __name__ == "__main__":
    main()
