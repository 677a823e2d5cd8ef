"""GET /markets/margin-interest (https://jpx-jquants.com/en/spec/mkt-margin-int).

Balances of the last session of a week, published on the second business day of the next; from 2026-09-25 on
those of every session, published on the next.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published, sessions_asked
from jquants.standin.market import Issue, Market
from jquants.standin.market.calendar import ONE_DAY, is_trading, trading_day_from, trading_day_until
from jquants.standin.market.investors import week_of
from jquants.standin.market.margins import NO_MARGIN, Balance
from jquants.standin.plans import STANDARD_UP
from jquants.standin.questions import Equal, Parameters, Question

PUBLISHED_AT: Final = time(16, 30)
DAILY_FROM: Final = date(2026, 9, 25)
SHORTEST_WEEK: Final = 3  # business days: shorter ones have no record
VOLUMES: Final = ("ShrtVol", "LongVol", "ShrtNegVol", "LongNegVol", "ShrtStdVol", "LongStdVol")
VALUES: Final = ("ShrtVal", "LongVal", "ShrtNegVal", "LongNegVal", "ShrtStdVal", "LongStdVal")


def rows(market: Market, question: Question) -> Iterator[Row]:
    newest = newest_day(question.moment)
    published = question.wanted_day("PubDate")
    for session in sessions_asked(market, question, newest):
        day = market.sessions.days[session]
        if has_record(day) and published in {None, publication(day)}:
            for issue in market.listed(day, question.code):
                if issue.margin != NO_MARGIN:
                    yield _row(market, issue, session)


def newest_day(moment: datetime) -> date:
    last = last_published(moment, PUBLISHED_AT)
    before = trading_day_until(last - ONE_DAY)
    return before if before >= DAILY_FROM else trading_day_until(before - ONE_DAY)


def has_record(day: date) -> bool:
    if day >= DAILY_FROM:
        return is_trading(day)
    week = week_of(day)
    if week is None or week.last != day:
        return False
    days = (date.fromordinal(n) for n in range(week.first.toordinal(), week.last.toordinal() + 1))
    return sum(is_trading(each) for each in days) >= SHORTEST_WEEK


def publication(day: date) -> date | None:
    """None for the time when it was not told."""
    return trading_day_from(day + ONE_DAY) if day >= DAILY_FROM else None


def _row(market: Market, issue: Issue, session: int) -> Row:
    day = market.sessions.days[session]
    volumes = _amounts(market.margins.balance(issue, session))
    published = publication(day)
    values: tuple[int | None, ...] = (None,) * len(VALUES)
    if published:
        price = market.margins.price(issue, session)
        values = tuple(round(volume * price) for volume in volumes)
    return {
        "PubDate": str(published) if published else None,
        "Date": str(day),
        "Code": issue.code,
        "IssType": issue.margin,
        **zip_row(VOLUMES, volumes),
        **zip_row(VALUES, values),
    }


def _amounts(balance: Balance) -> tuple[float, ...]:
    """In the order of VOLUMES."""
    return (
        balance.short,
        balance.long,
        balance.short_negotiable,
        balance.long_negotiable,
        balance.short_standardized,
        balance.long_standardized,
    )


def zip_row(names: tuple[str, ...], values: tuple[object, ...]) -> Row:
    return dict(zip(names, values, strict=True))


MARGIN_INTEREST: Final = Endpoint(
    path="/markets/margin-interest",
    rows=rows,
    parameters=Parameters(
        requires=("date", "code", "published_date"),
        range_with="code",
        equal={"published_date": Equal("PubDate", is_day=True)},
        excludes={"published_date": ("date", "from", "to")},
    ),
    plans=STANDARD_UP,
    published_at=PUBLISHED_AT,
    publishes=has_record,
    newest=newest_day,
    bulk=BulkFiles(columns=("PubDate", "Date", "Code", "IssType", *VOLUMES, *VALUES), bytes_a_row=90),
)
