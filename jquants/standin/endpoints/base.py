"""What one endpoint declares. The server knows nothing else about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from jquants.standin.limits import Bucket
from jquants.standin.market import Market
from jquants.standin.market.calendar import MARKET_OPENS, ONE_DAY, is_trading, trading_day_until
from jquants.standin.plans import EVERY_PLAN, PAID_PLANS, Plan, Window, years_before
from jquants.standin.questions import Parameters, Question

Row = dict[str, Any]
ANYTHING: Final = Parameters()


def as_they_are(row: Row) -> Row:
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFiles:
    """How a data set looks as CSV (https://jpx-jquants.com/en/spec/bulk-list)."""

    columns: tuple[str, ...]
    premium_columns: tuple[str, ...] = ()  # where Premium has files of its own
    plans: frozenset[str] = PAID_PLANS
    single: bool = False  # one newest file, instead of one a month and one a day of this month
    cells: Callable[[Row], Row] = as_they_are  # the row as its cells spell it
    rows_an_issue: float = 1.0  # at most, on an average day of all issues
    rows_on: Callable[[date], int] | None = None  # at most, where it is not the issues that make them
    bytes_a_row: int = 0  # compressed, at most; 0 to guess from the number of columns

    def layout(self, plan: str) -> tuple[str, ...]:
        return self.premium_columns if self.has_premium_files(plan) else self.columns

    def has_premium_files(self, plan: str) -> bool:
        return plan == "premium" and bool(self.premium_columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    path: str
    rows: Callable[[Market, Question], Iterable[Row]]  # an iterator where a list would be too long
    parameters: Parameters = ANYTHING
    day: str = "Date"  # the field the window and the parameters for days are about; "" for none
    plans: frozenset[str] = EVERY_PLAN
    addon: str = ""  # that must be subscribed to besides the plan
    years: int = 0  # that may be asked for whatever the plan; 0 where the plan decides
    bucket: Bucket | None = None  # a rate limit of its own
    is_file_only: bool = False
    is_live: bool = False  # rows of today and yesterday may appear at any minute
    cursor_plans: frozenset[str] = frozenset()  # which are given a cursor with what there is of today
    cursor_when_paged: bool = True
    is_paged: bool = True
    page_rows: int = 0  # at most, on a page; 0 where the server's page size decides
    is_list: bool = False  # rows are a list as of a day, not what happened on it
    premium_keys: frozenset[str] = frozenset()  # absent from the rows of other plans
    published_at: time = time.min  # Japanese time a trading day's rows appear
    publishes: Callable[[date], bool] = is_trading  # whether a day has rows at all
    newest: Callable[[datetime], date] | None = None  # where it is not the last day whose time has come
    bulk: BulkFiles | None = None

    @property
    def name(self) -> str:
        """As in names of files: equities_bars_daily."""
        return file_name(self.path)

    def is_open_to(self, plan: Plan) -> bool:
        return plan.name in self.plans and (not self.addon or self.addon in plan.addons)

    def window(self, plan: Plan, today: date) -> Window:
        return Window(years_before(today, self.years), None) if self.years else plan.window(today)

    def gives_cursor(self, question: Question) -> bool:
        return question.plan.name in self.cursor_plans and question.on == question.today

    def newest_day(self, moment: datetime) -> date:
        """The last day whose rows are there."""
        return self.newest(moment) if self.newest else last_published(moment, self.published_at)


def file_name(path: str) -> str:
    return path.strip("/").replace("/", "_")


def last_published(moment: datetime, at: time) -> date:
    """The newest trading day whose data, published at that time of the day, is there."""
    today = moment.date()
    return trading_day_until(today if moment.time() >= at else today - ONE_DAY)


def sessions_asked(market: Market, question: Question, newest: date, since: date = MARKET_OPENS) -> range:
    """Numbers of the sessions that are asked for, published and not before `since`; the outage is none."""
    first, last = question.span
    return market.sessions.between(max(first, since), min(last or newest, newest))
