"""GET /api/market/coverage, as a client meets it."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from pytest_django import Settings
from rest_framework.test import APIClient

from jquants.models import Coverage
from tests.jquants.fakes import NOW

PATH = "/api/market/coverage"
WEEK = {"from": "2026-10-19", "to": "2026-10-23"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_stored")]


@pytest.fixture
def _stored(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "standard"
    for dataset in ("daily_quotes", "index_bars"):
        for day in (19, 20, 23):
            Coverage.objects.create(
                dataset=dataset, day=date(2026, 10, day), status="fetched", rows=day, fetched_at=NOW
            )
    Coverage.objects.create(
        dataset="daily_quotes", day=date(2026, 10, 21), status="failed", error="EPS is “abc”", fetched_at=NOW
    )


@pytest.fixture
def client(person: User) -> APIClient:
    return client_of(person)


def client_of(user: User) -> APIClient:
    client = APIClient(headers={"Accept": "application/json", "Accept-Language": "en"})
    client.force_authenticate(user)
    return client


def read(client: APIClient, **query: Any) -> list[tuple[str, str, str]]:
    """Return data set, day and state of all partitions, page after page."""
    found, url = [], PATH
    while url:
        answer = client.get(url, query)
        assert answer.status_code == 200, answer.content
        found += [(each["dataset"], each["day"], each["state"]) for each in answer.json()["data"]]
        url, query = answer.json()["next"], {}
    return found


def test_missing_days_are_told_beside_stored_and_failed_ones(client: APIClient) -> None:
    answer = client.get(PATH, WEEK | {"dataset": "daily_quotes"}).json()

    assert answer["next"] is None
    states = [(each["day"][-2:], each["state"], each["rows"], each["error"]) for each in answer["data"]]
    assert states == [
        ("19", "fetched", 19, ""),
        ("20", "fetched", 20, ""),
        ("21", "failed", 0, "EPS is “abc”"),
        ("22", "missing", 0, ""),
        ("23", "fetched", 23, ""),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_follow_one_another_over_data_sets(client: APIClient, size: int) -> None:
    query = WEEK | {"dataset": "daily_quotes,index_bars,trading_calendar", "page_size": size}

    found = read(client, **query)

    assert len(found) == len(set(found)) == 11
    assert found == read(client, **query | {"page_size": 1000})
    missing = [each for each in found if each[2] == "missing"]
    assert read(client, **query, state="missing") == missing
    assert ("index_bars", "2026-10-22", "missing") in missing


def test_csv_has_all_of_it(client: APIClient) -> None:
    answer = client.get(PATH, WEEK | {"dataset": ["daily_quotes", "index_bars"], "format": "csv"})

    lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]  # it streams
    assert len(lines) == 10
    assert lines[0]["fetched_at"] == NOW.isoformat()
    assert [line["state"] for line in lines if line["dataset"] == "index_bars"] == [
        "fetched",
        "fetched",
        "missing",
        "missing",
        "fetched",
    ]


@pytest.mark.parametrize(
    ("query", "name", "told"),
    [
        ({"dataset": "quotes"}, "dataset", "“quotes” is no dataset; there are: "),
        ({"state": "gone"}, "state", "missing"),
        ({"from": "2026-13-01"}, "from", "write it as 2026-11-20"),
        ({"from": "2026-10-02", "to": "2026-10-01"}, "to", "before it begins on"),
        ({"day": "2026-10-02"}, "day", "Known are: dataset, state, from, to"),
        ({"cursor": "W10"}, "cursor", "not one of ours"),
        ({"cursor": "WyJ0b3BpeCIsICJ4Il0"}, "cursor", "not one of ours"),
        ({"page_size": "0"}, "page_size", "“0”"),
    ],
)
def test_mistakes_are_named(client: APIClient, query: dict[str, str], name: str, told: str) -> None:
    answer = client.get(PATH, query)

    assert answer.status_code == 422
    assert told in answer.json()["errors"][name][0]


def test_it_needs_the_permission_of_the_coverage(django_user_model: type[User]) -> None:
    user = django_user_model.objects.create_user("reader")
    assert client_of(user).get(PATH).status_code == 403

    user.user_permissions.add(Permission.objects.get(codename="view_coverage"))
    again = django_user_model.objects.get(pk=user.pk)
    assert client_of(again).get(PATH, {"dataset": "index_bars"}).status_code == 200
