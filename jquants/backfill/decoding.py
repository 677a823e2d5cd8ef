"""The days of a CSV file, decoded."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jquants import bulk
from jquants.datasets import Dataset
from jquants.datasets.errors import DataError
from jquants.datasets.table import Table, decode


@dataclass(frozen=True)
class Broken:
    """A day of a file that does not fit."""

    day: date | None
    error: DataError


def decoded_days(dataset: Dataset, path: Path, days: Container[date | None]) -> Iterator[Table | Broken]:
    """Yield those of `days` that a file has. Raises what `bulk.read` raises."""
    for day, rows in bulk.read(dataset, path):
        if day in days:
            try:
                yield decode(dataset, rows, day=day)
            except DataError as error:
                yield Broken(day, error)


def row_count(part: Table | Broken) -> int:
    """Return how many rows are in memory, with those nested in others."""
    return 0 if isinstance(part, Broken) else len(part) + sum(map(len, part.related.values()))
