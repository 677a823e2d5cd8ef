"""Short selling, and trades by kind of order."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.fields import Code, Day, Text
from jquants.datasets.numbers import Number, WholeNumber
from jquants.datasets.plans import PREMIUM, PREMIUM_AND_STANDARD
from jquants.models import Breakdown, ShortRatio, ShortSaleReport

SHARES = WholeNumber(nullable=True)
YEN = Number(nullable=True)
BLANK = frozenset({"", "-"})  # in answers and in files
NAME = Text(max_length=500, missing=BLANK)

# https://jpx-jquants.com/en/spec/mkt-short-ratio
SHORT_RATIOS = Dataset(
    slug="short_ratios",
    label=_("Short selling by sector"),
    description=_("Fetches the short selling in each sector, for the trading days that are not stored yet."),
    schedule="@trading 16:45",
    path="/markets/short-ratio",
    model=ShortRatio,
    columns=(
        Column("Date", "date", Day()),
        Column("S33", "sector_33_code", Code(length=4)),
        Column("SellExShortVa", "long_value", YEN),
        Column("ShrtWithResVa", "restricted_short_value", YEN),
        Column("ShrtNoResVa", "unrestricted_short_value", YEN),
    ),
    natural_key=("sector_33_code", "date"),
    partition=Partition.DAY,
    plans=PREMIUM_AND_STANDARD,
    published_after=timedelta(hours=16, minutes=30),
    may_be_empty=True,
)

# https://jpx-jquants.com/en/spec/mkt-short-sale-report
SHORT_SALE_REPORTS = Dataset(
    slug="short_sale_reports",
    label=_("Short-sale reports"),
    description=_(
        "Fetches the reported short positions of at least half a percent, by the day of disclosure."
    ),
    schedule="@trading 17:45",
    path="/markets/short-sale-report",
    model=ShortSaleReport,
    columns=(
        Column("Code", "code", Code()),
        Column("DiscDate", "disclosed_on", Day()),
        Column("CalcDate", "calculated_on", Day()),
        Column("SSName", "short_seller_name", NAME),
        Column("SSAddr", "short_seller_address", NAME),
        Column("DICName", "contractor_name", NAME),
        Column("DICAddr", "contractor_address", NAME),
        Column("FundName", "fund_name", NAME),
        Column("ShrtPosToSO", "position_ratio", Number(nullable=True)),
        Column("ShrtPosShares", "position_shares", SHARES),
        Column("ShrtPosUnits", "position_units", Number(nullable=True)),
        Column("PrevRptDate", "previous_calculated_on", Day(missing=BLANK)),
        Column("PrevRptRatio", "previous_ratio", Number(nullable=True, missing=BLANK)),
        Column("Notes", "notes", Text(missing=BLANK)),
    ),
    natural_key=("code", "disclosed_on", "number"),
    numbered_within=("code", "disclosed_on"),
    partition=Partition.DAY,
    plans=PREMIUM_AND_STANDARD,
    day_column="disclosed_on",
    day_parameter="disc_date",
    since=date(2013, 11, 7),
    published_after=timedelta(hours=17, minutes=30),
    may_be_empty=True,
    replaces=True,
    shown=(
        "code",
        "calculated_on",
        "short_seller_name",
        "position_ratio",
        "position_shares",
        "previous_ratio",
    ),
)

# https://jpx-jquants.com/en/spec/mkt-breakdown
BREAKDOWN = Dataset(
    slug="breakdown",
    label=_("Breakdown of trades"),
    description=_(
        "Fetches each issue's trades by kind of order, for the trading days that are not stored yet."
    ),
    schedule="@trading 18:15",
    path="/markets/breakdown",
    model=Breakdown,
    columns=(
        Column("Code", "code", Code()),
        Column("Date", "date", Day()),
        Column("LongSellVa", "long_sell_value", YEN),
        Column("ShrtNoMrgnVa", "short_sell_value", YEN),
        Column("MrgnSellNewVa", "margin_sell_new_value", YEN),
        Column("MrgnSellCloseVa", "margin_sell_close_value", YEN),
        Column("LongBuyVa", "long_buy_value", YEN),
        Column("MrgnBuyNewVa", "margin_buy_new_value", YEN),
        Column("MrgnBuyCloseVa", "margin_buy_close_value", YEN),
        Column("LongSellVo", "long_sell_volume", SHARES),
        Column("ShrtNoMrgnVo", "short_sell_volume", SHARES),
        Column("MrgnSellNewVo", "margin_sell_new_volume", SHARES),
        Column("MrgnSellCloseVo", "margin_sell_close_volume", SHARES),
        Column("LongBuyVo", "long_buy_volume", SHARES),
        Column("MrgnBuyNewVo", "margin_buy_new_volume", SHARES),
        Column("MrgnBuyCloseVo", "margin_buy_close_volume", SHARES),
    ),
    natural_key=("code", "date"),
    shown=(
        "long_sell_value",
        "short_sell_value",
        "margin_sell_new_value",
        "long_buy_value",
        "margin_buy_new_value",
    ),
    partition=Partition.DAY,
    plans=PREMIUM,
    since=date(2015, 4, 1),
    published_after=timedelta(hours=18),
    may_be_empty=True,
)
