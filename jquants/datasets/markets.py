from django.utils.translation import gettext_lazy as _

from jquants import upsert
from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.fields import Choice, Day
from jquants.datasets.plans import ALL_PLANS
from jquants.models import HolidayDivision, TradingDay

# https://jpx-jquants.com/en/spec/mkt-cal
TRADING_CALENDAR = Dataset(
    slug="trading_calendar",
    label=_("Trading calendar"),
    path="/markets/calendar",
    model=TradingDay,
    columns=(
        Column("Date", "date", Day()),
        Column("HolDiv", "holiday_division", Choice(choices=frozenset(HolidayDivision.values))),
    ),
    natural_key=("date",),
    partition=Partition.WHOLE,
    plans=ALL_PLANS,
    write=upsert.write,
)
