"""GET /equities/earnings-calendar (https://jpx-jquants.com/en/spec/eq-earnings-cal)."""

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final

from jquants.standin.companies.filings import Filing, Index
from jquants.standin.companies.reports import reports
from jquants.standin.endpoints.base import Endpoint, Row, last_published
from jquants.standin.market import Market
from jquants.standin.market.calendar import ONE_DAY, trading_day_from, trading_day_until
from jquants.standin.questions import Parameters, Question

PUBLISHED_AT: Final = time(19)
YEAR_ENDS: Final = frozenset({3, 9})  # the months whose companies it covers
QUARTERS: Final = ("第１四半期", "第２四半期", "第３四半期", "第４四半期", "第５四半期")
WHOLE_YEAR: Final = "本決算"
SOONEST, LATEST = 0, 60  # days from the end of a quarter to its figures
UNDECIDED: Final = 0.05  # of the companies that report the day after
STALE_DAYS: Final = 20  # so far back the last list with rows is looked for


def rows(market: Market, question: Question) -> list[Row]:
    """Who reports on the next business day; when nobody does, the list before stays."""
    day = next_day(question.moment)
    for _ in range(STALE_DAYS):
        if found := list(_of_day(market, day)):
            return found
        day = trading_day_until(day - ONE_DAY)
    return []


def next_day(moment: datetime) -> date:
    return trading_day_from(last_published(moment, PUBLISHED_AT) + ONE_DAY)


def _of_day(market: Market, day: date) -> Iterator[Row]:
    filings = _filings(market)
    for filing in filings.on(day):
        if _is_covered(filing):
            yield _row(filing, day, str(day))
    for filing in filings.on(trading_day_from(day + ONE_DAY)):
        if _is_covered(filing) and filing.company.lateness % 0.1 < UNDECIDED * 0.1:
            yield _row(filing, day, "")


def _is_covered(filing: Filing) -> bool:
    return filing.company.month in YEAR_ENDS and not filing.company.is_reit


def _row(filing: Filing, day: date, text: str) -> Row:
    attributes = filing.company.issue.attributes(day.toordinal())
    year_end = date.fromordinal(filing.year_end)
    return {
        "Date": text,
        "Code": attributes["Code"],
        "CoName": attributes["CoName"],
        "FY": f"{year_end.month}月{year_end.day}日",
        "SectorNm": attributes["S33Nm"],
        "FQ": WHOLE_YEAR if filing.is_annual else QUARTERS[filing.quarter - 1],
        "Section": attributes["MktNm"],
    }


@lru_cache(maxsize=4)
def _filings(market: Market) -> Index[Filing]:
    return Index(reports(market).companies, lambda filing: (filing,), first=SOONEST, last=LATEST)


EARNINGS_CALENDAR: Final = Endpoint(
    path="/equities/earnings-calendar",
    rows=rows,
    parameters=Parameters(on="", since="", until="", code=None),
    day="",
    published_at=PUBLISHED_AT,
)
