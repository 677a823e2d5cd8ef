"""The CSV files of a J-Quants that has years of daily bars, on this machine."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

BARS = "/equities/bars/daily"
LAST_MONTH = date(2026, 10, 1)


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
    moment = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
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
