"""kill -9 in the middle of the work: nothing is stuck, no day is stored in part, no tick is lost or doubled."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from threading import Semaphore

import pytest
from django.utils import timezone

from jquants.client import Client
from jquants.models import Coverage, CoverageStatus, DailyQuote
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from scheduler import control
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, MissedPolicy, Status, Trigger
from tests.acceptance.processes import children_of, descendants_of, is_alive
from tests.conftest import Command, eventually

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "standin"
MINUTE = timedelta(minutes=1)
SMALL = pytest.mark.parametrize("standin", [300], indirect=True, ids=["small"])
OF_FIRST_FILE = 3  # questions: which files there are, where the first one is, and that

MakeJob = Callable[..., Job]
Start = Callable[[], Command]


class GatedStandin(StandinServer):
    """A market on the real clock, of real size unless `issues` says otherwise; each answer waits to be let pass."""

    def __init__(self, issues: int | None = None) -> None:
        self.gate = Semaphore(0)
        super().__init__(key=KEY, plan="premium", now=self._now, issues=issues)

    def _now(self) -> datetime:
        self.gate.acquire()
        return datetime.now(UTC)

    def open(self) -> None:
        self.gate.release(100_000)

    def bars(self, day: date) -> dict[str, tuple[float | None, float | None]]:
        """Return what it has of a day, asked over HTTP: close and volume by code."""
        limiter = MemoryRateLimiter("premium")
        with Client(api_key=KEY, base_url=self.base_url, limiter=limiter) as client:
            rows = client.rows("/equities/bars/daily", date=day.isoformat())
        return {row["Code"]: (row["C"], row["Vo"]) for row in rows}


@pytest.fixture
def standin(request: pytest.FixtureRequest) -> Iterator[GatedStandin]:
    with GatedStandin(getattr(request, "param", None)) as server:
        yield server
        server.open()


@pytest.fixture
def start(command: Callable[..., Command], standin: GatedStandin) -> Start:
    """Return a function that starts a scheduler with one worker, which fetches from the stand-in."""
    environment = {
        "JQUANTS_BASE_URL": standin.base_url,
        "JQUANTS_API_KEY": KEY,
        "JQUANTS_PLAN": "premium",
        "SCHEDULER_HEARTBEAT_SECONDS": "1",
    }
    return lambda: command("runscheduler", "--workers", "1", **environment)


def queued(make_job: MakeJob, days: int) -> JobExecution:
    """Queue a fetch of the newest `days` trading days."""
    job = make_job("daily_quotes", parameters={"days": days}, max_retries=20)
    return control.run_now(job, Actor.on_command_line())


def ended(run: JobExecution) -> bool:
    run.refresh_from_db()
    return not run.is_active


def stored_days() -> dict[date, int]:
    """Return the rows of each day that is noted as fetched."""
    fetched = Coverage.objects.filter(dataset="daily_quotes", status=CoverageStatus.FETCHED).order_by("day")
    return {each.day: each.rows for each in fetched if each.day}


def assert_days_are_whole(standin: GatedStandin, count: int) -> None:
    """Fail unless there are `count` days with coverage, exactly as the stand-in has them, and nothing else."""
    stored: dict[date, dict[str, tuple[float | None, float | None]]] = {}
    for code, day, close, volume in DailyQuote.objects.values_list("code", "date", "close", "volume"):
        stored.setdefault(day, {})[code] = (None if close is None else float(close), volume)
    assert {day: len(rows) for day, rows in stored.items()} == stored_days()
    assert len(stored) == count
    assert all(rows == standin.bars(day) for day, rows in stored.items())


def kill_scheduler(scheduler: Command) -> None:
    """Kill the scheduler; fail unless its children follow it."""
    family = descendants_of(scheduler.process.pid)
    scheduler.kill(signal.SIGKILL)
    scheduler.process.wait()
    eventually(lambda: not any(is_alive(pid) for pid in family))


def test_scheduler_killed_in_the_middle_of_a_day_fetches_only_what_is_missing(
    make_job: MakeJob, start: Start, standin: GatedStandin
) -> None:
    run = queued(make_job, days=3)
    standin.gate.release(3)  # both pages of a day, the first page of the next
    scheduler = start()
    eventually(lambda: len(stored_days()) == 1 and len(standin.requests) == 4)
    kill_scheduler(scheduler)
    run.refresh_from_db()
    assert (run.status, len(stored_days())) == (Status.RUNNING, 1)
    assert DailyQuote.objects.count() == sum(stored_days().values())

    standin.open()
    start()
    eventually(lambda: ended(run), seconds=60)
    assert (run.status, run.attempt) == (Status.COMPLETED, 2)
    assert run.rows_fetched == run.rows_inserted == sum(list(stored_days().values())[1:])
    assert_days_are_whole(standin, count=3)


def test_child_killed_in_the_middle_of_a_day_is_replaced(
    make_job: MakeJob, start: Start, standin: GatedStandin
) -> None:
    run = queued(make_job, days=3)
    standin.gate.release(3)
    scheduler = start()
    eventually(lambda: len(stored_days()) == 1 and len(standin.requests) == 4)
    helpers = children_of(scheduler.process.pid)  # of multiprocessing; one of them forks the workers
    (worker,) = set(descendants_of(scheduler.process.pid)) - set(helpers)
    os.kill(worker, signal.SIGKILL)
    standin.open()
    eventually(lambda: ended(run), seconds=60)
    assert (run.status, run.attempt) == (Status.COMPLETED, 2)
    assert scheduler.process.poll() is None
    assert_days_are_whole(standin, count=3)


def test_r14_no_tick_is_lost_or_doubled_however_often_the_scheduler_is_killed(
    make_job: MakeJob, start: Start, standin: GatedStandin
) -> None:
    cursor = timezone.now().replace(second=0, microsecond=0) - 30 * MINUTE
    jobs = [
        make_job(
            "nothing",
            schedule="* * * * *",
            next_run_at=cursor,
            missed_policy=MissedPolicy.CATCH_UP,
            max_catchup=4,
            max_retries=20,
        )
        for _ in range(8)
    ]
    run = queued(make_job, days=4)
    standin.open()
    for reached in (
        lambda: JobExecution.objects.filter(trigger=Trigger.SCHEDULE).exists(),  # dispatching
        lambda: JobExecution.objects.filter(status=Status.COMPLETED).exists(),  # working the queue
        lambda: len(stored_days()) >= 1,  # fetching and storing
    ):
        scheduler = start()
        eventually(reached)
        kill_scheduler(scheduler)
    start()
    eventually(lambda: not JobExecution.objects.active().exists() and ended(run), seconds=60)

    assert run.status == Status.COMPLETED
    assert run.attempt > 1
    assert_days_are_whole(standin, count=4)
    for job in jobs:
        job.refresh_from_db()
        assert job.next_run_at is not None
        expected = [cursor + number * MINUTE for number in range((job.next_run_at - cursor) // MINUTE)]
        assert Counter(ticks_of(job)) == Counter(expected)
        assert len(expected) >= 30


def ticks_of(job: Job) -> Iterator[datetime]:
    """Yield each tick that the ledger accounts for: as a completed run, or in a range of skipped ones."""
    for row in job.executions.all():
        assert row.status in (Status.COMPLETED, Status.SKIPPED)
        assert row.scheduled_for is not None
        last = row.scheduled_until or row.scheduled_for
        assert row.tick_count == (last - row.scheduled_for) // MINUTE + 1
        yield from (row.scheduled_for + number * MINUTE for number in range(row.tick_count))


def backfilled(make_job: MakeJob) -> JobExecution:
    """Queue a backfill of five days out of the files of two months."""
    job = make_job("backfill", max_retries=20)
    given = {"dataset": "daily_quotes", "source": "bulk", "order": "oldest"}
    days = {"date_from": "2026-09-28", "date_to": "2026-10-02"}
    return control.run_now(job, Actor.on_command_line(), parameters=given | days, trigger=Trigger.BACKFILL)


@SMALL
def test_backfill_killed_between_its_files_goes_on_with_what_is_missing(
    make_job: MakeJob, start: Start, standin: GatedStandin
) -> None:
    run = backfilled(make_job)
    standin.gate.release(OF_FIRST_FILE)
    scheduler = start()
    eventually(lambda: len(stored_days()) == 3, seconds=60)
    kill_scheduler(scheduler)
    run.refresh_from_db()
    assert (run.status, len(stored_days())) == (Status.RUNNING, 3)

    standin.open()
    start()
    eventually(lambda: ended(run), seconds=60)
    assert run.status == Status.COMPLETED
    assert_days_are_whole(standin, count=5)


@SMALL
def test_backfill_that_is_cancelled_stops_within_seconds(
    make_job: MakeJob, start: Start, standin: GatedStandin
) -> None:
    run = backfilled(make_job)
    standin.gate.release(OF_FIRST_FILE)
    start()
    eventually(lambda: len(stored_days()) == 3, seconds=60)
    control.cancel(run, Actor.on_command_line())
    standin.open()
    eventually(lambda: ended(run), seconds=10)
    assert run.status == Status.CANCELLED
    assert_days_are_whole(standin, count=3)
