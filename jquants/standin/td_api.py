"""GET /td/files and /td/bulk, and the addresses their files are downloaded from.

https://jpx-jquants.com/en/spec/td-files and td-bulk
"""

import csv
import io
import secrets
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from threading import Lock
from typing import Final

from jquants.standin import refusals
from jquants.standin.endpoints import Row
from jquants.standin.endpoints.td import COLUMNS, TD_LIST
from jquants.standin.market.calendar import MARKET_OPENS, ONE_DAY, days_between, is_trading, trading_day_from
from jquants.standin.plans import Plan
from jquants.standin.questions import Question
from jquants.standin.replies import Reply
from jquants.standin.sources import Source

FILES: Final = "/_files/td/"
URL_SECONDS: Final = 15 * 60
KINDS: Final = {"g": "pdf", "s": "summaryPdf", "x": "xbrl"}
PDF_TYPE, ZIP_TYPE, GZIP_TYPE = "application/pdf", "application/zip", "binary/octet-stream"
BULK_AT: Final = time(8)  # UTC


class TdApi:
    def __init__(
        self, source: Source, *, plan: Plan, now: Callable[[], datetime], clock: Callable[[], float]
    ) -> None:
        self._source = source
        self._plan = plan
        self._now = now
        self._clock = clock
        self._lock = Lock()
        self._signed: dict[
            str, tuple[Callable[[], Reply], float]
        ] = {}  # what makes the file, when it expires

    def files(self, parameters: Mapping[str, str], host: str) -> Reply:
        """An address for each file that is asked for; null for a kind the document lacks."""
        self._check_plan()
        if not (number := parameters.get("discNo")):
            raise refusals.parameter_missing(("discNo",))
        if (row := self._document(number)) is None:
            raise refusals.no_such_file()
        asked = [kind for kind in parameters.get("docs", "").split(",") if kind in KINDS] or [*KINDS]
        files = {
            KINDS[kind]: self._sign(_made(kind, row), host) if kind in row["Docs"] else None for kind in asked
        }
        return Reply.json({"discNo": number, "files": files})

    def bulk(self, host: str) -> Reply:
        self._check_plan()
        today = self._now().astimezone(UTC)
        day = today.date() if today.time() >= BULK_AT else today.date() - ONE_DAY
        url = self._sign(lambda: Reply(200, self._five_years(day), GZIP_TYPE), host)
        return Reply.json({"lastUpdated": f"{datetime.combine(day, BULK_AT).isoformat()}Z", "url": url})

    def download(self, parameters: Mapping[str, str]) -> Reply:
        """Needs no key; the address is good for a quarter of an hour."""
        with self._lock:
            make, expires = self._signed.get(parameters.get("X-Amz-Signature", ""), (None, 0.0))
        if make is None or self._clock() >= expires:
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
        return make()

    def _check_plan(self) -> None:
        if not TD_LIST.is_open_to(self._plan):
            raise refusals.not_in_plan()

    def _document(self, number: str) -> Row | None:
        """Its number begins with the day it was handed in, which may be the one before its disclosure."""
        try:
            day = date.fromisoformat(number[:8])
        except ValueError:
            return None
        days = (day, trading_day_from(day + ONE_DAY))
        rows = (row for day in days for row in self._rows(day))
        return next((row for row in rows if row["DiscNo"] == number), None)

    def _rows(self, day: date) -> list[Row]:
        moment = self._now()
        window = TD_LIST.window(self._plan, moment.date())
        if day not in window:
            return []
        return list(self._source.rows(TD_LIST, Question(self._plan, moment, window, on=day)))

    def _five_years(self, last: date) -> bytes:
        packer = zlib.compressobj(level=1, wbits=zlib.MAX_WBITS | 16)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        packed = []
        first = max(TD_LIST.window(self._plan, last).first, MARKET_OPENS)
        for day in filter(is_trading, days_between(first, last)):
            writer.writerows([row.get(column) for column in COLUMNS] for row in self._rows(day))
            packed.append(packer.compress(text.getvalue().encode()))
            text.seek(0)
            text.truncate()
        return b"".join((*packed, packer.flush()))

    def _sign(self, make: Callable[[], Reply], host: str) -> str:
        signature = secrets.token_hex(16)
        now = self._clock()
        with self._lock:
            self._signed = {text: entry for text, entry in self._signed.items() if entry[1] > now}
            self._signed[signature] = (make, now + URL_SECONDS)
        return f"http://{host}{FILES}{signature[:8]}?X-Amz-Expires={URL_SECONDS}&X-Amz-Signature={signature}"


def _made(kind: str, row: Row) -> Callable[[], Reply]:
    if kind == "x":
        return lambda: Reply(200, _archive(row), ZIP_TYPE)
    return lambda: Reply(200, _pdf(f"{row['Code']} {row['DiscNo']} {KINDS[kind]}"), PDF_TYPE)


def _archive(row: Row) -> bytes:
    """With one instance document, as XBRL comes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            f"XBRLData/Summary/tse-{row['DiscNo']}.xbrl",
            f'<?xml version="1.0" encoding="UTF-8"?>\n<xbrl xmlns="http://www.xbrl.org/2003/instance"><!-- {row["Code"]} -->'
            "</xbrl>\n",
        )
    return content.getvalue()


def _pdf(line: str) -> bytes:
    """One page with one line."""
    stream = f"BT /F1 18 Tf 72 720 Td ({line}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    )
    content, offsets = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 6\n0000000000 65535 f \n%s" % table
    return content + head + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(content)
