"""GET /equities/master (https://jpx-jquants.com/en/spec/eq-master)."""

from datetime import date, datetime, time
from typing import Final

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published
from jquants.standin.market import Market
from jquants.standin.market.calendar import MARKET_OPENS, ONE_DAY, trading_day_from, trading_day_until
from jquants.standin.questions import Question

# The evening before, the next business day's list appears. (It may be corrected at 8:00; ours never is.)
PUBLISHED_AT: Final = time(17, 30)


def rows(market: Market, question: Question) -> list[Row]:
    day = list_day(question)
    if day > newest_list(question.moment):
        return []
    text, ordinal = str(day), day.toordinal()
    return [{"Date": text, **issue.attributes(ordinal)} for issue in market.listed(day, question.code)]


def newest_list(moment: datetime) -> date:
    return trading_day_from(last_published(moment, PUBLISHED_AT) + ONE_DAY)


def list_day(question: Question) -> date:
    """The business day whose list answers: that of the day asked for or the next, but never beyond the
    next business day from today. Without a date, today's; for Free the newest it may see.
    """
    asked = question.on or question.today
    if question.on is None and question.window.last:
        return trading_day_until(question.window.last)
    coming = trading_day_from(question.today + ONE_DAY)
    return max(min(trading_day_from(asked), coming), MARKET_OPENS)


MASTER: Final = Endpoint(
    path="/equities/master",
    rows=rows,
    is_paged=False,
    is_list=True,
    published_at=PUBLISHED_AT,
    bulk=BulkFiles(
        columns=(
            *("Date", "Code", "CoName", "CoNameEn", "S17", "S17Nm", "S33", "S33Nm"),
            *("ScaleCat", "Mkt", "MktNm", "Mrgn", "MrgnNm", "ProdCat"),
        ),
    ),
)
