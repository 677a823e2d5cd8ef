"""GET /markets/calendar (https://jpx-jquants.com/en/spec/mkt-cal)."""

from datetime import date
from typing import Final

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row
from jquants.standin.market import Market
from jquants.standin.market.calendar import days_between, hol_div
from jquants.standin.plans import EVERY_PLAN
from jquants.standin.questions import Equal, Parameters, Question

NEXT_YEAR_FROM: Final = (3, 31)  # month and day next year's calendar is added: "around the end of March"


def rows(_market: Market, question: Question) -> list[Row]:
    first, last = question.span
    end = last_known_day(question.today)
    wanted = question.wanted("HolDiv")
    days = ((day, hol_div(day)) for day in days_between(first, min(last or end, end)))
    return [{"Date": str(day), "HolDiv": div} for day, div in days if wanted in {None, div}]


def last_known_day(today: date) -> date:
    ahead = (today.month, today.day) >= NEXT_YEAR_FROM
    return date(today.year + ahead, 12, 31)


CALENDAR: Final = Endpoint(
    path="/markets/calendar",
    rows=rows,
    parameters=Parameters(on="", equal={"hol_div": Equal("HolDiv"), "holidayDivision": Equal("HolDiv")}),
    is_paged=False,
    bulk=BulkFiles(columns=("Date", "HolDiv"), plans=EVERY_PLAN, single=True),
)
