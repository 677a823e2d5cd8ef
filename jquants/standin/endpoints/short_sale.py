"""GET /markets/short-sale-report (https://jpx-jquants.com/en/spec/mkt-short-sale)."""

from collections.abc import Iterator
from datetime import date, time
from typing import Final

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published, sessions_asked
from jquants.standin.endpoints.short_ratio import stood_not_still
from jquants.standin.market import Market
from jquants.standin.market.shorts import LAG, Report
from jquants.standin.plans import STANDARD_UP
from jquants.standin.questions import Equal, Parameters, Question

PUBLISHED_AT: Final = time(17, 30)
STARTS: Final = date(2013, 11, 7)
BLANK: Final = "-"  # in a file, what is "" in JSON
COLUMNS: Final = (
    *("DiscDate", "CalcDate", "Code", "SSName", "SSAddr", "DICName", "DICAddr", "FundName"),
    *("ShrtPosToSO", "ShrtPosShares", "ShrtPosUnits", "PrevRptDate", "PrevRptRatio", "Notes"),
)


def rows(market: Market, question: Question) -> Iterator[Row]:
    calculated = question.wanted_day("CalcDate")
    newest = last_published(question.moment, PUBLISHED_AT)
    days = market.sessions.days
    sessions = sessions_asked(market, question, newest, STARTS)
    for session in sessions:
        if calculated in {None, days[session - LAG]}:
            for report in _of_session(market, session, question.code):
                yield _row(report, days)


def _of_session(market: Market, session: int, code: str | None) -> Iterator[Report]:
    for issue in market.listed(market.sessions.days[session], code):
        yield from market.shorts.of(issue, session)
    yield from market.shorts.elsewhere(session, code)


def _row(report: Report, days: list[date]) -> Row:
    name, address, manager, manager_address, fund = report.seller
    before = report.previous
    return {
        "DiscDate": str(days[report.session]),
        "CalcDate": str(days[report.session - LAG]),
        "Code": report.code,
        "SSName": name,
        "SSAddr": address,
        "DICName": manager,
        "DICAddr": manager_address,
        "FundName": fund,
        "ShrtPosToSO": report.ratio,
        "ShrtPosShares": report.shares,
        "ShrtPosUnits": report.units,
        "PrevRptDate": str(days[before[0]]) if before else "",
        "PrevRptRatio": before[1] if before else 0.0,
        "Notes": report.notes,
    }


def cells(row: Row) -> Row:
    return {name: BLANK if value == "" else value for name, value in row.items()}


def publishes(day: date) -> bool:
    return day >= STARTS and stood_not_still(day)


SHORT_SALE: Final = Endpoint(
    path="/markets/short-sale-report",
    rows=rows,
    parameters=Parameters(
        requires=("code", "disc_date", "calc_date"),
        on="disc_date",
        since="disc_date_from",
        until="disc_date_to",
        range_with="code",
        equal={"calc_date": Equal("CalcDate", is_day=True)},
    ),
    day="DiscDate",
    plans=STANDARD_UP,
    published_at=PUBLISHED_AT,
    publishes=publishes,
    bulk=BulkFiles(columns=COLUMNS, cells=cells, rows_an_issue=0.1, bytes_a_row=150),
)
