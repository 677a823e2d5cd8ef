from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.days import every_day
from jquants.datasets.fields import Json, Text
from jquants.datasets.numbers import WholeNumber
from jquants.datasets.plans import ALL_PLANS
from jquants.datasets.spellings import CLOCK, CODE, DAY
from jquants.models import Disclosure

# https://jpx-jquants.com/en/spec/td-list
DISCLOSURES = Dataset(
    slug="disclosures",
    label=_("Disclosures"),
    description=_(
        "Fetches the list of what companies disclosed on TDnet on the day, hourly from 8:00 to 20:00."
    ),
    schedule="50 8-20 * * 1-5",
    path="/td/list",
    model=Disclosure,
    columns=(
        Column("DiscDate", "disclosed_on", DAY),
        Column("DiscTime", "disclosed_at", CLOCK),
        Column("Code", "code", CODE),
        Column("Name", "company_name", Text(max_length=200)),
        Column("Title", "title", Text(max_length=1000)),
        Column("DiscNo", "disclosure_number", Text(max_length=14)),
        Column("DiscStatus", "status", Text(max_length=20, nullable=True)),
        Column("RevNo", "revision", WholeNumber(nullable=True)),
        Column("DiscItems", "topics", Json(kind=list)),
        Column("Docs", "kinds", Json(kind=list)),
    ),
    natural_key=("disclosure_number",),
    partition=Partition.DAY,
    plans=ALL_PLANS - {"free"},
    add_on="tdnet",
    day_column="disclosed_on",
    expected=every_day,
    published_after=timedelta(hours=8),
    final_after=timedelta(hours=25),
    is_sparse=True,
    may_be_empty=True,
)
