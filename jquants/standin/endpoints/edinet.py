"""GET /edinet/major-shareholders, /edinet/cross-shareholdings and /edinet/large-volume-shareholders.

https://jpx-jquants.com/en/spec/edinet-major-shareholders, edinet-cross-shareholdings and
edinet-large-volume-shareholders
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from jquants.standin.companies.filings import Event, Index
from jquants.standin.companies.reports import Reports, reports
from jquants.standin.endpoints.base import Endpoint, Row
from jquants.standin.endpoints.fins import events
from jquants.standin.market import Market
from jquants.standin.plans import STANDARD_UP
from jquants.standin.questions import Equal, Parameters, Question

EDINET_CODE: Final = "EdinetCode"
# Nothing is required: without parameters, what was filed today is answered.
PARAMETERS: Final = Parameters(
    since="", until="", excludes={"edinet_code": ("code",)}, equal={"edinet_code": Equal(EDINET_CODE)}
)


def major_rows(market: Market, question: Question) -> list[Row]:
    told = reports(market)
    return _rows(told, told.holder_reports, told.major_holders.row, question)


def cross_rows(market: Market, question: Question) -> list[Row]:
    told = reports(market)
    return _rows(told, told.annual_reports, told.cross_holdings.row, question)


def large_rows(market: Market, question: Question) -> list[Row]:
    told = reports(market)
    return _rows(told, told.large_reports, told.large_holdings.row, question)


def _rows(
    told: Reports, index: Index[Event], row: Callable[[Event], dict[str, Any]], question: Question
) -> list[Row]:
    rows = map(row, _asked(told, index, question))
    return sorted(
        (one for one in rows if _filed_at(one, question) <= question.moment),
        key=lambda one: (one["SubDate"], one["SubTime"], one["Code"]),
    )


def _asked(told: Reports, index: Index[Event], question: Question) -> Iterable[Event]:
    first, last = question.span
    code = question.code
    if wanted := question.wanted(EDINET_CODE):
        code = told.companies.by_edinet_code.get(wanted, "")
    if code is not None:
        return index.of(code, first, last or question.today)
    return events(index, question) if question.on else index.on(question.today)


def _filed_at(row: Row, question: Question) -> datetime:
    return datetime.fromisoformat(f"{row['SubDate']}T{row['SubTime']}").replace(tzinfo=question.moment.tzinfo)


def _endpoint(name: str, rows: Callable[[Market, Question], list[Row]]) -> Endpoint:
    return Endpoint(
        path=f"/edinet/{name}",
        rows=rows,
        parameters=PARAMETERS,
        day="SubDate",
        plans=STANDARD_UP,
        is_live=True,
    )


MAJOR: Final = _endpoint("major-shareholders", major_rows)
CROSS: Final = _endpoint("cross-shareholdings", cross_rows)
LARGE: Final = _endpoint("large-volume-shareholders", large_rows)
