"""Every fault of the stand-in against daily quotes, through the real client, limiter, ingest and runner."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from pytest_django import Settings

from jquants import session
from jquants.models import Coverage, CoverageStatus, DailyQuote
from jquants.models.ratelimit import DatabaseRateLimiter
from jquants.prefetch import FetchAhead
from jquants.standin import FAULTS, StandinServer
from scheduler import claim, control
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, Status
from scheduler.pulse import Pulse
from scheduler.runner import Run, execute
from tests.conftest import ROOT
from tests.jquants.fakes import NOW, bar
from tests.jquants.traffic import Clock

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "the-key-of-this-test"
CODES = ("13060", "25935", "72030", "86970", "99840")
PAGE_SIZE = 2  # so that a day is three pages
DAYS = (date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18))
JAPANESE = re.compile(r"[ぁ-ヿ一-鿿]")
CATALOGUE = ROOT / "locale" / "ja" / "LC_MESSAGES" / "django.mo"


@dataclass(frozen=True)
class End:
    """How a run ends when every answer has the fault; `reason` is the code of the sentence that says why."""

    status: Status
    reason: str = ""
    is_retried: bool = False


def helped_by_another_try(reason: str) -> End:
    return End(Status.FAILED, reason, is_retried=True)


def final(reason: str) -> End:
    return End(Status.FAILED, reason)


# A fault that is new in the stand-in fails here until somebody has said how it is to end.
ENDS = {
    "429": helped_by_another_try("rate_limit"),
    "429-bare": helped_by_another_try("rate_limit"),
    "500": helped_by_another_try("server"),
    "502": helped_by_another_try("server"),
    "503": helped_by_another_try("server"),
    "504": helped_by_another_try("server"),
    "5xx": helped_by_another_try("server"),
    "slow": helped_by_another_try("no_answer"),
    "cut": helped_by_another_try("unreadable"),
    "reset": helped_by_another_try("unreachable"),
    "malformed": helped_by_another_try("unreadable"),
    "html": helped_by_another_try("unreadable"),
    "empty": helped_by_another_try("unreadable"),
    "not-gzip": helped_by_another_try("unreadable"),
    "null-data": final("malformed"),
    "no-data": final("malformed"),
    "loop": final("paging_loop"),
    "bad-value": final("undecodable_value"),
    "missing-key": final("missing_field"),
    "wrong-key": final("api_key"),
    "plan": final("plan"),
    "dup-row": End(Status.COMPLETED),
    "401": final("api_key"),
    "413": final("too_large"),
    "redirect": final("malformed"),
    "trickle": End(Status.COMPLETED),
    "huge": End(Status.COMPLETED),
    "bom": helped_by_another_try("unreadable"),
    "charset": helped_by_another_try("unreadable"),
    "array": final("malformed"),
    "null-row": final("malformed"),
    "nested": final("undecodable_value"),
    "new-key": End(Status.COMPLETED),
    "wrong-day": final("wrong_day"),
    "other-code": End(Status.COMPLETED),  # nothing tells it from a new issue
    "changed-row": final("conflicting_rows"),
    "empty-page": End(Status.COMPLETED),
    "last-key": End(Status.COMPLETED),
    "empty-key": End(Status.COMPLETED),
    "210": End(Status.COMPLETED),  # J-Quants says that there is nothing: the days are noted as empty
}
HARMLESS = {"dup-row", "trickle", "huge", "new-key", "empty-page", "last-key", "empty-key"}
PASSING = [name for name, end in ENDS.items() if end.is_retried or name in HARMLESS]
FINAL = [name for name, end in ENDS.items() if end.status == Status.FAILED and not end.is_retried]

Serve = Callable[..., AbstractContextManager[StandinServer]]
Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, date], Row]:
    """What J-Quants has, by code and day; the last field of some rows is not null."""
    return {
        (code, day): (100.0 + 7 * number, 1000.0 * number, "1" if number % 3 else None)
        for day in DAYS
        for number, code in enumerate(CODES)
    }


@pytest.fixture(scope="module")
def folder(rows: dict[tuple[str, date], Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    bars = [bar(code, day, C=close, Vo=volume, ExRT=ex) for (code, day), (close, volume, ex) in rows.items()]
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "equities_bars_daily.json").write_text(json.dumps({"data": bars}))
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The one clock of engine, limiter and stand-in; who waits moves it, and no time passes."""
    clock = Clock(NOW.timestamp())

    def wait(ahead: object, seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(FetchAhead, "wait", wait)
    monkeypatch.setattr(Run, "sleep", wait)  # while the plan is asked for
    monkeypatch.setattr(session, "DatabaseRateLimiter", partial(DatabaseRateLimiter, clock=clock))
    assert session.client.__kwdefaults__
    monkeypatch.setitem(session.client.__kwdefaults__, "read_timeout", 0.25)
    return clock


@pytest.fixture
def serve(folder: Path, clock: Clock, settings: Settings) -> Serve:
    """Return a function that runs a stand-in with a fault, which the settings then name."""

    @contextmanager
    def serve(*faults: str, seed: int = 1) -> Iterator[StandinServer]:
        with StandinServer(
            key=KEY,
            data=folder,
            faults=faults,
            seed=seed,
            page_size=PAGE_SIZE,
            now=lambda: moment(clock),
            clock=clock,
        ) as server:
            settings.JQUANTS_BASE_URL = server.base_url
            settings.JQUANTS_API_KEY = KEY
            settings.JQUANTS_PLAN = "standard"
            yield server

    return serve


@pytest.fixture
def job(make_job: Callable[..., Job]) -> Job:
    return make_job(
        "daily_quotes",
        max_retries=1,
        parameters={"date_from": DAYS[0].isoformat(), "date_to": DAYS[-1].isoformat()},
    )


def moment(clock: Clock) -> datetime:
    return datetime.fromtimestamp(clock.now, UTC)


def run_to_the_end(job: Job, clock: Clock) -> JobExecution:
    """Queue, claim and execute, again after each wait, until the run has ended."""
    run = control.run_now(job, Actor.on_command_line(), now=moment(clock))
    while run.is_active:
        clock.now = max(clock.now, run.available_at.timestamp())
        (claimed,) = claim.claim(moment(clock), limit=1, only=run.pk)
        execute(claimed, Pulse(claimed, clock=lambda: moment(clock)), draw=lambda low, high: high)
        run.refresh_from_db()
    return run


def stored() -> dict[tuple[str, date], Row]:
    """Return the rows in the form of the fixture."""
    quotes = DailyQuote.objects.values_list("code", "date", "close", "volume", "ex_rights")
    return {
        (code, day): (float(close), volume, ex)
        for code, day, close, volume, ex in quotes
        if close is not None
    }


def whole_days() -> set[date]:
    """Return the days that are stored; fail for one that is there in part, or unlike its coverage."""
    days = list(DailyQuote.objects.values_list("date", flat=True))
    assert {day: days.count(day) for day in days} == dict.fromkeys(days, len(CODES))
    fetched = Coverage.objects.filter(status=CoverageStatus.FETCHED)
    assert {each.day: each.rows for each in fetched} == dict.fromkeys(days, len(CODES))
    return set(days)


def assert_says_why(run: JobExecution) -> None:
    """Fail unless a person can read in both languages why the run ended as it did, and no key is shown."""
    with override("en"):
        english = run.reason
    with override("ja"):
        japanese = run.reason
    assert english
    assert japanese
    assert "%(" not in english + japanese
    assert not JAPANESE.search(english)
    if CATALOGUE.exists():
        assert JAPANESE.search(japanese)
    lines = run.logs.values_list("message", flat=True)
    assert not [text for text in (run.error_message, run.traceback, english, *lines) if KEY in text]


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_that_stays_ends_as_it_should(fault: str, serve: Serve, job: Job, clock: Clock) -> None:
    end = ENDS[fault]
    with serve(fault):
        run = run_to_the_end(job, clock)
    assert (run.status, run.reason_code) == (end.status, end.reason), run.error_message
    assert run.attempt == (2 if end.is_retried else 1)
    if end.status != Status.COMPLETED:
        assert_says_why(run)
    assert whole_days() == (set(DAYS) if fault in HARMLESS | {"other-code"} else set())


@pytest.mark.parametrize("fault", PASSING)
def test_fault_that_comes_and_goes_is_overcome(
    fault: str, serve: Serve, job: Job, clock: Clock, rows: dict[tuple[str, date], Row]
) -> None:
    with serve(f"{fault}:0.3", seed=2) as server:
        run = run_to_the_end(job, clock)
        asked = len(server.requests)
    assert run.status == Status.COMPLETED, run.reason
    assert stored() == rows
    assert whole_days() == set(DAYS)
    assert asked > 9 or fault in HARMLESS  # three pages of three days, and again those that failed


def test_faults_of_all_kinds_together_are_overcome(
    serve: Serve, job: Job, clock: Clock, rows: dict[tuple[str, date], Row]
) -> None:
    with serve(*(f"{fault}:0.02" for fault in PASSING), seed=3) as server:
        run = run_to_the_end(job, clock)
        asked = len(server.requests)
    assert (run.status, stored()) == (Status.COMPLETED, rows)
    assert asked > 9


@pytest.mark.parametrize("fault", FINAL)
def test_fault_in_the_middle_keeps_the_days_before_and_nothing_of_its_own(
    fault: str, serve: Serve, job: Job, clock: Clock, rows: dict[tuple[str, date], Row]
) -> None:
    for seed in range(20):
        DailyQuote.objects.all().delete()
        Coverage.objects.all().delete()
        with serve(f"{fault}:0.15", seed=seed):
            run = run_to_the_end(job, clock)
        days = whole_days()
        assert stored() == {key: row for key, row in rows.items() if key[1] in days}
        assert (run.status == Status.COMPLETED) == (days == set(DAYS))
        if days and days != set(DAYS):
            return
    pytest.fail("no seed hits a day after the first")
