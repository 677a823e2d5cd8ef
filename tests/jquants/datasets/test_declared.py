"""What holds for each data set: values stored as sent, nothing rewritten, nothing lost, nothing half written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection, models

from jquants import datasets, ingest
from jquants.datasets import ALL, Dataset
from jquants.datasets.dataset import Partition
from jquants.datasets.errors import UndecodableValueError
from jquants.ingest import Counts
from jquants.jobs import job_type
from jquants.models import Coverage, UnknownValues
from tests.jquants import samples
from tests.jquants.fakes import NOW, Row
from tests.jquants.sent import sent, stored_as_sent

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Case:
    """A published row, and a field of it with a value that does not fit."""

    dataset: Dataset
    row: Row
    bad: tuple[str, Any]

    @property
    def day(self) -> date | None:
        if self.dataset.partition is Partition.WHOLE:
            return None
        keys = {column.name: column.key for column in self.dataset.columns}
        return date.fromisoformat(self.row[keys[self.dataset.day_column]])

    def write(self, *rows: Row) -> Counts:
        return ingest.write(
            self.dataset, rows or [self.row], day=self.day, base_url="http://127.0.0.1:1/v2", now=NOW
        )

    def __str__(self) -> str:
        return self.dataset.slug


CASES = (
    Case(datasets.DAILY_QUOTES, samples.PREMIUM_BAR, ("MO", "2047")),
    Case(datasets.MORNING_QUOTES, samples.MORNING, ("MVo", 0.5)),
    Case(datasets.MINUTE_BARS, samples.MINUTE, ("Time", "9:00")),
    Case(datasets.TICKS, samples.TICK, ("Price", "")),
    Case(datasets.INVESTOR_TYPES, samples.INVESTORS, ("FrgnBal", "x")),
    Case(datasets.EARNINGS_CALENDAR, samples.ANNOUNCEMENT, ("Date", "tomorrow")),
    Case(datasets.MARGIN_INTEREST, samples.MARGIN, ("PubDate", "")),
    Case(datasets.MARGIN_ALERTS, samples.ALERT, ("ShrtOutChg", "?")),
    Case(datasets.SHORT_RATIOS, samples.SHORT_RATIO, ("S33", "50")),
    Case(datasets.SHORT_SALE_REPORTS, samples.SHORT_SALE, ("PrevRptDate", "2024-07")),
    Case(datasets.BREAKDOWN, samples.BREAKDOWN_OF_A_DAY, ("LongBuyVo", True)),
    Case(datasets.INDEX_BARS, samples.INDEX, ("Code", "00280")),
    Case(datasets.TOPIX, samples.TOPIX_OF_A_DAY, ("C", [1.0])),
)
every = pytest.mark.parametrize("case", CASES, ids=str)


def versions(model: type[models.Model]) -> Any:
    """Return what changes when PostgreSQL rewrites a row of the table."""
    with connection.cursor() as cursor:
        column = "ctid::text" if connection.vendor == "postgresql" else "rowid"
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} ORDER BY 1")  # noqa: S608
        return cursor.fetchall()


@every
def test_each_value_is_stored_as_sent(case: Case) -> None:
    assert case.write() == Counts(inserted=1)

    expected = sent(case.dataset, case.row)
    if case.dataset is datasets.TICKS:
        expected |= {"Price": 1590.0, "TradingVolume": 1200}
    assert stored_as_sent(case.dataset, case.dataset.model._default_manager.get()) == expected


@every
def test_the_same_rows_again_rewrite_nothing(case: Case) -> None:
    case.write()
    tables = [case.dataset.model, *(related.model for related in case.dataset.related)]
    before = [versions(table) for table in tables]
    checksum = Coverage.objects.get().checksum

    assert case.write() == Counts(unchanged=1)

    assert [versions(table) for table in tables] == before
    assert Coverage.objects.get().checksum == checksum


@every
def test_a_corrected_value_overwrites(case: Case) -> None:
    column = next(c for c in reversed(case.dataset.columns) if c.name not in case.dataset.natural_key)
    field = case.dataset.model._meta.get_field(column.name)
    value: Any = "9" if isinstance(field, models.CharField | models.TextField) else 9
    case.write()

    assert case.write(case.row | {column.key: value}) == Counts(updated=1)

    assert str(getattr(case.dataset.model._default_manager.get(), column.name)).startswith("9")


@every
def test_keys_that_are_new_are_kept_and_reported(case: Case) -> None:
    case.write(case.row | {"BrandNew": {"deep": [1]}})

    assert Coverage.objects.get().unknown_keys == ["BrandNew"]
    assert UnknownValues.objects.get().values == {"BrandNew": {"deep": [1]}}


@every
def test_a_bad_value_is_named_by_field_and_row_and_nothing_is_stored(case: Case) -> None:
    key, value = case.bad

    with pytest.raises(UndecodableValueError) as caught:
        case.write(case.row, case.row | {"Code": case.row.get("Code", ""), key: value})

    told = caught.value.facts
    assert told["field"] == key.removeprefix("M" if case.dataset.related else "")
    assert told["value"] == json.dumps(value)
    name: str = case.row.get("Code") or case.row.get("Section") or case.row["Date"]
    assert name[:4] in told["row"]
    assert not case.dataset.model._default_manager.exists()
    assert not Coverage.objects.exists()


@pytest.mark.parametrize("dataset", ALL, ids=lambda dataset: dataset.slug)
def test_each_data_set_has_a_job(dataset: Dataset) -> None:
    assert job_type(dataset).default_schedule == dataset.schedule != ""
    assert job_type(dataset).is_enabled_by_default() is (dataset is not datasets.TICKS)
