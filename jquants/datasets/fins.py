from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from jquants.datasets import statements
from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.days import every_day, weekdays
from jquants.datasets.fields import Choice, Day, Json, Month, Text
from jquants.datasets.numbers import Number
from jquants.datasets.plans import ALL_PLANS
from jquants.datasets.spellings import (
    CLOCK,
    CODE,
    DAY,
    NOTHING,
    OPTIONAL_DAY,
    UNDECIDED,
    columns,
    marked,
)
from jquants.models import Dividend, EarningsDate, Statement, StatementDetail, Valuation

FINAL = timedelta(hours=24, minutes=30)  # of statements: those of 18:00 are preliminary

STATEMENTS = Dataset(
    slug="statements",
    label=_("Statements"),
    description=_(
        "Fetches the summaries of results and forecasts that companies disclosed, once they are final at 24:30."
    ),
    schedule="@trading 24:45",
    path="/fins/summary",
    model=Statement,
    columns=statements.COLUMNS,
    parts=tuple((title, tuple(column.name for column in part)) for title, part in statements.PARTS),
    natural_key=("disclosure_number",),
    shown=(
        "period_type",
        "period_end",
        "net_sales",
        "operating_profit",
        "profit",
    ),
    partition=Partition.DAY,
    plans=ALL_PLANS,
    day_column="disclosed_on",
    expected=every_day,
    published_after=timedelta(hours=18),
    final_after=FINAL,
    is_sparse=True,
    may_be_empty=True,
)

# https://jpx-jquants.com/en/spec/fin-details
STATEMENT_DETAILS = Dataset(
    slug="statement_details",
    label=_("Statement details"),
    description=_(
        "Fetches balance sheets, profit and loss and cash flows, item by item, once they are final."
    ),
    schedule="@trading 24:50",
    path="/fins/details",
    model=StatementDetail,
    columns=(*statements.DOCUMENT, Column("FS", "items", Json(kind=dict))),
    natural_key=("disclosure_number",),
    shown=(
        "disclosed_at",
        "document_type",
        "disclosure_number",
    ),
    partition=Partition.DAY,
    plans=frozenset({"premium"}),
    day_column="disclosed_on",
    expected=every_day,
    published_after=timedelta(hours=18),
    final_after=FINAL,
    is_sparse=True,
    may_be_empty=True,
)

AMOUNT = Number(written=True, missing=NOTHING | UNDECIDED)
DIGIT = Text(max_length=1)

# https://jpx-jquants.com/en/spec/fin-dividend
DIVIDENDS = Dataset(
    slug="dividends",
    label=_("Dividends"),
    description=_("Fetches the notices of dividends of the day, hourly from noon to 19:00."),
    schedule="10 12-19 * * 1-5",
    path="/fins/dividend",
    model=Dividend,
    columns=(
        Column("PubDate", "announced_on", DAY),
        Column("PubTime", "announced_at", CLOCK),
        Column("Code", "code", CODE),
        Column("RefNo", "reference_number", Text(max_length=30)),
        Column("StatCode", "status", Choice(choices=frozenset("123"))),
        Column("CARefNo", "corrected_reference_number", Text(max_length=30)),
        Column("BoardDate", "board_meeting_on", OPTIONAL_DAY),
        Column("IFCode", "interim_final", DIGIT),
        Column("FRCode", "forecast_result", DIGIT),
        Column("IFTerm", "term", Month(missing=NOTHING)),
        *marked("DivRate", "gross_rate", AMOUNT),
        *columns(OPTIONAL_DAY, RecDate="record_on", ExDate="ex_on", ActRecDate="actual_record_on"),
        *marked("PayDate", "payable_on", Day(missing=NOTHING | UNDECIDED)),
        *marked("DistAmt", "distribution_amount", AMOUNT),
        *marked("RetEarn", "retained_earnings", AMOUNT),
        *marked("DeemDiv", "deemed_dividend", AMOUNT),
        *marked("DeemCapGains", "deemed_capital_gains", AMOUNT),
        *marked("NetAssetDecRatio", "net_asset_decrease_ratio", AMOUNT),
        Column("CommSpecCode", "kind", DIGIT),
        *marked("CommDivRate", "commemorative_rate", AMOUNT),
        *marked("SpecDivRate", "special_rate", AMOUNT),
    ),
    natural_key=("reference_number",),
    shown=(
        "status",
        "interim_final",
        "forecast_result",
        "gross_rate",
        "record_on",
        "ex_on",
        "payable_on",
    ),
    partition=Partition.DAY,
    plans=frozenset({"premium"}),
    day_column="announced_on",
    expected=weekdays,
    published_after=timedelta(hours=12),
    final_after=timedelta(hours=36),  # noon of the next day, when those of the evening are collected
    is_sparse=True,
    may_be_empty=True,
)

# https://jpx-jquants.com/en/spec/fin-earnings-date
EARNINGS_DATES = Dataset(
    slug="earnings_dates",
    label=_("Announced dates of results"),
    description=_("Fetches on which days companies say that they will publish results."),
    schedule="@trading 10:15",
    path="/fins/earnings-date",
    model=EarningsDate,
    columns=(
        Column("PubDate", "published_on", DAY),
        Column("SchDate", "scheduled_on", OPTIONAL_DAY),
        Column("FQName", "fiscal_quarter", Text(max_length=10)),
        Column("FYE", "fiscal_year_end", Text(max_length=4)),
        Column("Code", "code", CODE),
        Column("CoName", "company_name", Text(max_length=200)),
        Column("CoNameEn", "company_name_english", Text(max_length=200)),
    ),
    natural_key=("code", "fiscal_quarter", "fiscal_year_end", "published_on", "number"),
    shown=(
        "company_name",
        "scheduled_on",
        "fiscal_quarter",
        "fiscal_year_end",
    ),
    numbered_within=("code", "fiscal_quarter", "fiscal_year_end", "published_on"),
    partition=Partition.DAY,
    plans=ALL_PLANS - {"free"},
    day_column="published_on",
    expected=weekdays,
    since=date(2014, 9, 1),
    published_after=timedelta(hours=10, minutes=5),
    final_after=timedelta(hours=24),
    is_sparse=True,
    may_be_empty=True,
    replaces=True,
)

FIGURE = Number(nullable=True)

# https://jpx-jquants.com/en/spec/eq-valuation
VALUATIONS = Dataset(
    slug="valuations",
    label=_("Valuations"),
    description=_("Fetches PER, PBR, ROE and market capitalization of all issues by the day's close."),
    schedule="@trading 16:50",
    path="/equities/valuation",
    model=Valuation,
    columns=(
        Column("Date", "date", DAY),
        Column("Code", "code", CODE),
        *columns(
            FIGURE,
            EPS="earnings_per_share",
            FwdEPS="forecast_earnings_per_share",
            BPS="book_value_per_share",
            ROE="return_on_equity",
            FwdROE="forecast_return_on_equity",
            PER="price_earnings_ratio",
            FwdPER="forecast_price_earnings_ratio",
            PBR="price_book_ratio",
            MktCap="market_cap",
        ),
    ),
    natural_key=("code", "date"),
    shown=(
        "return_on_equity",
        "price_earnings_ratio",
        "forecast_price_earnings_ratio",
        "price_book_ratio",
        "market_cap",
    ),
    partition=Partition.DAY,
    plans=ALL_PLANS,
    published_after=timedelta(hours=16, minutes=30),
    may_be_empty=True,
)
