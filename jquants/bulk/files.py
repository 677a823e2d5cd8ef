"""Which CSV files there are, and getting them (https://jpx-jquants.com/en/spec/bulk-list)."""

from __future__ import annotations

import gzip
import logging
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from jquants.datasets.dataset import Dataset, Partition
from jquants.errors import UnreadableError

if TYPE_CHECKING:
    from jquants.client import Client

logger = logging.getLogger(__name__)

LIST, GET = "/bulk/list", "/bulk/get"
# What /bulk/list takes, as far as it is more than a day's ticks.
ENDPOINTS = frozenset(
    {
        "/derivatives/bars/daily/futures",
        "/derivatives/bars/daily/options",
        "/derivatives/bars/daily/options/225",
        "/equities/bars/daily",
        "/equities/bars/minute",
        "/equities/investor-types",
        "/equities/master",
        "/equities/trades",
        "/equities/valuation",
        "/fins/details",
        "/fins/dividend",
        "/fins/earnings-date",
        "/fins/summary",
        "/indices/bars/daily",
        "/indices/bars/daily/topix",
        "/markets/breakdown",
        "/markets/calendar",
        "/markets/margin-alert",
        "/markets/margin-interest",
        "/markets/short-ratio",
        "/markets/short-sale-report",
    }
)
FREE = frozenset({"/markets/calendar"})  # the only files of the plan Free
PERIOD = re.compile(r"_(\d{4})(\d{2})(\d{2})?\.csv\.gz", re.ASCII)
MOST_BYTES = 1 << 31  # of a file: the largest month of a data set has a tenth of it
TRIES = 3  # of a download; each with an address of its own, as each is good once


def has_files(dataset: Dataset, plan: str) -> bool:
    """Whether `plan` has CSV files of `dataset`."""
    endpoints = FREE if plan == "free" else ENDPOINTS
    return dataset.path in endpoints


@dataclass(frozen=True)
class File:
    """One CSV file: all of a month, of a day, or (`first` None) of a data set."""

    key: str
    modified_at: datetime
    size: int  # bytes
    first: date | None
    last: date | None

    def covers(self, day: date) -> bool:
        return self.first is not None and self.last is not None and self.first <= day <= self.last

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1 if self.first and self.last else 0


def listed(
    client: Client, dataset: Dataset, first: date | None = None, last: date | None = None
) -> list[File]:
    """Return the files of `dataset` that have days from `first` to `last`, oldest first. Raises JQuantsError."""
    span = {"from": f"{first:%Y-%m}"} if first else {}
    span |= {"to": f"{last:%Y-%m}"} if last else {}
    if dataset.partition is Partition.WHOLE:
        span = {}
    found = [_file(dataset, row) for row in client.rows(LIST, endpoint=dataset.path, **span)]
    return sorted(filter(None, found), key=lambda file: (file.first or date.min, file.key))


def _file(dataset: Dataset, row: dict[str, object]) -> File | None:
    """Return the file of a row of the list; None for one whose name says nothing we know."""
    try:
        key, size = str(row["Key"]), int(str(row["Size"]))
        modified_at = _moment(str(row["LastModified"]))
        first, last = (None, None) if dataset.partition is Partition.WHOLE else _period(key)
    except (KeyError, ValueError):
        logger.warning(
            gettext_noop("%(path)s lists a file that is not understood: %(file)s"),
            {"path": LIST, "file": row},
            extra={"action": "odd_file"},
        )
        return None
    return File(key, modified_at, size, first, last)


def _moment(text: str) -> datetime:
    """Read an ISO 8601 time; one that names no zone is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _period(key: str) -> tuple[date, date]:
    """Return the first and the last day that a file is of. Raises ValueError."""
    match = PERIOD.search(key)
    if match is None:
        raise ValueError(key)
    year, month, day = (int(part) if part else 1 for part in match.groups())
    first = date(year, month, day)
    return (
        (first, first)
        if match[3]
        else (first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    )


def chosen(files: Sequence[File], days: Sequence[date]) -> dict[File, list[date]]:
    """Return the files to read for `days`, each with its days; of several with a day the largest, then the newest."""
    found: dict[File, list[date]] = {}
    for day in days:
        having = [file for file in files if file.covers(day)]
        if having:
            best = max(having, key=lambda file: (file.days, "/premium/" in file.key, file.modified_at))
            found.setdefault(best, []).append(day)
    return found


@contextmanager
def downloaded(client: Client, file: File) -> Iterator[Path]:
    """Yield the file on this machine's disk, whole; it is gone afterwards. Raises JQuantsError."""
    with TemporaryDirectory(prefix="jquants-") as folder:
        path = Path(folder) / "file.csv.gz"
        for left in reversed(range(TRIES)):
            try:
                client.download(GET, {"key": file.key}, path, most_bytes=MOST_BYTES)
                check_gzip(path)
                break
            except UnreadableError:
                if not left:
                    raise
                logger.warning(
                    gettext_noop("%(file)s arrived damaged, trying again"),
                    {"file": file.key},
                    extra={"action": "file_damaged"},
                )
        yield path


def check_gzip(path: Path) -> None:
    """Raise UnreadableError unless the file is whole and nothing but gzip."""
    try:
        with gzip.open(path, "rb") as packed:
            while packed.read(1 << 20):
                pass
    except (EOFError, OSError, zlib.error) as error:
        raise UnreadableError(path=GET, detail=f"the file is not whole: {error}") from error
