"""The whole way of statements, dividends, valuations and derivatives: what is stored is what was generated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from jquants import session
from jquants.client import Client
from jquants.datasets import (
    DIVIDENDS,
    EARNINGS_DATES,
    FUTURES,
    NIKKEI_225_OPTIONS,
    OPTIONS,
    STATEMENT_DETAILS,
    STATEMENTS,
    VALUATIONS,
    Dataset,
)
from jquants.datasets.dataset import Column
from jquants.datasets.fields import Clock, Field, Flag, Mark
from jquants.datasets.numbers import Number
from jquants.jobs import job_type
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from tests.jquants.fakes import NOW, perform

pytestmark = pytest.mark.django_db

# A day of many results, when the generated market has rows of each.
DAYS: dict[Dataset, date] = {
    STATEMENTS: date(2026, 11, 13),
    STATEMENT_DETAILS: date(2026, 11, 13),
    DIVIDENDS: date(2026, 11, 13),
    EARNINGS_DATES: date(2026, 11, 2),
    VALUATIONS: date(2026, 11, 13),
    FUTURES: date(2026, 11, 13),
    OPTIONS: date(2026, 11, 13),
    NIKKEI_225_OPTIONS: date(2026, 11, 13),
}


@pytest.fixture(scope="module")
def standin() -> Iterator[StandinServer]:
    with StandinServer(plan="premium", now=lambda: NOW) as server:
        yield server


@pytest.fixture(autouse=True)
def _asks_the_standin(standin: StandinServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "DatabaseRateLimiter", lambda plan, key, **_options: MemoryRateLimiter(plan))
    settings.JQUANTS_API_KEY = "standin"
    settings.JQUANTS_PLAN = "premium"
    settings.JQUANTS_BASE_URL = standin.base_url


@pytest.mark.parametrize("dataset", DAYS, ids=lambda dataset: dataset.slug)
def test_a_day_is_stored_as_it_was_generated(dataset: Dataset, standin: StandinServer) -> None:
    day = DAYS[dataset].isoformat()
    first = perform(job_type(dataset), date=day)
    with Client(api_key="standin", base_url=standin.base_url, limiter=MemoryRateLimiter("premium")) as client:
        sent = client.rows(dataset.path, date=day)

    assert sent
    assert first.counts["inserted"] == len(sent) == dataset.model._default_manager.count()
    columns = [column for column in dataset.columns if not isinstance(column.field, Mark)]
    stored = dataset.model._default_manager.values_list(*(column.name for column in columns))
    assert sorted(map(repr, stored_rows(stored))) == sorted(repr(sent_row(row, columns)) for row in sent)

    again = perform(job_type(dataset), date=day, force=True)
    assert again.counts == {"fetched": len(sent), "inserted": 0, "updated": 0, "unchanged": len(sent)}


def stored_rows(rows: Any) -> Iterator[list[str | None]]:
    for row in rows:
        yield [spelt(value) for value in row]


def sent_row(row: dict[str, Any], columns: list[Column]) -> list[str | None]:
    return [spelt(understood(row[column.key], column.field)) for column in columns]


def understood(value: Any, field: Field) -> Any:
    if value in ("", "-"):
        return None
    if isinstance(field, Number):
        return value and float(value)
    if isinstance(field, Flag):
        return value == field.yes
    return time.fromisoformat(value) if isinstance(field, Clock) else value


def spelt(value: Any) -> str | None:
    """Return one spelling of what is sent and stored differently."""
    if value is None or value in ("", "-"):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return f"{float(value):.6f}"
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return str(value)
