"""What one endpoint declares. The server knows nothing else about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from jquants.standin.market import Market
from jquants.standin.market.calendar import ONE_DAY, trading_day_until
from jquants.standin.plans import EVERY_PLAN, PAID_PLANS
from jquants.standin.questions import Question

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFiles:
    """How a data set looks as CSV (fact sheet 5)."""

    columns: tuple[str, ...]
    premium_columns: tuple[str, ...] = ()  # where Premium has files of its own
    plans: frozenset[str] = PAID_PLANS
    single: bool = False  # one newest file, instead of one a month and one a day of this month

    def layout(self, plan: str) -> tuple[str, ...]:
        return self.premium_columns if self.has_premium_files(plan) else self.columns

    def has_premium_files(self, plan: str) -> bool:
        return plan == "premium" and bool(self.premium_columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    path: str
    rows: Callable[[Market, Question], list[Row]]
    plans: frozenset[str] = EVERY_PLAN
    requires: tuple[str, ...] = ()  # parameters of which one must be given
    filters: Mapping[str, str] = field(default_factory=dict)  # parameter -> field it must equal
    is_paged: bool = True
    is_list: bool = False  # rows are a list as of a day, not what happened on it
    premium_keys: frozenset[str] = frozenset()  # absent from the rows of other plans
    published_at: time = time.min  # Japanese time a trading day's rows appear
    bulk: BulkFiles | None = None

    @property
    def name(self) -> str:
        """As in names of files: equities_bars_daily."""
        return file_name(self.path)


def file_name(path: str) -> str:
    return path.strip("/").replace("/", "_")


def last_published(moment: datetime, at: time) -> date:
    """The newest trading day whose data, published at that time of the day, is there."""
    today = moment.date()
    return trading_day_until(today if moment.time() >= at else today - ONE_DAY)
