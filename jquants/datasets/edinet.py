"""What the filings on EDINET have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from jquants.datasets.dataset import Column, Partition, Row
from jquants.datasets.days import weekdays
from jquants.datasets.fields import Code, Text
from jquants.datasets.spellings import CLOCK, DAY, NOTHING, OPTIONAL_DAY, columns, texts

OFFICE_CLOSES = timedelta(hours=18)
ISSUE = Code(nullable=True, missing=NOTHING)
LETTER = Text(max_length=1, nullable=True, missing=NOTHING)

OF_DOCUMENT = (
    Column("SubDate", "submitted_on", DAY),
    Column("Code", "code", ISSUE),
    Column("DocId", "document_id", Text(max_length=8)),
)
FILING = (
    *OF_DOCUMENT,
    Column("SubTime", "submitted_at", CLOCK),
    *texts(6, EdinetCode="edinet_code"),
    Column("DocTypeCode", "document_type", Text(max_length=3)),
)
FILER = texts(1000, FilerName="filer_name", FilerNameEn="filer_name_english")
# Documents appear as they are filed, from 8:00 to 17:59; most kinds on a few days of the year.
FILED: Any = {
    "partition": Partition.DAY,
    "plans": frozenset({"standard", "premium"}),
    "day_column": "submitted_on",
    "expected": weekdays,
    "published_after": OFFICE_CLOSES,
    "final_after": OFFICE_CLOSES,
    "is_sparse": True,
    "may_be_empty": True,
}
FISCAL_YEAR = columns(OPTIONAL_DAY, PerSt="period_start", PerEn="period_end")


def nested_in(document: Row, inner: Iterable[Row], **more: Any) -> Iterator[Row]:
    """Yield rows nested in `document` with what tells whose they are."""
    known = {column.key: document[column.key] for column in OF_DOCUMENT if column.key in document} | more
    for row in inner:
        yield {**row, **known}
