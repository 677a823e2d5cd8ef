"""The add-on for minute bars and ticks: GET /equities/bars/minute, and the files of /equities/trades.

https://jpx-jquants.com/en/spec/eq-bars-minute
"""

from collections.abc import Iterator
from datetime import time
from typing import Final

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published, sessions_asked
from jquants.standin.limits import Bucket
from jquants.standin.market import Market
from jquants.standin.plans import PAID_PLANS
from jquants.standin.questions import BY_CODE_OR_DATE, Question

PUBLISHED_AT: Final = time(16, 30)
ADDON: Final = "minute"
YEARS: Final = 2
NOON: Final = 12 * 3600.0
BUCKET: Final = Bucket("minute", 60, is_apart=True)
MORNING, AFTERNOON = "01", "02"


def minute_rows(market: Market, question: Question) -> Iterator[Row]:
    for session in sessions_asked(market, question, last_published(question.moment, PUBLISHED_AT)):
        day = market.sessions.days[session]
        text = str(day)
        for issue in market.listed(day, question.code):
            for minute in market.trades.minutes(issue, session):
                yield {
                    "Date": text,
                    "Time": f"{minute.number // 60:02}:{minute.number % 60:02}",
                    "Code": issue.code,
                    "O": minute.open,
                    "H": minute.high,
                    "L": minute.low,
                    "C": minute.close,
                    "Vo": minute.volume,
                    "Va": minute.value,
                }


def trade_rows(market: Market, question: Question) -> Iterator[Row]:
    """Numbered through the issue's day."""
    for session in sessions_asked(market, question, last_published(question.moment, PUBLISHED_AT)):
        day = market.sessions.days[session]
        text = str(day)
        for issue in market.listed(day, question.code):
            for number, trade in enumerate(market.trades.of(issue, session), 1):
                yield {
                    "Date": text,
                    "Code": issue.code,
                    "Time": clock_time(trade.at),
                    "SessionDistinction": MORNING if trade.at < NOON else AFTERNOON,
                    "Price": trade.price,
                    "TradingVolume": trade.lots * issue.lot,
                    "TransactionId": f"{number:012}",
                }


def clock_time(seconds: float) -> str:
    """HH:MM:SS.ffffff"""
    whole = int(seconds)
    microseconds = int((seconds - whole) * 1_000_000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{microseconds:06}"


MINUTES: Final = Endpoint(
    path="/equities/bars/minute",
    rows=minute_rows,
    parameters=BY_CODE_OR_DATE,
    plans=PAID_PLANS,
    addon=ADDON,
    years=YEARS,
    bucket=BUCKET,
    published_at=PUBLISHED_AT,
    bulk=BulkFiles(
        columns=("Date", "Time", "Code", "O", "H", "L", "C", "Vo", "Va"), rows_an_issue=70, bytes_a_row=22
    ),
)
TRADES: Final = Endpoint(
    path="/equities/trades",
    rows=trade_rows,
    is_file_only=True,
    plans=PAID_PLANS,
    addon=ADDON,
    years=YEARS,
    published_at=PUBLISHED_AT,
    bulk=BulkFiles(
        columns=("Date", "Code", "Time", "SessionDistinction", "Price", "TradingVolume", "TransactionId"),
        rows_an_issue=80,
        bytes_a_row=20,
    ),
)
