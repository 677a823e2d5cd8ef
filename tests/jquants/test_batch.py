"""Days on their way to the database."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from jquants.batch import MOST_ROWS, MOST_SECONDS, Batch
from jquants.datasets import DAILY_QUOTES
from jquants.datasets.table import Packed, Table
from tests.jquants.traffic import Clock

DAYS = [date(2026, 11, 2) + timedelta(days=number) for number in range(8)]


class Store:
    """What a batch has stored: the days of each transaction."""

    def __init__(self) -> None:
        self.stored: list[list[date | None]] = []

    def __call__(self, tables: Sequence[Packed]) -> None:
        self.stored.append([Table.unpacked(DAILY_QUOTES, table).day for table in tables])


def table(day: date, rows: int = 1) -> Packed:
    return Table(DAILY_QUOTES, day, [("72030", day.isoformat())] * rows).packed()


def test_the_first_day_is_stored_at_once_and_later_ones_in_growing_groups() -> None:
    store = Store()
    with Batch(store) as batch:
        for day in DAYS:
            batch.add(table(day))
        assert store.stored == [DAYS[:1], DAYS[1:3], DAYS[3:7]]
    assert store.stored[-1] == DAYS[7:]


@pytest.mark.parametrize(("rows", "seconds"), [(MOST_ROWS, 0.0), (1, MOST_SECONDS)])
def test_no_day_waits_for_long_nor_do_many_rows(rows: int, seconds: float) -> None:
    store, clock = Store(), Clock()
    batch = Batch(store, clock=clock)
    for day in DAYS[:4]:
        batch.add(table(day))
    assert store.stored == [DAYS[:1], DAYS[1:3]]  # the next four belong together

    clock.now += seconds
    batch.add(table(DAYS[4], rows))

    assert store.stored[-1] == DAYS[3:5]


def test_what_has_come_is_stored_however_it_ends() -> None:
    store = Store()

    def fetch() -> None:
        with Batch(store) as batch:
            batch.add(table(DAYS[0]))
            batch.add(table(DAYS[1]))
            raise KeyError

    with pytest.raises(KeyError):
        fetch()
    assert store.stored == [DAYS[:1], DAYS[1:2]]


def test_what_could_not_be_stored_is_not_tried_again() -> None:
    tried = Store()

    def fail(tables: Sequence[Packed]) -> None:
        tried(tables)
        raise KeyError

    with pytest.raises(KeyError), Batch(fail) as batch:
        batch.add(table(DAYS[0]))
    assert tried.stored == [DAYS[:1]]
