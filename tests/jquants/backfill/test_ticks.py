"""The job of ticks, which reads CSV files as a backfill does."""

from datetime import date
from typing import Any

import pytest
from pytest_django import Settings

from jquants import session
from jquants.backfill.progress import BackfillFailedError
from jquants.coverage import fetches
from jquants.datasets import TICKS
from jquants.jobs import job_type
from jquants.models import Coverage, CoverageStatus, Tick
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from scheduler.errors import Snoozed
from tests.jquants import samples
from tests.jquants.fakes import NOW, Row, perform
from tests.jquants.wire import Wire, answer, csv_file, rows

WEDNESDAY, THURSDAY, FRIDAY = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)

pytestmark = pytest.mark.django_db


def trade(day: date, number: int = 1) -> Row:
    return samples.TICK | {"Date": str(day), "TransactionId": str(number)}


def file_of(day: date) -> dict[str, Any]:
    return {"Key": f"a_{day:%Y%m%d}.csv.gz", "LastModified": "2026-11-20T08:00:01Z", "Size": 1}


def test_r31_ticks_wait_for_the_file_of_today(wire: Wire, settings: Settings) -> None:
    settings.JQUANTS_ADDONS = ["minute"]
    url = answer({"url": wire.base_url + "/file"})
    of = {day: csv_file(trade(day), trade(day, 2)) for day in (THURSDAY, FRIDAY)}
    wire.reply(rows(file_of(THURSDAY)), url, of[THURSDAY], rows(file_of(FRIDAY)), url, of[FRIDAY])

    with pytest.raises(Snoozed, match="not_published_yet"):
        perform(job_type(TICKS), days=2)
    assert Tick.objects.count() == 2
    run = perform(job_type(TICKS), days=2)

    assert run.counts["inserted"] == 2
    assert fetches.covered(TICKS, [WEDNESDAY, THURSDAY, FRIDAY]) == {THURSDAY, FRIDAY}
    assert perform(job_type(TICKS), days=2).counts["fetched"] == 0
    assert len(wire.seen) == 6


def test_ticks_of_a_past_day_without_a_file_are_not_waited_for(wire: Wire, settings: Settings) -> None:
    settings.JQUANTS_ADDONS = ["minute"]

    perform(job_type(TICKS), date="2026-11-19")

    assert [seen.path for seen in wire.seen] == ["/v2/bulk/list"]
    assert not Coverage.objects.exists()


def test_ticks_that_cannot_be_stored_fail_the_run(wire: Wire, settings: Settings) -> None:
    settings.JQUANTS_ADDONS = ["minute"]
    url = answer({"url": wire.base_url + "/file"})
    bad = csv_file(trade(THURSDAY) | {"Price": "x"})
    wire.reply(rows(file_of(THURSDAY)), url, bad)

    with pytest.raises(BackfillFailedError):
        perform(job_type(TICKS), date="2026-11-19")

    assert Coverage.objects.get().status == CoverageStatus.FAILED


def test_ticks_of_the_stand_in_are_those_of_its_files(settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr(session, "DatabaseRateLimiter", lambda plan, key, **_: MemoryRateLimiter("premium"))
    with StandinServer(plan="light", issues=20, now=lambda: NOW) as server:
        settings.JQUANTS_BASE_URL = server.base_url
        settings.JQUANTS_API_KEY = "standin"
        settings.JQUANTS_PLAN = "light"
        settings.JQUANTS_ADDONS = ["minute"]

        run = perform(job_type(TICKS), days=2)

    assert {path for path, _ in server.requests} == {"/bulk/list", "/bulk/get"}
    assert set(Tick.objects.values_list("date", flat=True)) == {THURSDAY, FRIDAY}
    assert (
        run.counts["inserted"]
        == Tick.objects.count()
        == sum(Coverage.objects.filter(dataset="ticks").values_list("rows", flat=True))
    )
    assert run.seen_progress[-1] == (2, 2, "ticks 2026-11-20")
