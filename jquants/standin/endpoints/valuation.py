"""GET /equities/valuation (https://jpx-jquants.com/en/spec/eq-valuation)."""

from collections.abc import Iterator
from datetime import time
from typing import Final

from jquants.standin.companies.reports import reports
from jquants.standin.companies.valuation import KEYS
from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published
from jquants.standin.market import Market
from jquants.standin.market.calendar import MARKET_OPENS, days_between, is_trading
from jquants.standin.questions import BY_CODE_OR_DATE, Question

PUBLISHED_AT: Final = time(16, 30)


def rows(market: Market, question: Question) -> Iterator[Row]:
    first, last = question.span
    newest = last_published(question.moment, PUBLISHED_AT)
    valuation = reports(market).valuation
    for day in days_between(max(first, MARKET_OPENS), min(last or newest, newest)):
        if is_trading(day):
            for issue in market.listed(day, question.code):
                yield dict(valuation.row(issue, day))


VALUATION: Final = Endpoint(
    path="/equities/valuation",
    rows=rows,
    parameters=BY_CODE_OR_DATE,
    published_at=PUBLISHED_AT,
    bulk=BulkFiles(columns=("Date", "Code", *KEYS)),
)
