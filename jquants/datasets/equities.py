from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from jquants import listings
from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.fields import Code, Day, Flag, Text
from jquants.datasets.numbers import Number, PositiveNumber, WholeNumber
from jquants.datasets.plans import ALL_PLANS, PREMIUM
from jquants.datasets.sessions import COMPUTED, SESSION_QUOTES
from jquants.models import DailyQuote, ListedCompanyHistory

if TYPE_CHECKING:
    from jquants.datasets.table import Table

PRICE = Number(nullable=True)

# https://jpx-jquants.com/en/spec/eq-master; a day's list is a snapshot of all issues. It is published on the evening
# before, and again at 8:00.
LISTED_COMPANIES = Dataset(
    slug="listed_companies",
    label=_("Listed companies"),
    description=_("Fetches the list of all issues of a day, and keeps what changed."),
    schedule="15 8 * * *",
    path="/equities/master",
    model=ListedCompanyHistory,
    columns=(
        Column("Code", "code", Code()),
        Column("Date", "effective_on", Day()),
        Column("CoName", "company_name", Text(max_length=200)),
        Column("CoNameEn", "company_name_english", Text(max_length=200)),
        Column("S17", "sector_17_code", Text(max_length=2)),
        Column("S17Nm", "sector_17_name", Text(max_length=50)),
        Column("S33", "sector_33_code", Text(max_length=4)),
        Column("S33Nm", "sector_33_name", Text(max_length=50)),
        Column("ScaleCat", "scale_category", Text(max_length=30)),
        Column("Mkt", "market_code", Text(max_length=4)),
        Column("MktNm", "market_name", Text(max_length=50)),
        Column("Mrgn", "margin_code", Text(max_length=1, nullable=True), optional=True),
        Column("MrgnNm", "margin_name", Text(max_length=20, nullable=True), optional=True),
        Column("ProdCat", "product_category", Text(max_length=3)),
    ),
    natural_key=("code",),
    partition=Partition.DAY,
    plans=ALL_PLANS,
    is_paged=False,
    write=listings.write,
    day_column="effective_on",
    final_after=timedelta(hours=8),
)


def _has_no_action(table: Table) -> bool:
    """Whether no issue has an ex-date: only the API says which kind one is, and adjusted volumes need that."""
    position = DAILY_QUOTES.names.index("adjustment_factor")
    return all(row[position] == 1.0 for row in table.rows)


# https://jpx-jquants.com/en/spec/eq-bars-daily; *Adj* are computed from the factors when read.
DAILY_QUOTES = Dataset(
    slug="daily_quotes",
    label=_("Daily quotes"),
    description=_("Fetches the prices of all issues, for the trading days that are not stored yet."),
    schedule="@trading 16:45",
    path="/equities/bars/daily",
    model=DailyQuote,
    columns=(
        Column("Code", "code", Code()),
        Column("Date", "date", Day()),
        Column("O", "open", PRICE),
        Column("H", "high", PRICE),
        Column("L", "low", PRICE),
        Column("C", "close", PRICE),
        Column("UL", "upper_limit", Flag()),
        Column("LL", "lower_limit", Flag()),
        Column("Vo", "volume", WholeNumber(nullable=True)),
        Column("Va", "turnover_value", Number(nullable=True)),
        Column("AdjFactor", "adjustment_factor", PositiveNumber()),
        Column("MktCap", "market_cap", Number(nullable=True), optional=True),
        Column("ExRT", "ex_rights", Text(max_length=1, nullable=True), optional=True),
    ),
    natural_key=("code", "date"),
    partition=Partition.DAY,
    plans=ALL_PLANS,
    richer_on=PREMIUM,  # the sessions
    published_after=timedelta(hours=16, minutes=30),
    may_be_empty=True,
    covers_master=0.8,
    files_suffice=_has_no_action,
    computed=frozenset({"AdjO", "AdjH", "AdjL", "AdjC", "AdjVo"}) | COMPUTED,
    related=(SESSION_QUOTES,),
)
