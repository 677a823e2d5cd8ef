"""GET /equities/bars/daily (https://jpx-jquants.com/en/spec/eq-bars-daily)."""

from datetime import date, time
from typing import Any, Final, NamedTuple

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published
from jquants.standin.market import OUTAGE, Issue, Market
from jquants.standin.market.calendar import MARKET_OPENS, Sessions, is_half_day
from jquants.standin.market.issues import FUND
from jquants.standin.market.prices import Quote, halves
from jquants.standin.questions import BY_CODE_OR_DATE, Question

PUBLISHED_AT: Final = time(16, 30)
MILLION: Final = 1e6
PART_KEYS: Final = ("O", "H", "L", "C", "UL", "LL", "Vo", "Va", "AdjO", "AdjH", "AdjL", "AdjC", "AdjVo")
MORNING: Final = tuple("M" + key for key in PART_KEYS)
AFTERNOON: Final = tuple("A" + key for key in PART_KEYS)
NO_TRADE: Final = (None, None, None, None, "0", "0", *(None,) * 7)
BULK_KEYS: Final = ("Date", "Code", "O", "H", "L", "C", "UL", "LL", "Vo", "Va", "AdjFactor")
BULK_HALVES: Final = tuple(key for key in (*MORNING, *AFTERNOON) if "Adj" not in key)
FLAGS: Final = {True: "1", False: "0"}


class Day(NamedTuple):
    date: date
    text: str
    ordinal: int
    session: int | None  # None: the outage
    previous: int  # ordinal of the session before


def rows(market: Market, question: Question) -> list[Row]:
    newest = last_published(question.moment, PUBLISHED_AT)
    first, last = question.span
    table = _Table(market, premium=question.plan.name == "premium", newest=newest)
    return [
        table.row(issue, day)
        for day in _days(market, max(first, MARKET_OPENS), min(last or newest, newest))
        for issue in market.listed(day.date, question.code)
    ]


def _days(market: Market, first: date, last: date) -> list[Day]:
    sessions = market.sessions
    days = [_day(sessions, number) for number in sessions.between(first, last)]
    if first <= OUTAGE <= last:
        days.append(Day(OUTAGE, str(OUTAGE), OUTAGE.toordinal(), None, OUTAGE.toordinal()))
    return sorted(days)


def _day(sessions: Sessions, number: int) -> Day:
    day, ordinal = sessions.days[number], sessions.ordinals[number]
    return Day(day, str(day), ordinal, number, sessions.ordinals[number - 1] if number else 0)


class _Table:
    """Rows as the API shows them once `newest` is the last day published: later splits are unknown."""

    def __init__(self, market: Market, *, premium: bool, newest: date) -> None:
        self._prices = market.prices
        self._premium = premium
        self._newest = newest.toordinal()

    def row(self, issue: Issue, day: Day) -> Row:
        quote = None if day.session is None else self._prices.quote(issue, day.session)
        factor = later = later_volume = 1.0
        kind, shares = None, issue.shares
        if issue.actions:
            factor = issue.factor(day.previous, day.ordinal)
            kind = issue.ex_kind(day.previous, day.ordinal)
            later = issue.factor(day.ordinal, self._newest)
            later_volume = issue.volume_factor(day.ordinal, self._newest)
            shares /= issue.factor(0, day.ordinal)
        values = _values(quote, later, later_volume)
        row = {
            "Date": day.text,
            "Code": issue.code,
            "O": values[0],
            "H": values[1],
            "L": values[2],
            "C": values[3],
            "UL": values[4],
            "LL": values[5],
            "Vo": values[6],
            "Va": values[7],
            "AdjFactor": factor,
            "AdjO": values[8],
            "AdjH": values[9],
            "AdjL": values[10],
            "AdjC": values[11],
            "AdjVo": values[12],
        }
        if self._premium:
            morning, afternoon = _halves(issue, day, quote)
            row |= zip(MORNING, _values(morning, later, later_volume), strict=True)
            row |= zip(AFTERNOON, _values(afternoon, later, later_volume), strict=True)
        row["MktCap"] = (
            None if quote is None or issue.product == FUND else round(quote.close * shares / MILLION)
        )
        row["ExRT"] = kind
        return row


def _halves(issue: Issue, day: Day, quote: Quote | None) -> tuple[Quote | None, Quote | None]:
    if quote is None:
        return None, None
    return halves(issue, day.ordinal, quote, half_day=is_half_day(day.date))


def _values(quote: Quote | None, later: float, later_volume: float) -> tuple[Any, ...]:
    """In the order of PART_KEYS."""
    if quote is None:
        return NO_TRADE
    *prices, up, down, volume, value = quote
    raw = (*prices, FLAGS[up], FLAGS[down], volume, value)
    if later == 1.0:
        return (*raw, *prices, volume)
    # Four decimals are finer than any tick, and hide what binary fractions add.
    return (*raw, *(round(price * later, 4) for price in prices), round(volume / later_volume, 4))


BARS: Final = Endpoint(
    path="/equities/bars/daily",
    rows=rows,
    parameters=BY_CODE_OR_DATE,
    premium_keys=frozenset((*MORNING, *AFTERNOON)),
    published_at=PUBLISHED_AT,
    bulk=BulkFiles(columns=BULK_KEYS, premium_columns=(*BULK_KEYS, *BULK_HALVES)),
)
