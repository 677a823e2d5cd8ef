"""Who trades, and who is about to report."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.days import ends_of_weeks
from jquants.datasets.fields import Code, Day, Text
from jquants.datasets.numbers import WholeNumber
from jquants.datasets.plans import ALL_PLANS, PAID_PLANS
from jquants.models import EarningsAnnouncement, InvestorTypes
from jquants.models.investors import FIGURES

# https://jpx-jquants.com/en/spec/eq-investor-types; a correction is a further row of the same week, at any time.
INVESTOR_TYPES = Dataset(
    slug="investor_types",
    label=_("Trading by type of investor"),
    description=_("Fetches the weekly trading by type of investor, with what was corrected since."),
    schedule="@trading-week 4 18:15",
    path="/equities/investor-types",
    model=InvestorTypes,
    columns=(
        Column("Section", "section", Text(max_length=20)),
        Column("StDate", "start_date", Day()),
        Column("EnDate", "end_date", Day()),
        Column("PubDate", "published_on", Day()),
        *(Column(key, name, WholeNumber(nullable=True)) for key, name in FIGURES),
    ),
    natural_key=("section", "start_date", "end_date", "published_on"),
    partition=Partition.WHOLE,
    plans=PAID_PLANS,
    day_column="end_date",
    takes_range=True,
    expected=ends_of_weeks,
    published_after=timedelta(hours=16, minutes=30),
    lag=4,
    shown=(
        "section",
        "published_on",
        "proprietary_balance",
        "individuals_balance",
        "foreigners_balance",
        "investment_trusts_balance",
        "business_companies_balance",
        "trust_banks_balance",
        "total_turnover",
    ),
)

# https://jpx-jquants.com/en/spec/eq-earnings-calendar; the list of now, which may hold stale rows.
EARNINGS_CALENDAR = Dataset(
    slug="earnings_calendar",
    label=_("Earnings calendar"),
    description=_("Fetches which companies report on the next business day; older lists are not kept."),
    schedule="@trading 19:15",
    path="/equities/earnings-calendar",
    model=EarningsAnnouncement,
    columns=(
        Column("Code", "code", Code()),
        Column("Date", "date", Day(missing=frozenset({""}))),
        Column("CoName", "company_name", Text(max_length=200)),
        Column("FY", "fiscal_year_end", Text(max_length=20)),
        Column("SectorNm", "sector_name", Text(max_length=50)),
        Column("FQ", "fiscal_quarter", Text(max_length=20)),
        Column("Section", "section_name", Text(max_length=50)),
    ),
    natural_key=("code", "fiscal_year_end", "fiscal_quarter", "number"),
    shown=(
        "company_name",
        "section_name",
        "sector_name",
        "fiscal_year_end",
        "fiscal_quarter",
    ),
    numbered_within=("code", "fiscal_year_end", "fiscal_quarter"),
    partition=Partition.WHOLE,
    plans=ALL_PLANS,
    replaces=True,
    may_be_empty=True,
)
