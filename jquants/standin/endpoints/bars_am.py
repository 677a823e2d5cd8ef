"""GET /equities/bars/daily/am (https://jpx-jquants.com/en/spec/eq-bars-daily-am)."""

from datetime import date, datetime, time
from typing import Final

from jquants.standin import refusals
from jquants.standin.endpoints.base import Endpoint, Row
from jquants.standin.market import OUTAGE, Issue, Market
from jquants.standin.market.calendar import ONE_DAY, is_half_day, is_trading
from jquants.standin.market.prices import halves
from jquants.standin.plans import PREMIUM
from jquants.standin.questions import Parameters, Question

OPENS, CLOSES = time(12), time(6)  # of the next day


def rows(market: Market, question: Question) -> list[Row]:
    """Raises Refusal (210): a code that is not listed."""
    day = served_day(question.moment)
    session = market.sessions.number(day)
    found = [_row(market, issue, session) for issue in market.listed(day, question.code)]
    if question.code and not found:
        raise refusals.no_content()
    return found


def served_day(moment: datetime) -> date:
    """Raises Refusal (210) outside the hours in which there is a morning to be served."""
    today = moment.date()
    day = today if moment.time() >= OPENS else today - ONE_DAY
    if CLOSES <= moment.time() < OPENS or not is_trading(day) or day == OUTAGE:
        raise refusals.no_content()
    return day


def _row(market: Market, issue: Issue, session: int) -> Row:
    day = market.sessions.days[session]
    quote = market.prices.quote(issue, session)
    morning = quote and halves(issue, day.toordinal(), quote, half_day=is_half_day(day))[0]
    row: Row = {"Date": str(day), "Code": issue.code}
    if not morning:
        return row | dict.fromkeys(("MO", "MH", "ML", "MC", "MVo", "MVa"))
    return row | {
        "MO": morning.open,
        "MH": morning.high,
        "ML": morning.low,
        "MC": morning.close,
        "MVo": morning.volume,
        "MVa": morning.value,
    }


BARS_AM: Final = Endpoint(
    path="/equities/bars/daily/am",
    rows=rows,
    parameters=Parameters(on="", since="", until=""),
    day="",
    plans=PREMIUM,
    newest=served_day,
)
