from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.fields import Code, Day
from jquants.datasets.numbers import Number
from jquants.datasets.plans import PAID_PLANS, PREMIUM, PREMIUM_AND_STANDARD
from jquants.models import IndexBar, TopixBar

POINTS = Number(nullable=True)
BAR = (
    Column("Date", "date", Day()),
    Column("O", "open", POINTS),
    Column("H", "high", POINTS),
    Column("L", "low", POINTS),
    Column("C", "close", POINTS),
)

# https://jpx-jquants.com/en/spec/idx-bars-daily; some indices have only a close.
INDEX_BARS = Dataset(
    slug="index_bars",
    label=_("Indices"),
    description=_("Fetches the indices of the exchange, for the trading days that are not stored yet."),
    schedule="@trading 16:45",
    path="/indices/bars/daily",
    model=IndexBar,
    columns=(Column("Code", "code", Code(length=4)), *BAR),
    natural_key=("code", "date"),
    partition=Partition.DAY,
    plans=PREMIUM_AND_STANDARD,
    richer_on=PREMIUM,  # most of the indices with dividends
    published_after=timedelta(hours=16, minutes=30),
    may_be_empty=True,
)

# https://jpx-jquants.com/en/spec/idx-bars-daily-topix
TOPIX = Dataset(
    slug="topix",
    label=_("TOPIX"),
    description=_("Fetches TOPIX of all days that the plan has."),
    schedule="@trading 16:45",
    path="/indices/bars/daily/topix",
    model=TopixBar,
    columns=BAR,
    natural_key=("date",),
    partition=Partition.WHOLE,
    takes_range=True,
    plans=PAID_PLANS,
    published_after=timedelta(hours=16, minutes=30),
)
