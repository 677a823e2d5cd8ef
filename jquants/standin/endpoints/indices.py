"""GET /indices/bars/daily and /indices/bars/daily/topix.

https://jpx-jquants.com/en/spec/idx-bars-daily and /idx-bars-daily-topix
"""

from collections.abc import Iterator
from datetime import date, time
from typing import Final

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published
from jquants.standin.market import OUTAGE, Market
from jquants.standin.market.calendar import MARKET_OPENS, days_between, is_trading
from jquants.standin.market.indices import INDICES, Bar
from jquants.standin.market.indices import TOPIX as TOPIX_CODE
from jquants.standin.plans import PAID_PLANS, STANDARD_UP
from jquants.standin.questions import Parameters, Question

PUBLISHED_AT: Final = time(16, 30)
PAGE_ROWS: Final = 1_500  # six years of an index: more would take longer than a client waits
PRICES: Final = ("O", "H", "L", "C")


def rows(market: Market, question: Question) -> Iterator[Row]:
    """Codes for Premium do not exist for others."""
    wanted = [question.code] if question.code else list(INDICES)
    indices = [
        index
        for code in wanted
        if (index := INDICES.get(code)) and (question.plan.name == "premium" or not index.is_premium)
    ]
    for day in _days(question):
        text = str(day)
        for index in indices:
            if index.starts <= day <= index.ends:
                bar = _bar(market, index.code, day)
                yield {"Date": text, "Code": index.code, **dict(zip(PRICES, bar, strict=True))}


def topix_rows(market: Market, question: Question) -> Iterator[Row]:
    for day in _days(question):
        yield {"Date": str(day), **dict(zip(PRICES, _bar(market, TOPIX_CODE, day), strict=True))}


def _days(question: Question) -> Iterator[date]:
    first, last = question.span
    newest = last_published(question.moment, PUBLISHED_AT)
    days = days_between(max(first, MARKET_OPENS), min(last or newest, newest))
    return (day for day in days if is_trading(day))


def _bar(market: Market, code: str, day: date) -> Bar:
    session = market.sessions.number(day)
    return market.indices.on_outage(code, session) if day == OUTAGE else market.indices.bar(code, session)


INDEX_BARS: Final = Endpoint(
    path="/indices/bars/daily",
    rows=rows,
    parameters=Parameters(requires=("date", "code"), range_with="code", code=str),
    plans=STANDARD_UP,
    page_rows=PAGE_ROWS,
    published_at=PUBLISHED_AT,
    bulk=BulkFiles(columns=("Date", "Code", *PRICES), rows_an_issue=0.05, bytes_a_row=40),
)
TOPIX: Final = Endpoint(
    path="/indices/bars/daily/topix",
    rows=topix_rows,
    parameters=Parameters(on="", code=None),
    plans=PAID_PLANS,
    page_rows=PAGE_ROWS,
    published_at=PUBLISHED_AT,
    bulk=BulkFiles(columns=("Date", *PRICES), rows_an_issue=0.01, bytes_a_row=40),
)
