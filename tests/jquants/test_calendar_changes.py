"""R11: a calendar that changes moves the jobs that follow it, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from jquants import ingest
from jquants.datasets import TRADING_CALENDAR
from scheduler.models import Job
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def store(*days: tuple[str, str]) -> None:
    rows = [{"Date": day, "HolDiv": division} for day, division in days]
    ingest.write(TRADING_CALENDAR, rows, base_url="http://127.0.0.1/v2", now=NOW)


def test_r11_day_that_closes_moves_the_next_tick(
    make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jquants.datasets.markets.timezone.now", lambda: NOW)
    job = make_job(schedule="@trading 18:00", calendar="jpx")
    Job.objects.filter(pk=job.pk).update(next_run_at=datetime.fromisoformat("2026-11-20T18:00+09:00"))
    store(("2026-11-20", "0"), ("2026-11-23", "0"), ("2026-11-24", "1"))
    job.refresh_from_db()
    assert job.next_run_at == datetime.fromisoformat("2026-11-24T18:00+09:00")
