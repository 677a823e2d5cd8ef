"""Files that a process decodes bring what they bring without it, whatever becomes of the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from pytest_django import Settings

from jquants import session
from jquants.backfill import decoder_process, opening
from jquants.backfill.decoder import Choice, Decoder, Task
from jquants.backfill.progress import BackfillFailedError
from jquants.datasets import DAILY_QUOTES
from jquants.jobs import Backfill
from jquants.models import Coverage, CoverageStatus, DailyQuote
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from scheduler.errors import Interrupted
from tests.acceptance.processes import is_alive
from tests.jquants.fakes import NOW, FakeRun, bar, perform
from tests.jquants.wire import Wire, answer, csv_file, rows

MONTHS: dict[str, Any] = {
    "dataset": "daily_quotes",
    "source": "bulk",
    "date_from": "2026-06-15",
    "date_to": "2026-10-15",
}
NEVER = 1_000

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def market() -> Iterator[StandinServer]:
    with StandinServer(plan="standard", issues=20, now=lambda: NOW) as server:
        yield server


@pytest.fixture(autouse=True)
def _standin(market: StandinServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "DatabaseRateLimiter", lambda plan, key, **_: MemoryRateLimiter("premium"))
    settings.JQUANTS_BASE_URL = market.base_url
    settings.JQUANTS_API_KEY = "standin"
    settings.JQUANTS_PLAN = "standard"


def stored() -> list[tuple[Any, ...]]:
    return list(DailyQuote.objects.order_by("date", "code").values_list(*DAILY_QUOTES.names))


def processes(monkeypatch: pytest.MonkeyPatch) -> list[Decoder]:
    """Return a list that gets each decoder that is made."""
    made: list[Decoder] = []

    class Kept(Decoder):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            made.append(self)

    monkeypatch.setattr(opening, "Decoder", Kept)
    return made


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_a_process_brings_what_comes_without_one(monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    made = processes(monkeypatch)
    run = perform(Backfill, **MONTHS, order=order)
    (decoder,) = made
    assert not is_alive(decoder.pid)
    brought = stored()
    assert len(brought) == run.counts["inserted"] > 1_000

    monkeypatch.setattr(opening, "FILES_WORTH_A_PROCESS", NEVER)
    again = perform(Backfill, **MONTHS, only="all")

    assert len(made) == 1
    assert (again.counts["unchanged"], again.counts["updated"]) == (len(brought), 0)
    DailyQuote.objects.all().delete()
    Coverage.objects.all().delete()
    perform(Backfill, **MONTHS)
    assert stored() == brought


def test_what_a_killed_process_leaves_is_decoded_by_its_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "FILES_WORTH_A_PROCESS", NEVER)
    perform(Backfill, **MONTHS)
    brought = stored()
    DailyQuote.objects.all().delete()
    Coverage.objects.all().delete()
    monkeypatch.setattr(opening, "FILES_WORTH_A_PROCESS", 1)
    made = processes(monkeypatch)

    class Killing(FakeRun):
        def progress(self, done: int, of: int | None = None, text: str = "") -> None:
            if done == 1:
                os.kill(made[0].pid, signal.SIGKILL)

    Backfill().perform(Killing(Backfill.clean_parameters(MONTHS)))  # type: ignore[arg-type]
    assert stored() == brought


def test_a_day_that_does_not_fit_is_told_as_without_a_process(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "FILES_WORTH_A_PROCESS", 1)
    days = [date(2026, 11, day) for day in (17, 18, 19, 20)]
    with Wire() as wire:
        settings.JQUANTS_BASE_URL = wire.base_url
        listed = [
            {"Key": f"a_{day:%Y%m%d}.csv.gz", "LastModified": "2026-11-20T08:00:01Z", "Size": 1}
            for day in days
        ]
        address = answer({"url": wire.base_url + "/file"})
        bars = [bar(day=day, **({"C": "x"} if day == days[2] else {})) for day in days]
        wire.reply(rows(*listed), *(reply for row in bars for reply in (address, csv_file(row))))

        with pytest.raises(BackfillFailedError, match="1 of 4"):
            perform(Backfill, **MONTHS | {"date_from": "2026-11-17", "date_to": "2026-11-20"}, order="oldest")

    failed = Coverage.objects.get(status=CoverageStatus.FAILED)
    assert failed.day == days[2]
    assert 'C is "x"' in failed.error
    assert DailyQuote.objects.count() == 3


def test_a_process_does_not_go_far_ahead_of_what_is_stored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(decoder_process, "MOST_ROWS", 1)
    days = [date(2026, 11, day) for day in (18, 19, 20)]
    bars = [bar("13010", day) for day in days] + [bar("13020", day) for day in days]
    path = tmp_path / "file.csv.gz"
    path.write_bytes(csv_file(*bars).body)
    waits = []

    def wait(seconds: float) -> None:
        (lying,) = tmp_path.glob("decoded-*")
        waits.append(lying)
        lying.unlink()

    monkeypatch.setattr(time, "sleep", wait)
    choice = Choice(frozenset(days), days[0], days[-1], frozenset(days))
    assert list(decoder_process._decoded(Task(1, "daily_quotes", path, choice))) == waits
    assert len(waits) == 3


def test_a_run_that_gives_way_has_stored_the_file_before(monkeypatch: pytest.MonkeyPatch) -> None:
    processes(monkeypatch)
    stored_at: list[int] = []

    class Yielding(FakeRun):
        def give_way(self) -> None:
            stored_at.append(DailyQuote.objects.values("date__month").distinct().count())
            if len(stored_at) == 3:
                raise Interrupted

    with pytest.raises(Interrupted):
        Backfill().perform(Yielding(Backfill.clean_parameters(MONTHS)))  # type: ignore[arg-type]
    assert stored_at == [0, 1, 2]


def test_a_run_that_is_stopped_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    made = processes(monkeypatch)

    class Stopping(FakeRun):
        def check_stop(self) -> None:
            if made:
                raise Interrupted

    with pytest.raises(Interrupted):
        Backfill().perform(Stopping(Backfill.clean_parameters(MONTHS)))  # type: ignore[arg-type]
    assert not is_alive(made[0].pid)


def test_the_process_ends_with_its_caller() -> None:
    code = (
        "import django; django.setup(); from jquants.backfill.decoder import Decoder; "
        "print(Decoder(lambda: None).pid, flush=True); input()"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=site.BASE_DIR,
    )
    assert caller.stdout is not None
    pid = int(caller.stdout.readline())
    assert is_alive(pid)
    caller.send_signal(signal.SIGKILL)
    caller.wait()

    until = time.monotonic() + 30
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_alive(pid)
    caller.communicate()
