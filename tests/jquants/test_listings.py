import random
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from jquants import ingest, listings
from jquants.datasets import LISTED_COMPANIES
from jquants.ingest import Counts
from jquants.models import ListedCompany, ListedCompanyHistory
from tests.jquants.fakes import NOW, Row, issue

FIRST = date(2026, 11, 2)

pytestmark = pytest.mark.django_db


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def snapshot(number: int, **names: str | None) -> Counts:
    """Apply the list of a day: names by code, where a code starts with c."""
    rows = [issue(code[1:], day(number), CoName=name) for code, name in names.items()]
    return apply(rows)


def apply(rows: list[Row]) -> Counts:
    return ingest.write(LISTED_COMPANIES, rows, base_url="http://127.0.0.1:1/v2", now=NOW)


def history(code: str = "72030") -> list[tuple[date, str]]:
    changes = ListedCompanyHistory.objects.filter(code=code).order_by("effective_on")
    return list(changes.values_list("effective_on", "company_name"))


def state(code: str = "72030") -> tuple[Any, ...]:
    company = ListedCompany.objects.get(code=code)
    return company.company_name, company.first_seen_on, company.last_seen_on, company.is_listed


def test_columns_of_the_history_are_those_of_the_data_set() -> None:
    assert LISTED_COMPANIES.names == listings.HISTORY


def test_first_snapshot_lists_every_issue() -> None:
    assert snapshot(0, c72030="A", c99840="S") == Counts(inserted=2)

    assert state() == ("A", day(0), day(0), True)
    assert history() == [(day(0), "A")]


def test_next_snapshot_adds_history_for_changes_only() -> None:
    snapshot(0, c72030="A", c99840="S")

    assert snapshot(1, c72030="B", c99840="S", c130A0="N") == Counts(inserted=1, updated=1, unchanged=1)

    assert history() == [(day(0), "A"), (day(1), "B")]
    assert history("99840") == [(day(0), "S")]
    assert state("99840") == ("S", day(0), day(1), True)
    assert state("130A0") == ("N", day(1), day(1), True)


def test_same_snapshot_again_changes_nothing() -> None:
    snapshot(0, c72030="A", c99840="S")

    assert snapshot(0, c72030="A", c99840="S") == Counts(unchanged=2)


def test_absence_is_no_change_but_ends_the_listing() -> None:
    snapshot(0, c72030="A", c99840="S")
    snapshot(1, c99840="S")

    assert state() == ("A", day(0), day(0), False)
    assert history() == [(day(0), "A")]
    assert list(ListedCompany.objects.listed().values_list("code", flat=True)) == ["99840"]


def test_issue_that_comes_back_is_listed_again() -> None:
    snapshot(0, c72030="A", c99840="S")
    snapshot(1, c99840="S")
    snapshot(2, c72030="A", c99840="S")

    assert state() == ("A", day(0), day(2), True)


def test_older_snapshot_moves_only_history_and_first_seen() -> None:
    snapshot(5, c72030="B", c99840="S")

    assert snapshot(2, c72030="A", c99840="S", c13010="gone") == Counts(inserted=1, updated=2)

    assert state() == ("B", day(2), day(5), True)
    assert state("13010") == ("gone", day(2), day(2), False)
    assert history() == [(day(2), "A"), (day(5), "B")]
    assert history("99840") == [(day(2), "S")]


def test_snapshot_between_keeps_what_the_next_one_showed() -> None:
    snapshot(1, c72030="A")
    snapshot(5, c72030="A")
    snapshot(3, c72030="B")

    assert history() == [(day(1), "A"), (day(3), "B"), (day(5), "A")]


def test_snapshot_between_of_an_issue_gone_by_the_next_one() -> None:
    snapshot(1, c72030="A", c99840="S")
    snapshot(5, c99840="S")
    snapshot(3, c72030="B", c99840="S")

    assert history() == [(day(1), "A"), (day(3), "B")]
    assert state() == ("B", day(1), day(3), False)


def test_corrected_snapshot_replaces_that_of_the_same_day() -> None:
    snapshot(0, c72030="A", c99840="S")
    snapshot(1, c72030="B", c99840="S")

    assert snapshot(1, c72030="A") == Counts(updated=1)

    assert history() == [(day(0), "A")]
    assert state()[0] == "A"
    assert not ListedCompany.objects.get(code="99840").is_listed


@pytest.mark.parametrize("seed", range(8))
def test_snapshots_in_any_order_tell_the_same_story(seed: int) -> None:
    chance = random.Random(seed)
    shown = {number: chance.choice("AAB-") for number in range(6)}  # "-": not listed
    order = list(shown)
    chance.shuffle(order)

    for number in order:
        names = {"c99840": "S"} | ({} if shown[number] == "-" else {"c72030": shown[number]})
        snapshot(number, **names)

    seen = [number for number in shown if shown[number] != "-"]
    timeline: listings.Timeline = {since: (name,) for since, name in history()}
    assert [listings.as_of(timeline, day(number)) for number in seen] == [(shown[number],) for number in seen]
    assert all(name != following for (_, name), (_, following) in pairwise(history()))
    if seen:
        assert state() == (shown[seen[-1]], day(seen[0]), day(seen[-1]), seen[-1] == 5)
