"""The CSV files of /bulk/list and /bulk/get (https://jpx-jquants.com/en/spec/bulk-list): which there are, and what is in them."""

import csv
import io
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, takewhile
from typing import Final

from jquants.standin import refusals
from jquants.standin.endpoints import BulkFiles, Endpoint, Row
from jquants.standin.plans import Plan, Window
from jquants.standin.questions import Question, parse_date
from jquants.standin.sources import Source

EARLY_DAYS: Final = 9  # of a month, in which the month before is still kept as daily files
WRITTEN_AT: Final = time(7, 30)  # UTC: half past four in Tokyo
MONTH: Final = re.compile(r"(\d{4})-?(\d{2})", re.ASCII)
DAYS_AHEAD: Final = 800  # of the calendar, at most
HEADER_BYTES: Final = 1024
BYTES_A_CELL: Final = 3  # compressed; more than any data set takes
# Magic, deflate, flag "comment follows", no time, fastest, made on Unix.
GZIP_WITH_COMMENT: Final = b"\x1f\x8b\x08\x10\0\0\0\0\x04\x03"
ALL_TIME: Final = Window(date.min, None)


@dataclass(frozen=True, slots=True)
class File:
    endpoint: Endpoint
    bulk: BulkFiles
    key: str
    days: tuple[date, ...]  # that it has rows of; empty for the one file of a data set
    modified: str
    size: int  # bytes

    def listing(self) -> Row:
        return {"Key": self.key, "LastModified": self.modified, "Size": self.size}


class Shelf:
    """The files a plan may read at a moment."""

    def __init__(self, source: Source, plan: Plan, moment: datetime) -> None:
        self._source = source
        self._plan = plan
        self._moment = moment

    def may_read(self, endpoint: Endpoint) -> bool:
        return (
            endpoint.bulk is not None
            and endpoint.is_open_to(self._plan)
            and self._plan.name in endpoint.bulk.plans
        )

    def files(self, endpoint: Endpoint, first: date = date.min, last: date = date.max) -> list[File]:
        """Those with rows of the span, oldest first. Raises Refusal (403) when the plan lacks them."""
        bulk = endpoint.bulk
        if bulk is None or not self.may_read(endpoint):
            raise refusals.not_in_plan()
        today = self._moment.date()
        if bulk.single:
            whole = self._file(endpoint, bulk, f"live/{{}}_{today:%Y%m%d}", (), today)
            return [whole] if (first, last) == (date.min, date.max) else []
        begins = max(endpoint.window(self._plan, today).first, first).replace(day=1)
        months = groupby(
            self._source.days(endpoint, begins, self._moment), key=lambda day: day.replace(day=1)
        )
        wanted = takewhile(lambda month: month[0] <= last, months)
        files = [
            file for month, group in wanted for file in self._of_month(endpoint, bulk, month, tuple(group))
        ]
        return [file for file in files if file.days[0] <= last and first <= file.days[-1]]

    def content(self, file: File) -> bytes:
        """The gzip file, as long as its listing says."""
        return padded_gzip(self._text(file), file.size)

    def _text(self, file: File) -> Iterator[bytes]:
        """The CSV, a question at a time: a month of ticks is larger than a machine likes to hold."""
        columns = file.bulk.layout(self._plan.name)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        cells = file.bulk.cells
        for question in self._questions(file):
            rows = self._source.rows(file.endpoint, question)
            writer.writerows([row.get(column) for column in columns] for row in map(cells, rows))
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()

    def _questions(self, file: File) -> list[Question]:
        plan, moment = self._plan, self._moment
        if file.days:
            return [Question(plan, moment, ALL_TIME, on=day) for day in file.days]
        return [Question(plan, moment, plan.window(moment.date()))]

    def _of_month(
        self, endpoint: Endpoint, bulk: BulkFiles, month: date, days: tuple[date, ...]
    ) -> Iterator[File]:
        today = self._moment.date()
        written = (month + timedelta(days=31)).replace(day=EARLY_DAYS + 1)
        if today < written:
            for day in days:
                yield self._file(endpoint, bulk, f"live/{{}}_{day:%Y%m%d}", (day,), day)
        else:
            yield self._file(endpoint, bulk, f"historical/{month:%Y}/{{}}_{month:%Y%m}", days, written)

    def _file(
        self, endpoint: Endpoint, bulk: BulkFiles, place: str, days: tuple[date, ...], written: date
    ) -> File:
        folder = endpoint.path.strip("/") + ("/premium" if bulk.has_premium_files(self._plan.name) else "")
        return File(
            endpoint=endpoint,
            bulk=bulk,
            key=f"{folder}/{place.format(endpoint.name)}.csv.gz",
            days=days,
            modified=f"{datetime.combine(written, WRITTEN_AT).isoformat()}.000Z",
            size=self._room(endpoint, bulk, days),
        )

    def _room(self, endpoint: Endpoint, bulk: BulkFiles, days: tuple[date, ...]) -> int:
        rows = self._source.most_rows(endpoint, list(days)) if days else self._plan.years * 366 + DAYS_AHEAD
        return HEADER_BYTES + rows * (bulk.bytes_a_row or len(bulk.layout(self._plan.name)) * BYTES_A_CELL)


def parse_span(name: str, text: str) -> tuple[date, date]:
    """First and last day of YYYY-MM, YYYYMM, YYYY-MM-DD or YYYYMMDD; raises Refusal (400)."""
    if not (match := MONTH.fullmatch(text)):
        day = parse_date(name, text)
        return day, day
    first = parse_date(name, f"{match[1]}{match[2]}01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def padded_gzip(content: Iterable[bytes], size: int) -> bytes:
    """A gzip file of `size` bytes when its content fits.

    A listing tells the sizes of ten years of files, which would take minutes to build; so a size is a
    generous guess, and a comment in the file's header (RFC 1952, 2.3) fills the rest.
    """
    packer = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
    parts, checksum, length = [], 0, 0
    for part in content:
        parts.append(packer.compress(part))
        checksum = zlib.crc32(part, checksum)
        length += len(part)
    packed = b"".join((*parts, packer.flush()))
    tail = struct.pack("<II", checksum, length & 0xFFFFFFFF)
    blank = max(size - len(GZIP_WITH_COMMENT) - 1 - len(packed) - len(tail), 0)
    return GZIP_WITH_COMMENT + b" " * blank + b"\0" + packed + tail
