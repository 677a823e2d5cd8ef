"""Each data set with CSV files, on the largest plan: a file has the rows of the API."""

from collections.abc import Iterable, Iterator
from datetime import date

import pytest

from jquants import bulk
from jquants.client import Client
from jquants.datasets import ALL, DAILY_QUOTES, LISTED_COMPANIES, MINUTE_BARS
from jquants.datasets.dataset import Dataset, Partition
from jquants.datasets.table import Table, decode
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from tests.jquants.fakes import NOW

DAYS = [
    dataset
    for dataset in ALL
    if bulk.has_files(dataset, "premium")
    and dataset.partition is Partition.DAY
    and dataset.day_parameter
    and not dataset.is_bulk_only
    and dataset not in {DAILY_QUOTES, LISTED_COMPANIES}  # in test_bulk
    and dataset is not MINUTE_BARS  # whose 220,000 rows a day take too long
]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        StandinServer(plan="premium", now=lambda: NOW, per_minute=10**6) as server,
        Client(api_key="standin", base_url=server.base_url, limiter=MemoryRateLimiter("premium")) as client,
    ):
        yield client


@pytest.mark.parametrize("dataset", DAYS, ids=lambda dataset: dataset.slug)
def test_newest_file_has_the_rows_of_the_api(client: Client, dataset: Dataset) -> None:
    day, from_file = newest(client, dataset)
    from_api = decode(dataset, client.rows(dataset.path, **{dataset.day_parameter: day.isoformat()}), day=day)

    assert from_api.rows
    assert present(from_file, from_file.rows) == present(from_file, from_api.rows)
    assert from_file.related == from_api.related


def newest(client: Client, dataset: Dataset) -> tuple[date, Table]:
    """Return the last day that a file has rows of, and those."""
    for file in reversed(bulk.listed(client, dataset)):
        with bulk.downloaded(client, file) as path:
            found = [(day, rows) for day, rows in bulk.read(dataset, path) if day]
        if found:
            day, rows = found[-1]
            return day, decode(dataset, rows, day=day)
    raise AssertionError(f"no file of {dataset.slug} has rows")


def present(table: Table, rows: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Return the rows without the columns that `table` lacks."""
    lacking = set(table.dataset.positions(table.absent))
    return [tuple(value for at, value in enumerate(row) if at not in lacking) for row in rows]
