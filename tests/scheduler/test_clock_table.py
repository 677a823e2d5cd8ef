"""Clocks that leap, policies, pauses and calendars through dispatch.tick: every tick is accounted for exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product, takewhile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler import calendars, control, dispatch
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, MissedPolicy, OverlapPolicy, SkipReason, Status
from scheduler.schedules import parse

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # a Friday noon in Tokyo; Monday the 23rd is a holiday
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
# What the clock shows from pass to pass, counted from START.
CLOCKS: dict[str, Sequence[timedelta]] = {
    "on time": [SECOND, HOUR, 2 * HOUR + 59 * SECOND],
    "late by one": [61 * SECOND, HOUR + 30 * MINUTE],
    "late by many": [5 * HOUR + 30 * MINUTE, 6 * HOUR],
    "an hour forth": [MINUTE, HOUR + MINUTE, 2 * HOUR + MINUTE],
    "an hour back": [2 * HOUR, HOUR, 2 * HOUR, 3 * HOUR],
    "a day forth": [MINUTE, DAY + MINUTE, DAY + HOUR],
    "a day back": [DAY, timedelta(0), HOUR, DAY, DAY + HOUR],
    "forth and back for good": [MINUTE, DAY, MINUTE, HOUR],
    "over a weekend": [HOUR, 3 * DAY + 5 * HOUR],
}


class Weekdays:
    """A calendar that is closed on weekends and on the Monday after START."""

    name = "weekdays"

    def is_open(self, day: date) -> bool:
        return day.weekday() < 5 and day != date(2026, 11, 23)

    def is_provisional(self, day: date) -> bool:
        return False


@pytest.fixture
def _weekdays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "_registry", dict(calendars._registry))
    calendars.register("weekdays", "weekdays", Weekdays)


@cache
def ticks_of(schedule: str) -> list[datetime]:
    """Return a fortnight of ticks from START by walking the schedule forward, which dispatch never does."""
    walked = parse(schedule, timezone="Asia/Tokyo").ticks_after(START - SECOND)
    return list(takewhile(lambda tick: tick <= START + 14 * DAY, walked))


def in_ledger(job: Job) -> Iterator[datetime]:
    """Yield each tick that a row stands for, as often as rows do."""
    for row in job.executions.order_by("scheduled_for"):
        assert row.scheduled_for is not None
        last = row.scheduled_until or row.scheduled_for
        within = [tick for tick in ticks_of(job.schedule) if row.scheduled_for <= tick <= last]
        assert row.tick_count == len(within)
        yield from within


def assert_each_once(job: Job, latest: datetime) -> None:
    """Fail unless the rows stand for exactly the ticks from START until the `latest` time ever seen."""
    job.refresh_from_db()
    expected = [tick for tick in ticks_of(job.schedule) if tick <= latest]
    assert list(in_ledger(job)) == expected
    assert job.next_run_at is not None
    assert job.next_run_at > latest
    assert sum(job.executions.values_list("tick_count", flat=True)) == len(expected)


def complete(job: Job, now: datetime) -> None:
    """Let what is queued end, so that the next tick finds the slot free."""
    job.executions.active().update(status=Status.COMPLETED, completed_at=now, holds_slot=False)


@pytest.mark.usefixtures("_weekdays")
@pytest.mark.parametrize("ends", [True, False], ids=["runs end", "run stays active"])
@pytest.mark.parametrize("calendar", ["", "weekdays"])
@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("policy", MissedPolicy.values)
def test_r41_every_tick_is_accounted_for_once(
    policy: str, clock: str, calendar: str, ends: bool, make_job: MakeJob
) -> None:
    jobs = [
        make_job(
            schedule="*/20 * * * *" if deadline else "0 * * * *",
            missed_policy=policy,
            overlap_policy=overlap,
            calendar=calendar,
            start_deadline_seconds=deadline,
            next_run_at=START,
        )
        for overlap, deadline in product(OverlapPolicy.values, [None, 1800])
    ]
    for passed in CLOCKS[clock]:
        dispatch.tick(START + passed)
        if ends:
            for job in jobs:
                complete(job, START + passed)
    for job in jobs:
        assert_each_once(job, START + max(CLOCKS[clock]))


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("policy", MissedPolicy.values)
def test_r23_ticks_of_a_pause_are_accounted_for_once(
    policy: str, clock: str, make_job: MakeJob, actor: Actor
) -> None:
    job = make_job(
        schedule="*/20 * * * *",
        missed_policy=policy,
        overlap_policy=OverlapPolicy.ALLOW,
        next_run_at=START,
    )
    first, *others = CLOCKS[clock]
    dispatch.tick(START + first)
    control.set_scheduler_enabled(False, actor, now=START + first)
    for passed in others:
        dispatch.tick(START + passed)
    assert_each_once(job, START + first)  # nothing while it is paused
    latest = START + max(CLOCKS[clock]) + 2 * HOUR
    control.set_scheduler_enabled(True, actor, now=latest)
    dispatch.tick(latest)
    assert_each_once(job, latest)
    reasons = set(
        job.executions.filter(scheduled_for__gt=START + first).values_list("skip_reason", flat=True)
    )
    assert SkipReason.MISSED not in reasons
    assert SkipReason.PAUSED in reasons


def test_r41_enabling_after_the_clock_was_set_back_promises_no_tick_again(
    make_job: MakeJob, actor: Actor
) -> None:
    job = make_job(schedule="*/30 * * * *", missed_policy=MissedPolicy.SKIP, next_run_at=START)
    dispatch.tick(START + DAY)
    for enabled in (False, True):
        control.set_enabled(job, enabled, actor, now=START + HOUR)
    dispatch.tick(START + 2 * HOUR + 5 * MINUTE)
    dispatch.tick(START + DAY + HOUR)
    assert_each_once(job, START + DAY + HOUR)


def test_r41_new_schedule_after_the_clock_was_set_back_promises_no_tick_again(
    make_job: MakeJob, actor: Actor
) -> None:
    job = make_job(schedule="*/30 * * * *", missed_policy=MissedPolicy.SKIP, next_run_at=START)
    dispatch.tick(START + DAY)
    job.calendar = "jpx"
    control.save_definition(job, {"calendar"}, actor, now=START + HOUR)
    job.calendar = ""
    control.save_definition(job, {"calendar"}, actor, now=START + HOUR)
    dispatch.tick(START + 2 * HOUR + 5 * MINUTE)
    dispatch.tick(START + DAY + HOUR)
    assert_each_once(job, START + DAY + HOUR)


LEAPS = st.sampled_from([SECOND, MINUTE, 20 * MINUTE, HOUR, DAY, -MINUTE, -HOUR, -DAY])


@pytest.mark.usefixtures("_weekdays")
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    leaps=st.lists(st.tuples(LEAPS, st.sampled_from(["", "end", "disable", "enable"])), max_size=12),
    policy=st.sampled_from(MissedPolicy.values),
    overlap=st.sampled_from(OverlapPolicy.values),
    calendar=st.sampled_from(["", "weekdays"]),
    catchup=st.integers(1, 9),
)
def test_r41_any_walk_of_the_clock_accounts_for_every_tick_once(
    make_job: MakeJob,
    actor: Actor,
    leaps: list[tuple[timedelta, str]],
    policy: str,
    overlap: str,
    calendar: str,
    catchup: int,
) -> None:
    JobExecution.objects.all().delete()
    job = make_job(
        schedule="*/30 * * * *",
        missed_policy=policy,
        overlap_policy=overlap,
        calendar=calendar,
        max_catchup=catchup,
        next_run_at=START,
    )
    now = latest = START
    for leap, event in leaps:
        now = max(START, now + leap)
        if event in ("disable", "enable"):
            control.set_enabled(job, event == "enable", actor, now=now)
        elif event == "end":
            complete(job, now)
        dispatch.tick(now)
        if Job.objects.get(pk=job.pk).is_enabled:
            latest = max(latest, now)
    control.set_enabled(job, True, actor, now=latest)
    dispatch.tick(latest)
    assert_each_once(job, latest)
