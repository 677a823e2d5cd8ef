"""GET /fins/summary, /fins/details, /fins/earnings-date and /fins/dividend.

https://jpx-jquants.com/en/spec/fin-summary, fin-details, fin-earnings-date, fin-dividend and data-update
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from jquants.standin.companies import announcements
from jquants.standin.companies.announcements import Announcement
from jquants.standin.companies.documents import Document, Kind
from jquants.standin.companies.filings import Event, Index
from jquants.standin.companies.reports import reports
from jquants.standin.companies.summary import KEYS
from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published
from jquants.standin.limits import Bucket
from jquants.standin.market import Market
from jquants.standin.market.calendar import MARKET_OPENS, ONE_DAY
from jquants.standin.plans import PAID_PLANS, PREMIUM
from jquants.standin.questions import BY_CODE_OR_DATE, Equal, Parameters, Question, parse_date

PRELIMINARY_AT: Final = time(18, 0)
FINAL_AT: Final = time(0, 30)  # of the next day: 24:30
# Not in the preliminary figures: what came later than this, and the cash flows of some.
PRELIMINARY_UNTIL: Final = "17:00:00"
LATER_KEYS: Final = ("CFO", "CFI", "CFF", "CashEq")
CAPTURE: Final = timedelta(minutes=3)  # after the disclosure, for Premium
BY_CODE_OR_DISCLOSURE: Final = Parameters(requires=("date", "code"), since="", until="")
STATEMENTS_A_MINUTE: Final = 60


def events(index: Index[Event], question: Question) -> list[Event]:
    """Of the day or the company asked for, within what may be answered; whether published yet or not."""
    first, last = question.span
    last = last or question.today
    if question.code:
        return index.of(question.code, max(first, MARKET_OPENS), last) if first <= last else []
    return index.on(first) if first == last else []


def summary_rows(market: Market, question: Question) -> list[Row]:
    told = reports(market).summary
    return [
        _preliminary(told.row(document)) if _is_preliminary(document, question) else dict(told.row(document))
        for document in _disclosed(market, question)
    ]


def details_rows(market: Market, question: Question) -> Iterator[Row]:
    details = reports(market).details
    return (
        details.row(document) for document in _disclosed(market, question) if document.kind is Kind.STATEMENT
    )


def _disclosed(market: Market, question: Question) -> list[Document]:
    """What can be seen, in the order of numbers."""
    seen = [
        document
        for document in events(reports(market).documents, question)
        if _is_seen(_seen_at(document, question), question)
    ]
    return sorted(seen, key=lambda document: document.number)


def _is_seen(at: datetime, question: Question) -> bool:
    return at <= question.moment and (question.after is None or at > question.after)


def _seen_at(document: Document, question: Question) -> datetime:
    day, zone = date.fromordinal(document.day), question.moment.tzinfo
    if question.plan.name == "premium":
        return datetime.combine(day, time.fromisoformat(document.time), zone) + CAPTURE
    if document.time < PRELIMINARY_UNTIL:
        return datetime.combine(day, PRELIMINARY_AT, zone)
    return datetime.combine(day + ONE_DAY, FINAL_AT, zone)


def _is_preliminary(document: Document, question: Question) -> bool:
    if question.plan.name == "premium" or document.filing.company.number % 50:
        return False
    final = date.fromordinal(document.day) + ONE_DAY
    return question.moment < datetime.combine(final, FINAL_AT, question.moment.tzinfo)


def _preliminary(row: Row) -> Row:
    return {**row, **dict.fromkeys(LATER_KEYS, "")}


def announced_rows(market: Market, question: Question) -> list[Row]:
    published = last_published(question.moment, EARNINGS_DATE.published_at).toordinal()
    found = _scheduled(market, question) or events(reports(market).announcements, question)
    return [announcements.row(one) for one in found if one.day <= published and _in_window(one, question)]


def _scheduled(market: Market, question: Question) -> list[Announcement]:
    """Those valid now of a day on which companies report."""
    if not (day := question.wanted_day("SchDate")):
        return []
    known = last_published(question.moment, EARNINGS_DATE.published_at).toordinal()
    appointments = reports(market).appointments.on(day)
    return [one.announcement for one in appointments if known <= one.announcement.valid_until]


def _in_window(one: Announcement, question: Question) -> bool:
    return date.fromordinal(one.day) in question.window


def dividend_rows(market: Market, question: Question) -> list[Row]:
    """Notices are collected every hour."""
    told = reports(market).dividends
    rows = [dict(told.row(notice)) for notice in events(reports(market).notices, question)]
    return [row for row in rows if _collected_at(row, question) <= question.moment]


def _collected_at(row: Row, question: Question) -> datetime:
    hour = time(int(row["PubTime"][:2]) + 1)
    return datetime.combine(date.fromisoformat(row["PubDate"]), hour, question.moment.tzinfo)


def crowd(day: date) -> int:
    """How many rows the companies that report on a day have, at most."""
    quarter_ended = day.month % 3 == 1  # last month, for most of them
    if day.month % 3 == 2 and day.day <= 16:
        return 1_400 if day.day >= 5 else 700
    return 700 if quarter_ended and day.day >= 20 else 160


def _as_dict_text(row: Row) -> Row:
    return {**row, "FS": str(row["FS"])}


SUMMARY: Final = Endpoint(
    path="/fins/summary",
    rows=summary_rows,
    parameters=BY_CODE_OR_DISCLOSURE,
    day="DiscDate",
    bucket=Bucket("/fins/summary", STATEMENTS_A_MINUTE),
    is_live=True,
    cursor_plans=PREMIUM,
    published_at=PRELIMINARY_AT,
    bulk=BulkFiles(columns=KEYS, rows_on=crowd, bytes_a_row=150),
)
DETAILS: Final = Endpoint(
    path="/fins/details",
    rows=details_rows,
    parameters=BY_CODE_OR_DISCLOSURE,
    day="DiscDate",
    plans=PREMIUM,
    bucket=Bucket("/fins/details", STATEMENTS_A_MINUTE),
    is_live=True,
    cursor_plans=PREMIUM,
    published_at=PRELIMINARY_AT,
    bulk=BulkFiles(
        columns=("DiscDate", "DiscTime", "Code", "DiscNo", "DocType", "FS"),
        cells=_as_dict_text,
        rows_on=crowd,
        bytes_a_row=220,
    ),
)
EARNINGS_DATE: Final = Endpoint(
    path="/fins/earnings-date",
    rows=announced_rows,
    parameters=Parameters(
        exactly_one=("code", "date", "scheduled_date"),
        since="",
        until="",
        equal={
            "scheduled_date": Equal("SchDate", lambda text: str(parse_date("scheduled_date", text))),
        },
    ),
    day="PubDate",
    plans=PAID_PLANS,
    published_at=time(10, 5),
    bulk=BulkFiles(
        columns=("PubDate", "SchDate", "FQName", "FYE", "Code", "CoName", "CoNameEn"), rows_an_issue=0.2
    ),
)
DIVIDEND: Final = Endpoint(
    path="/fins/dividend",
    rows=dividend_rows,
    parameters=BY_CODE_OR_DATE,
    day="PubDate",
    plans=PREMIUM,
    is_live=True,
    published_at=time(19, 0),
    bulk=BulkFiles(
        columns=(
            *("PubDate", "PubTime", "Code", "RefNo", "StatCode", "BoardDate", "IFCode", "FRCode", "IFTerm"),
            *("DivRate", "RecDate", "ExDate", "ActRecDate", "PayDate", "CARefNo"),
            *("DistAmt", "RetEarn", "DeemDiv", "DeemCapGains", "NetAssetDecRatio"),
            *("CommSpecCode", "CommDivRate", "SpecDivRate"),
        ),
        rows_on=crowd,
    ),
)
