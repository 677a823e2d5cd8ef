"""GET /derivatives/bars/daily/futures, /options and /options/225.

https://jpx-jquants.com/en/spec/drv-bars-daily-fut, drv-bars-daily-opt and drv-bars-daily-opt-225
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final, NamedTuple

from jquants.standin.derivatives import futures, options
from jquants.standin.derivatives.futures import Futures
from jquants.standin.derivatives.options import Options
from jquants.standin.derivatives.products import NK225E, SECURITIES
from jquants.standin.derivatives.quotes import Quotes
from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published
from jquants.standin.market import Market
from jquants.standin.market.calendar import ONE_DAY
from jquants.standin.plans import PREMIUM, STANDARD_UP
from jquants.standin.questions import Equal, Parameters, Question, parse_code

PUBLISHED_AT: Final = time(3, 0)  # of the next day: 27:00
BY_DATE: Final = Parameters(requires=("date",), since="", until="", code=None)
CATEGORY: Final = Equal("ProdCat")
CENTRAL: Final = Equal("CCMFlag")
FUTURES_A_DAY, OPTIONS_A_DAY, NIKKEI_A_DAY = 220, 10_000, 4_500  # at most


class Board(NamedTuple):
    futures: Futures
    options: Options


@lru_cache(maxsize=4)
def board(market: Market) -> Board:
    quotes = Quotes(market)
    return Board(Futures(quotes), Options(market, quotes))


def newest(moment: datetime) -> date:
    """A day's rows come in the night after it."""
    # At 2:59 the day before yesterday is the last one there.
    night = datetime.combine(moment, PUBLISHED_AT, moment.tzinfo)
    return last_published(moment - (ONE_DAY if moment >= night else 2 * ONE_DAY), time.min)


def future_rows(market: Market, question: Question) -> Iterator[Row]:
    if question.on is None or question.on > newest(question.moment):
        return iter(())
    rows = board(market).futures.rows(question.on, question.wanted(CATEGORY.field))
    return _chosen(rows, question)


def option_rows(market: Market, question: Question) -> Iterator[Row]:
    if question.on is None or question.on > newest(question.moment):
        return iter(())
    wanted = question.wanted
    rows = board(market).options.rows(question.on, wanted(CATEGORY.field), wanted("UndSSO"))
    return _chosen(rows, question)


def nikkei_rows(market: Market, question: Question) -> Iterator[Row]:
    if question.on is None or question.on > newest(question.moment):
        return iter(())
    rows = board(market).options.rows(question.on, NK225E.category)
    return ({key: row[key] for key in options.COLUMNS_225} for row in rows)


def _chosen(rows: Iterator[Row], question: Question) -> Iterator[Row]:
    flag = question.wanted(CENTRAL.field)
    return (row for row in rows if flag in {None, row["CCMFlag"]})


FUTURES: Final = Endpoint(
    path="/derivatives/bars/daily/futures",
    rows=future_rows,
    parameters=Parameters(
        requires=("date",),
        since="",
        until="",
        code=None,
        equal={"category": CATEGORY, "contract_flag": CENTRAL, "contractFlag": CENTRAL},
    ),
    plans=PREMIUM,
    published_at=PUBLISHED_AT,
    newest=newest,
    bulk=BulkFiles(columns=futures.COLUMNS, rows_on=lambda _day: FUTURES_A_DAY),
)
OPTIONS: Final = Endpoint(
    path="/derivatives/bars/daily/options",
    rows=option_rows,
    parameters=Parameters(
        requires=("date",),
        since="",
        until="",
        code=None,
        equal={
            "category": CATEGORY,
            "contract_flag": CENTRAL,
            "contractFlag": CENTRAL,
            "code": Equal("UndSSO", parse_code),
        },
        only_with={"code": ("category", SECURITIES.category)},
    ),
    plans=PREMIUM,
    published_at=PUBLISHED_AT,
    newest=newest,
    bulk=BulkFiles(columns=options.COLUMNS, rows_on=lambda _day: OPTIONS_A_DAY, bytes_a_row=45),
)
OPTIONS_225: Final = Endpoint(
    path="/derivatives/bars/daily/options/225",
    rows=nikkei_rows,
    parameters=BY_DATE,
    plans=STANDARD_UP,
    published_at=PUBLISHED_AT,
    newest=newest,
    bulk=BulkFiles(columns=options.COLUMNS_225, rows_on=lambda _day: NIKKEI_A_DAY, bytes_a_row=60),
)
