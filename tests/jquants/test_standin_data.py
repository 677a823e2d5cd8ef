"""The whole way, on a market of real size: stand-in, client, jobs, tables."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pytest_django import Settings

from jquants import session, upsert
from jquants.client import Client, Row
from jquants.datasets import DAILY_QUOTES, TRADING_CALENDAR
from jquants.datasets.dataset import Partition
from jquants.datasets.errors import MissingFieldError, UndecodableValueError
from jquants.datasets.table import decode
from jquants.jobs import ListedCompanies, job_type
from jquants.models import Coverage, CoverageStatus, DailyQuote, ListedCompany, TradingDay
from jquants.ratelimit import MemoryRateLimiter
from jquants.source import is_standin
from jquants.standin import StandinServer
from jquants.standin.market.issues import REVERSE_SPLIT, RIGHTS_ISSUE, SPLIT
from tests.jquants.fakes import NOW, TODAY, perform
from tests.jquants.standin.conftest import changed

DailyQuotes, TradingCalendar = job_type(DAILY_QUOTES), job_type(TRADING_CALENDAR)

pytestmark = pytest.mark.django_db


@pytest.fixture
def serve(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., StandinServer]]:
    """Return a function that starts a stand-in and points the settings to it."""
    monkeypatch.setattr(session, "DatabaseRateLimiter", lambda plan, key, **_options: MemoryRateLimiter(plan))
    settings.JQUANTS_API_KEY = "standin"
    settings.JQUANTS_PLAN = "standard"
    with ExitStack() as servers:

        def start(**options: Any) -> StandinServer:
            server = servers.enter_context(StandinServer(plan="standard", now=lambda: NOW, **options))
            settings.JQUANTS_BASE_URL = server.base_url
            return server

        yield start


@pytest.fixture
def standin(serve: Callable[..., StandinServer]) -> StandinServer:
    return serve()


def test_jobs_bring_a_whole_market_and_a_second_run_only_what_is_new(standin: StandinServer) -> None:
    calendar, companies = perform(TradingCalendar), perform(ListedCompanies)
    quotes = perform(DailyQuotes, days=2)

    assert TradingDay.objects.get(date=TODAY).is_trading_day
    assert calendar.counts["inserted"] == TradingDay.objects.count() > 3650
    assert companies.counts["inserted"] == ListedCompany.objects.listed().count() > 4000
    assert quotes.counts["inserted"] == DailyQuote.objects.count() > 8000
    assert quotes.counts["fetched"] == quotes.counts["inserted"]
    assert is_standin()

    asked = len(standin.requests)
    again = [perform(kind) for kind in (TradingCalendar, ListedCompanies)]
    again.append(perform(DailyQuotes, days=2))
    assert len(standin.requests) == asked + 1  # the calendar, which may have changed anywhere
    assert [run.counts["inserted"] + run.counts["updated"] for run in again] == [0, 0, 0]

    forced = perform(DailyQuotes, days=2, force=True)
    assert forced.counts["unchanged"] == quotes.counts["inserted"]


@pytest.mark.parametrize("kind", [SPLIT, REVERSE_SPLIT, RIGHTS_ISSUE])
def test_adjusted_prices_are_those_j_quants_publishes(standin: StandinServer, kind: str) -> None:
    code = changed(kind)
    published = {row["Date"]: row for row in history(standin, code)}
    assert any(row["AdjFactor"] != 1 for row in published.values())
    table = decode(replace(DAILY_QUOTES, partition=Partition.WHOLE), list(published.values()))
    upsert.insert(DailyQuote, DAILY_QUOTES.names, table.rows)

    for quote in DailyQuote.objects.adjusted().filter(date__gte=date(2019, 1, 1)):
        row = published[str(quote.date)]
        ours = [quote.adjusted_open, quote.adjusted_high, quote.adjusted_low, quote.adjusted_close]
        theirs = [row["AdjO"], row["AdjH"], row["AdjL"], row["AdjC"]]
        if row["C"] is None:
            assert [*ours, quote.adjusted_volume] == [None] * 5
        else:
            assert [float(price or 0) for price in ours] == pytest.approx(
                theirs, abs=0.051
            )  # published with 1 decimal
            assert float(quote.adjusted_volume or 0) == pytest.approx(row["AdjVo"], rel=1e-6, abs=0.5)


def history(standin: StandinServer, code: str) -> list[Row]:
    limiter = MemoryRateLimiter("standard")
    with Client(api_key="standin", base_url=standin.base_url, limiter=limiter) as client:
        return client.rows(DAILY_QUOTES.path, code=code)


@pytest.mark.parametrize(
    ("fault", "error"), [("bad-value", UndecodableValueError), ("missing-key", MissingFieldError)]
)
def test_faulty_row_leaves_nothing_of_its_day_but_a_note(
    serve: Callable[..., StandinServer], fault: str, error: type[Exception]
) -> None:
    serve(faults=(fault,))

    with pytest.raises(error, match=r"daily_quotes, row \w{5}/2026-11-20"):
        perform(DailyQuotes, days=1)

    assert not DailyQuote.objects.exists()
    assert Coverage.objects.get().status == CoverageStatus.FAILED


def test_row_sent_twice_is_stored_once(serve: Callable[..., StandinServer]) -> None:
    serve(faults=("dup-row",))

    counts = perform(DailyQuotes, days=1).counts

    assert counts["inserted"] == DailyQuote.objects.count() < counts["fetched"]
