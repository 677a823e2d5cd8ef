"""Balances of margin trading."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Partition
from jquants.datasets.days import weekly_until
from jquants.datasets.fields import Code, Day, Flag, Mark, Text
from jquants.datasets.numbers import Number, WholeNumber
from jquants.datasets.plans import PREMIUM_AND_STANDARD
from jquants.models import MarginAlert, MarginInterest

LAST_OF_WEEKLY_FIGURES = date(2026, 9, 24)
SHARES = WholeNumber(nullable=True)
YEN = Number(nullable=True)
MARKS = frozenset({"-", "*"})  # no publication the day before; an ETF

# https://jpx-jquants.com/en/spec/mkt-margin-int; 9 keys until the redesign of September 2026, 16 since.
MARGIN_INTEREST = Dataset(
    slug="margin_interest",
    label=_("Margin balances"),
    description=_("Fetches the margin balances of each trading day; before 2026-09-25 of the ends of weeks."),
    schedule="@trading 16:45",
    path="/markets/margin-interest",
    model=MarginInterest,
    columns=(
        Column("Code", "code", Code()),
        Column("Date", "date", Day()),
        Column("PubDate", "published_on", Day(nullable=True), optional=True),
        Column("IssType", "issue_type", Text(max_length=1)),
        Column("ShrtVol", "short_volume", SHARES),
        Column("LongVol", "long_volume", SHARES),
        Column("ShrtNegVol", "short_negotiable_volume", SHARES),
        Column("LongNegVol", "long_negotiable_volume", SHARES),
        Column("ShrtStdVol", "short_standardized_volume", SHARES),
        Column("LongStdVol", "long_standardized_volume", SHARES),
        Column("ShrtVal", "short_value", YEN, optional=True),
        Column("LongVal", "long_value", YEN, optional=True),
        Column("ShrtNegVal", "short_negotiable_value", YEN, optional=True),
        Column("LongNegVal", "long_negotiable_value", YEN, optional=True),
        Column("ShrtStdVal", "short_standardized_value", YEN, optional=True),
        Column("LongStdVal", "long_standardized_value", YEN, optional=True),
    ),
    natural_key=("code", "date"),
    shown=(
        "issue_type",
        "short_volume",
        "long_volume",
        "short_negotiable_volume",
        "long_negotiable_volume",
    ),
    partition=Partition.DAY,
    plans=PREMIUM_AND_STANDARD,
    expected=weekly_until(LAST_OF_WEEKLY_FIGURES),
    published_after=timedelta(hours=16, minutes=30),
    lag=1,
    may_be_empty=True,
)


def _marked(key: str, name: str, field: type[Number]) -> tuple[Column, Column]:
    """Return a column for the numbers and one for the marks that stand where there is none."""
    number = field(nullable=True, missing=MARKS)
    return Column(key, name, number), Column(key, f"{name}_mark", Mark(marks=MARKS))


# https://jpx-jquants.com/en/spec/mkt-margin-alert; a correction is a further row of the same application date.
MARGIN_ALERTS = Dataset(
    slug="margin_alerts",
    label=_("Margin alerts"),
    description=_("Fetches the issues whose margin balances are published daily, and why."),
    schedule="@trading 16:45",
    path="/markets/margin-alert",
    model=MarginAlert,
    columns=(
        Column("Code", "code", Code()),
        Column("PubDate", "published_on", Day()),
        Column("AppDate", "date", Day()),
        Column("PubReason.Restricted", "is_restricted", Flag()),
        Column("PubReason.DailyPublication", "is_published_daily", Flag()),
        Column("PubReason.Monitoring", "is_monitored", Flag()),
        Column("PubReason.RestrictedByJSF", "is_restricted_by_jsf", Flag()),
        Column("PubReason.PrecautionByJSF", "is_precaution_by_jsf", Flag()),
        Column("PubReason.UnclearOrSecOnAlert", "is_unclear", Flag()),
        Column("ShrtOut", "short_outstanding", SHARES),
        *_marked("ShrtOutChg", "short_change", WholeNumber),
        *_marked("ShrtOutRatio", "short_ratio", Number),
        Column("LongOut", "long_outstanding", SHARES),
        *_marked("LongOutChg", "long_change", WholeNumber),
        *_marked("LongOutRatio", "long_ratio", Number),
        *_marked("SLRatio", "short_to_long_ratio", Number),
        Column("ShrtNegOut", "short_negotiable", SHARES),
        *_marked("ShrtNegOutChg", "short_negotiable_change", WholeNumber),
        Column("ShrtStdOut", "short_standardized", SHARES),
        *_marked("ShrtStdOutChg", "short_standardized_change", WholeNumber),
        Column("LongNegOut", "long_negotiable", SHARES),
        *_marked("LongNegOutChg", "long_negotiable_change", WholeNumber),
        Column("LongStdOut", "long_standardized", SHARES),
        *_marked("LongStdOutChg", "long_standardized_change", WholeNumber),
        Column("TSEMrgnRegCls", "regulation", Text(max_length=3)),
    ),
    spread=frozenset({"PubReason"}),
    natural_key=("code", "date", "published_on"),
    partition=Partition.DAY,
    plans=PREMIUM_AND_STANDARD,
    day_column="published_on",
    published_after=timedelta(hours=16, minutes=30),
    may_be_empty=True,
    shown=(
        "code",
        "date",
        "regulation",
        "short_outstanding",
        "long_outstanding",
        "short_to_long_ratio",
    ),
)
