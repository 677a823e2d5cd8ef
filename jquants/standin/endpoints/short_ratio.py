"""GET /markets/short-ratio (https://jpx-jquants.com/en/spec/mkt-short-ratio)."""

from collections.abc import Iterator
from datetime import date, time
from typing import Final

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published, sessions_asked
from jquants.standin.market import OUTAGE, Market
from jquants.standin.market.calendar import is_trading
from jquants.standin.market.sectors import SECTOR_33
from jquants.standin.plans import STANDARD_UP
from jquants.standin.questions import Equal, Parameters, Question

PUBLISHED_AT: Final = time(16, 30)
# The sums of a sector are taken over its issues: a page must be made within a client's patience.
PAGE_ROWS: Final = 100


def rows(market: Market, question: Question) -> Iterator[Row]:
    wanted = question.wanted("S33")
    codes = SECTOR_33 if wanted is None else SECTOR_33.keys() & {wanted}
    for session in sessions_asked(market, question, last_published(question.moment, PUBLISHED_AT)):
        text = str(market.sessions.days[session])
        for code in codes:
            sector = market.flows.sector(code, session)
            yield {
                "Date": text,
                "S33": code,
                "SellExShortVa": sector.long,
                "ShrtWithResVa": sector.restricted,
                "ShrtNoResVa": sector.free,
            }


def stood_not_still(day: date) -> bool:
    return is_trading(day) and day != OUTAGE


def four_digits(text: str) -> str:
    """0050 may be written 50."""
    return text.zfill(4)


SHORT_RATIO: Final = Endpoint(
    path="/markets/short-ratio",
    rows=rows,
    parameters=Parameters(
        requires=("date", "s33"), range_with="s33", code=None, equal={"s33": Equal("S33", four_digits)}
    ),
    plans=STANDARD_UP,
    page_rows=PAGE_ROWS,
    published_at=PUBLISHED_AT,
    publishes=stood_not_still,
    bulk=BulkFiles(
        columns=("Date", "S33", "SellExShortVa", "ShrtWithResVa", "ShrtNoResVa"),
        rows_an_issue=0.01,
        bytes_a_row=60,
    ),
)
