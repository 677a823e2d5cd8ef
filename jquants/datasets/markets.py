from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jquants import calendar, upsert
from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.fields import Choice, Day
from jquants.datasets.plans import ALL_PLANS
from jquants.models import HolidayDivision, TradingDay
from scheduler import control

if TYPE_CHECKING:
    from jquants.datasets.table import Table


def _write_calendar(table: Table) -> upsert.Counts:
    """Store the days; where one has changed, the jobs that follow the calendar move with it (R11)."""
    counts = upsert.write(table)
    if counts.inserted or counts.updated:
        control.calendar_changed(calendar.NAME, timezone.now())
    return counts


# https://jpx-jquants.com/en/spec/mkt-cal
TRADING_CALENDAR = Dataset(
    slug="trading_calendar",
    label=_("Trading calendar"),
    description=_("Fetches which days the exchange is open, to the end of the published calendar."),
    schedule="0 5 * * *",
    path="/markets/calendar",
    model=TradingDay,
    columns=(
        Column("Date", "date", Day()),
        Column("HolDiv", "holiday_division", Choice(choices=frozenset(HolidayDivision.values))),
    ),
    natural_key=("date",),
    partition=Partition.WHOLE,
    plans=ALL_PLANS,
    is_paged=False,
    write=_write_calendar,
)
