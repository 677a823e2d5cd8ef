"""The whole way on plan premium: what the stand-in makes up is what is stored, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pytest_django import Settings

from jquants import datasets, ingest, session
from jquants.client import Client
from jquants.datasets import Dataset
from jquants.datasets.dataset import Partition
from jquants.ingest import Counts
from jquants.jobs import job_type
from jquants.models import Coverage, MinuteBar, SessionQuote
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from tests.jquants.fakes import Row, perform
from tests.jquants.sent import sent, stored_as_sent

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)  # 20:00 in Tokyo: all of the day is published
TODAY, BEFORE = date(2026, 11, 20), date(2026, 11, 19)
SETS = (
    datasets.DAILY_QUOTES,
    datasets.MORNING_QUOTES,
    datasets.INVESTOR_TYPES,
    datasets.EARNINGS_CALENDAR,
    datasets.MARGIN_INTEREST,
    datasets.MARGIN_ALERTS,
    datasets.SHORT_RATIOS,
    datasets.SHORT_SALE_REPORTS,
    datasets.BREAKDOWN,
    datasets.INDEX_BARS,
    datasets.TOPIX,
)
every = pytest.mark.parametrize("dataset", SETS, ids=lambda dataset: dataset.slug)

pytestmark = pytest.mark.django_db


@pytest.fixture
def standin(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandinServer]:
    monkeypatch.setattr(session, "DatabaseRateLimiter", lambda plan, key, **_options: MemoryRateLimiter(plan))
    settings.JQUANTS_API_KEY = "standin"
    settings.JQUANTS_PLAN = "premium"
    with StandinServer(plan="premium", now=lambda: NOW) as server:
        settings.JQUANTS_BASE_URL = server.base_url
        yield server


def generated(standin: StandinServer, dataset: Dataset, **query: str) -> list[Row]:
    """Return what the stand-in answers, as it is."""
    with Client(api_key="standin", base_url=standin.base_url, limiter=MemoryRateLimiter("premium")) as client:
        return client.rows(dataset.path, **query)


def query_for(dataset: Dataset) -> dict[str, str]:
    if dataset.partition is Partition.WHOLE or not dataset.day_parameter:
        return {}
    return {dataset.day_parameter: str(BEFORE if dataset.lag else TODAY)}


def given(dataset: Dataset) -> dict[str, Any]:
    is_daily = dataset.partition is Partition.DAY and dataset.day_parameter
    return {"days": 1} if is_daily else {}


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: str(list(row.values())))


@every
def test_a_day_of_premium_is_stored_as_generated_and_not_rewritten(
    standin: StandinServer, dataset: Dataset
) -> None:
    rows = generated(standin, dataset, **query_for(dataset))
    job = job_type(dataset)

    first = perform(job, now=NOW, **given(dataset))
    again = perform(job, now=NOW, **(given(dataset) and {"days": 1, "force": True}))

    assert first.counts["inserted"] == len(rows) > 0
    stored = [stored_as_sent(dataset, row) for row in dataset.model._default_manager.all()]
    assert in_order(stored) == in_order([sent(dataset, row) for row in rows])
    assert (again.counts["inserted"], again.counts["updated"]) == (0, 0)
    assert again.counts["unchanged"] == len(rows)
    assert Coverage.objects.get().unknown_keys == []


def test_sessions_of_a_day_are_stored_as_generated(standin: StandinServer) -> None:
    rows = generated(standin, datasets.DAILY_QUOTES, date=str(TODAY))

    perform(job_type(datasets.DAILY_QUOTES), now=NOW, days=1)

    stored = {
        (quote.code, quote.session): stored_as_sent(datasets.SESSION_QUOTES, quote)
        for quote in SessionQuote.objects.all()
    }
    assert len(stored) == 2 * len(rows)
    for row in rows:
        for letter, part in (("M", "am"), ("A", "pm")):
            bar = {key: row[letter + key] for key in ("O", "H", "L", "C", "UL", "LL", "Vo", "Va")}
            assert (
                stored[row["Code"], part]
                == {
                    "Code": row["Code"],
                    "Date": row["Date"],
                    "Session": part,
                }
                | bar
            )


def test_minutes_of_an_issue_are_stored_as_generated(standin: StandinServer) -> None:
    day = str(TODAY)
    rows = generated(standin, datasets.MINUTE_BARS, code="72030", **{"from": day, "to": day})

    for counts in (Counts(inserted=len(rows)), Counts(unchanged=len(rows))):
        written = ingest.write(datasets.MINUTE_BARS, rows, day=TODAY, base_url=standin.base_url, now=NOW)
        assert written == counts

    stored = [stored_as_sent(datasets.MINUTE_BARS, bar) for bar in MinuteBar.objects.order_by("time")]
    assert stored == [sent(datasets.MINUTE_BARS, row) for row in rows]


# With splits, a reverse split, a rights issue.
@pytest.mark.parametrize("code", ["13720", "13820", "21350"])
def test_adjusted_sessions_are_those_j_quants_publishes(standin: StandinServer, code: str) -> None:
    rows = generated(standin, datasets.DAILY_QUOTES, code=code, **{"from": "20190101"})
    for row in rows:
        if row["AdjFactor"] != 1 or row["Date"][8:] == "20":
            day = date.fromisoformat(row["Date"])
            ingest.write(datasets.DAILY_QUOTES, [row], day=day, base_url=standin.base_url, now=NOW)
    published = {row["Date"]: row for row in rows}

    quotes = SessionQuote.objects.adjusted()

    assert any(row["AdjFactor"] != 1 for row in rows)
    assert quotes.count() > 60
    for quote in quotes:
        row = published[str(quote.date)]
        theirs = [row[quote.session.replace("am", "M").replace("pm", "A")[0] + key] for key in ADJUSTED]
        ours = [quote.adjusted_open, quote.adjusted_high, quote.adjusted_low, quote.adjusted_close]
        if theirs[0] is None:
            assert [*ours, quote.adjusted_volume] == [None] * 5
        else:
            assert [float(price or 0) for price in ours] == pytest.approx(theirs[:4], abs=0.051)
            assert float(quote.adjusted_volume or 0) == pytest.approx(theirs[4], rel=1e-6, abs=0.5)


ADJUSTED = ("AdjO", "AdjH", "AdjL", "AdjC", "AdjVo")
