import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from jquants.coverage import fetches
from jquants.datasets import DAILY_QUOTES, LISTED_COMPANIES
from jquants.datasets.table import Table
from jquants.models import Coverage, CoverageStatus
from jquants.upsert import Counts
from tests.conftest import eventually
from tests.jquants.fakes import NOW

MONDAY = date(2026, 11, 16)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)

pytestmark = pytest.mark.django_db


def record(day: date, *, rows: int = 0, now: datetime = NOW) -> None:
    table = Table(DAILY_QUOTES, day, [("72030",)] * rows)
    [record] = fetches.records([table], execution=None, now=now)
    record.save(Counts())


def refuse(*days: date) -> None:
    fetches.record_refused(DAILY_QUOTES, days, execution=None, now=NOW)


def test_covered_are_the_fetched_days_of_the_data_set() -> None:
    record(MONDAY, rows=2)
    refuse(TUESDAY)

    assert fetches.covered(DAILY_QUOTES, [MONDAY, TUESDAY, WEDNESDAY]) == {MONDAY}
    assert fetches.covered(LISTED_COMPANIES, [MONDAY]) == set()
    assert fetches.covered(DAILY_QUOTES, []) == set()


def test_empty_day_is_asked_for_again_for_a_week() -> None:
    record(MONDAY, now=NOW)
    record(TUESDAY, now=NOW + timedelta(days=5))

    assert fetches.covered(DAILY_QUOTES, [MONDAY, TUESDAY]) == {TUESDAY}


def test_refusal_neither_hides_a_stored_day_nor_blocks_a_later_one() -> None:
    record(MONDAY, rows=2)
    refuse(MONDAY, TUESDAY)
    record(TUESDAY, rows=1)

    assert list(Coverage.objects.order_by("day").values_list("status", "rows")) == [
        (CoverageStatus.FETCHED, 2),
        (CoverageStatus.FETCHED, 1),
    ]


def test_next_snapshot_is_the_first_fetched_day_after() -> None:
    record(MONDAY, rows=1)
    refuse(TUESDAY)
    record(WEDNESDAY, rows=1)

    assert fetches.next_snapshot(DAILY_QUOTES, MONDAY) == WEDNESDAY
    assert fetches.next_snapshot(DAILY_QUOTES, WEDNESDAY) is None


def is_waiting() -> bool:
    """Whether anybody waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@contextmanager
def beside(second: Callable[[], None]) -> Iterator[None]:
    """Run a block in a transaction; before its end `second` runs in another thread, and waits for it."""

    def call() -> None:
        try:
            second()
        finally:
            connections.close_all()

    thread = threading.Thread(target=call)
    with transaction.atomic():
        yield
        thread.start()
        eventually(is_waiting)
    thread.join()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_who_comes_second_to_a_new_day_waits_and_finds_what_was_fetched() -> None:
    tables = [Table(DAILY_QUOTES, day, [("72030", str(day))]) for day in (MONDAY, TUESDAY, WEDNESDAY)]
    is_same: list[bool] = []

    def second() -> None:
        with transaction.atomic():
            records = fetches.records(tables[1:], execution=None, now=NOW)
            is_same.extend(each.is_same for each in records)

    with beside(second):
        fetches.records(tables[:2], execution=None, now=NOW)

    assert is_same == [True, False]
    assert Coverage.objects.count() == 3


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_who_fails_waits_for_who_stores_the_day_and_leaves_it_stored() -> None:
    with transaction.atomic():
        record(MONDAY)

    def second() -> None:
        fetches.record_failed(DAILY_QUOTES, MONDAY, ValueError("odd"), execution=None, now=NOW)

    with beside(second):
        record(MONDAY, rows=1)

    row = Coverage.objects.get()
    assert (row.status, row.rows, row.error) == (CoverageStatus.FETCHED, 1, "odd")
