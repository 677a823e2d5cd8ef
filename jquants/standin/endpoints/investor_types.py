"""GET /equities/investor-types (https://jpx-jquants.com/en/spec/eq-investor-types)."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Final

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published
from jquants.standin.market import Market
from jquants.standin.market.investors import KINDS, Traded, Week, week_of, weeks_published
from jquants.standin.plans import PAID_PLANS
from jquants.standin.questions import Equal, Parameters, Question

PUBLISHED_AT: Final = time(16, 30)
GROUPS: Final = ("Prop", "Brk", "Tot", *KINDS)
PARTS: Final = ("Sell", "Buy", "Tot", "Bal")
PAGE_ROWS: Final = 500  # two years: more would take longer than a client waits
REVISED: Final = 1.004  # what a wrong figure has too much


def rows(market: Market, question: Question) -> Iterator[Row]:
    """In the order of publication; a correction comes with the week after."""
    first, last = question.span
    newest = last_published(question.moment, PUBLISHED_AT)
    section = question.wanted("Section")
    for week in weeks_published(first, min(last or newest, newest)):
        if before := _week_before(week):
            yield from _of_week(market, before, week.published, section)
        yield from _of_week(market, week, week.published, section)


def _of_week(market: Market, week: Week, published: date, section: str | None) -> Iterator[Row]:
    """The week's rows, or when they are published later, its corrections."""
    corrects = published != week.published
    for traded in market.investors.week(week):
        if section not in {None, traded.section}:
            continue
        is_wrong = market.investors.is_corrected(traded.section, week)
        if not corrects:
            yield _row(week, published, traded, REVISED if is_wrong else 1.0)
        elif is_wrong:
            yield _row(week, published, traded, 1.0)


def _row(week: Week, published: date, traded: Traded, factor: float) -> Row:
    kinds = {kind: (sold, int(bought * factor)) for kind, (sold, bought) in traded.kinds.items()}
    brokers = sum(sold for sold, _ in kinds.values()), sum(bought for _, bought in kinds.values())
    own = traded.proprietary
    groups = {"Prop": own, "Brk": brokers, "Tot": (own[0] + brokers[0], own[1] + brokers[1]), **kinds}
    row: Row = {
        "PubDate": str(published),
        "StDate": str(week.first),
        "EnDate": str(week.last),
        "Section": traded.section,
    }
    for name, (sold, bought) in groups.items():
        row |= {
            f"{name}Sell": sold,
            f"{name}Buy": bought,
            f"{name}Tot": sold + bought,
            f"{name}Bal": bought - sold,
        }
    return row


def _week_before(week: Week) -> Week | None:
    """The one before with a session."""
    monday = week.first - timedelta(days=week.first.weekday())
    return week_of(monday - timedelta(days=7)) or week_of(monday - timedelta(days=14))


def publishes(day: date) -> bool:
    return any(True for _ in weeks_published(day, day))


INVESTOR_TYPES: Final = Endpoint(
    path="/equities/investor-types",
    rows=rows,
    parameters=Parameters(on="", code=None, equal={"section": Equal("Section")}),
    day="PubDate",
    plans=PAID_PLANS,
    page_rows=PAGE_ROWS,
    published_at=PUBLISHED_AT,
    publishes=publishes,
    bulk=BulkFiles(
        columns=(
            *("PubDate", "StDate", "EnDate", "Section"),
            *(f"{group}{part}" for group in GROUPS for part in PARTS),
        ),
        rows_an_issue=0.005,
        bytes_a_row=500,
    ),
)
