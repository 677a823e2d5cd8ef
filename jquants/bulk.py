"""The CSV files of J-Quants: which there are, and what is in them (https://jpx-jquants.com/en/spec/bulk-list)."""

from __future__ import annotations

import csv
import gzip
import logging
import marshal
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from jquants.datasets.answer import CsvRows
from jquants.datasets.dataset import Dataset, Partition
from jquants.datasets.errors import WrongHeaderError, WrongLineError
from jquants.errors import MalformedError, UnreadableError

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
LONGEST_CELL = 16 << 20  # characters
MOST_IN_MEMORY = (
    4 << 20
)  # bytes of a file as it comes: a month of the whole market's daily bars has half of it
LINES_A_PIECE = 20_000

csv.field_size_limit(LONGEST_CELL)


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
        modified_at = datetime.fromisoformat(str(row["LastModified"]))
        first, last = (None, None) if dataset.partition is Partition.WHOLE else _period(key)
    except (KeyError, ValueError):
        logger.warning("%s lists a file that is not understood: %s", LIST, row, extra={"action": "odd_file"})
        return None
    return File(key, modified_at, size, first, last)


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
                logger.warning("%s arrived damaged, trying again", file.key, extra={"action": "file_damaged"})
        yield path


def check_gzip(path: Path) -> None:
    """Raise UnreadableError unless the file is whole and nothing but gzip."""
    try:
        with gzip.open(path, "rb") as packed:
            while packed.read(1 << 20):
                pass
    except (EOFError, OSError, zlib.error) as error:
        raise UnreadableError(path=GET, detail=f"the file is not whole: {error}") from error


def read(dataset: Dataset, path: Path) -> Iterator[tuple[date | None, CsvRows]]:
    """Yield what a file has of each day, oldest first; of a whole data set all at once, with None.

    The days of a large file lie beside it on the disk until their turn comes, whatever the order of its lines.
    Raises WrongHeaderError and WrongLineError, which say what is wrong with the file, before anything is yielded.
    """
    pieces = _pieces(dataset, path)
    [header] = next(pieces)
    if dataset.partition is Partition.WHOLE:
        yield None, CsvRows(header, list(chain.from_iterable(pieces)))
        return
    position = header.index(_day_key(dataset))
    is_large = path.stat().st_size > MOST_IN_MEMORY
    by_day: _Days = _DaysOnDisk(path.with_name("days")) if is_large else _DaysInMemory()
    for piece in pieces:
        for text, lines in _grouped(piece, position).items():
            by_day.add(text, lines)
    days = {_day(dataset, text): text for text in by_day.texts}
    for day in sorted(days):
        yield day, CsvRows(header, by_day.pop(days[day]))


Lines = list[list[str]]


def _grouped(lines: Lines, position: int) -> dict[str, Lines]:
    found: dict[str, Lines] = {}
    for line in lines:
        found.setdefault(line[position], []).append(line)
    return found


class _Days(Protocol):
    """The lines of each day of a file."""

    @property
    def texts(self) -> Iterable[str]: ...

    def add(self, text: str, lines: Lines) -> None: ...

    def pop(self, text: str) -> Lines: ...


class _DaysInMemory:
    def __init__(self) -> None:
        self._lines: dict[str, Lines] = {}

    @property
    def texts(self) -> Iterable[str]:
        return self._lines.keys()

    def add(self, text: str, lines: Lines) -> None:
        self._lines.setdefault(text, []).extend(lines)

    def pop(self, text: str) -> Lines:
        return self._lines.pop(text)


class _DaysOnDisk:
    """A file a day in `folder`, numbered: what a line calls its day is no name to trust."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._paths: dict[str, Path] = {}

    @property
    def texts(self) -> Iterable[str]:
        return self._paths.keys()

    def add(self, text: str, lines: Lines) -> None:
        path = self._paths.setdefault(text, self._folder / str(len(self._paths)))
        with path.open("ab") as file:
            marshal.dump(lines, file, 2)  # without back references, which take longer

    def pop(self, text: str) -> Lines:
        path, lines = self._paths.pop(text), Lines()
        with path.open("rb") as file:
            while file.peek(1):
                lines += marshal.load(file)  # noqa: S302 - our own file of a moment ago
        path.unlink()
        return lines


def _pieces(dataset: Dataset, path: Path) -> Iterator[Lines]:
    """Yield the header alone, then the lines, some thousands at a time."""
    try:
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            header = next(reader, [])
            _check_header(dataset, header)
            yield [header]
            first = 2
            while lines := list(islice(reader, LINES_A_PIECE)):
                yield _checked_lines(dataset, list(filter(None, lines)), len(header), first)
                first += len(lines)
    except UnicodeDecodeError as error:
        raise MalformedError(
            path=GET, detail=f"the file of {dataset.slug} is not UTF-8: {error.reason}"
        ) from error
    except csv.Error as error:
        raise MalformedError(path=GET, detail=f"the file of {dataset.slug} is no CSV: {error}") from error


def _checked_lines(dataset: Dataset, lines: Lines, cells: int, first: int) -> Lines:
    if set(map(len, lines)) - {cells}:
        number, wrong = next((n, line) for n, line in enumerate(lines, first) if len(line) != cells)
        raise WrongLineError(
            path=GET, dataset=dataset.slug, line=str(number), cells=str(len(wrong)), expected=str(cells)
        )
    return lines


def _check_header(dataset: Dataset, header: Sequence[str]) -> None:
    needed = {column.key for column in dataset.columns if not column.optional}
    lacking = sorted(key for key in needed - set(header) if key.split(".")[0] not in dataset.spread)
    twice = sorted({key for key in header if header.count(key) > 1})
    if lacking or twice:
        raise WrongHeaderError(
            path=GET, dataset=dataset.slug, lacking=", ".join(lacking) or "-", twice=", ".join(twice) or "-"
        )


def _day_key(dataset: Dataset) -> str:
    return next(column.key for column in dataset.columns if column.name == dataset.day_column)


def _day(dataset: Dataset, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MalformedError(
            path=GET, detail=f"the file of {dataset.slug} has a day that is none: {text[:40]}"
        ) from None
