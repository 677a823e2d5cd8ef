"""GET /markets/breakdown (https://jpx-jquants.com/en/spec/mkt-breakdown)."""

from collections.abc import Iterator
from datetime import date, time
from typing import Final

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published, sessions_asked
from jquants.standin.endpoints.short_ratio import stood_not_still
from jquants.standin.market import Market
from jquants.standin.plans import PREMIUM
from jquants.standin.questions import BY_CODE_OR_DATE, Question

PUBLISHED_AT: Final = time(18)
STARTS: Final = date(2015, 4, 1)
SIDES: Final = (
    *("LongSell", "ShrtNoMrgn", "MrgnSellNew", "MrgnSellClose"),
    *("LongBuy", "MrgnBuyNew", "MrgnBuyClose"),
)
VALUES: Final = tuple(f"{side}Va" for side in SIDES)
VOLUMES: Final = tuple(f"{side}Vo" for side in SIDES)


def rows(market: Market, question: Question) -> Iterator[Row]:
    """Of the issues that were traded."""
    newest = last_published(question.moment, PUBLISHED_AT)
    for session in sessions_asked(market, question, newest, STARTS):
        day = market.sessions.days[session]
        text = str(day)
        for issue in market.listed(day, question.code):
            if flow := market.flows.of(issue, session):
                row = {"Date": text, "Code": issue.code}
                yield row | zip_sides(VALUES, flow.value) | zip_sides(VOLUMES, flow.volume)


def zip_sides(names: tuple[str, ...], side: tuple[float, ...]) -> Row:
    return dict(zip(names, side, strict=True))


def publishes(day: date) -> bool:
    return day >= STARTS and stood_not_still(day)


BREAKDOWN: Final = Endpoint(
    path="/markets/breakdown",
    rows=rows,
    parameters=BY_CODE_OR_DATE,
    plans=PREMIUM,
    published_at=PUBLISHED_AT,
    publishes=publishes,
    bulk=BulkFiles(columns=("Date", "Code", *VALUES, *VOLUMES), bytes_a_row=110),
)
