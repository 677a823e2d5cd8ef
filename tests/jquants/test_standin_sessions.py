"""The sessions of a day, on the plan that has them, on a market of real size."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from pytest_django import Settings

from jquants import datasets, ingest, session
from jquants.client import Client
from jquants.datasets import Dataset
from jquants.jobs import job_type
from jquants.models import SessionQuote
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from jquants.standin.market.issues import REVERSE_SPLIT, RIGHTS_ISSUE, SPLIT
from tests.jquants.fakes import Row, perform
from tests.jquants.sent import stored_as_sent
from tests.jquants.standin.conftest import changed

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)  # 20:00 in Tokyo: all of the day is published
TODAY = date(2026, 11, 20)

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


@pytest.mark.parametrize("kind", [SPLIT, REVERSE_SPLIT, RIGHTS_ISSUE])
def test_adjusted_sessions_are_those_j_quants_publishes(standin: StandinServer, kind: str) -> None:
    code = changed(kind)
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
