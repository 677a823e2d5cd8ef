"""R20-R22: what becomes of due ticks, by policy, lateness and number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler import calendars
from scheduler.misfire import Decision, Downtime, decide
from scheduler.models import Job, MissedPolicy, SkipReason

GRACE = timedelta(seconds=60)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, 20, hour, minute, second, tzinfo=UTC)


def hourly(policy: str = MissedPolicy.RUN_ONCE, cursor: datetime | None = None, **fields: object) -> Job:
    return Job(
        name="hourly",
        job_type="nothing",
        schedule="0 * * * *",
        missed_policy=policy,
        next_run_at=cursor or at(3),
        **fields,
    )


def reasons(decision: Decision) -> list[tuple[datetime, datetime, SkipReason]]:
    return [(ticks.first, ticks.last, reason) for ticks, reason in decision.skipped]


def test_r20_tick_on_time_runs_under_every_policy() -> None:
    for policy in MissedPolicy.values:
        decision = decide(hourly(policy), at(3, 1), grace=GRACE)
        assert (decision.run, decision.skipped, decision.next_run_at) == ((at(3),), (), at(4))


def test_r15_next_tick_is_computed_from_the_tick_and_lies_ahead() -> None:
    assert decide(hourly(), at(5, 59), grace=GRACE).next_run_at == at(6)


@pytest.mark.parametrize(
    ("policy", "run", "skipped"),
    [
        (MissedPolicy.RUN_ONCE, [at(7)], [(at(3), at(6), 4)]),
        (MissedPolicy.SKIP, [], [(at(3), at(7), 5)]),
        (MissedPolicy.CATCH_UP, [at(5), at(6), at(7)], [(at(3), at(4), 2)]),
    ],
)
def test_r20_policy_decides_when_ticks_were_missed(
    policy: str, run: list[datetime], skipped: list[tuple[datetime, datetime, int]]
) -> None:
    decision = decide(hourly(policy, max_catchup=3), at(7, 30), grace=GRACE)
    assert list(decision.run) == run
    assert [(ticks.first, ticks.last, ticks.count) for ticks, _ in decision.skipped] == skipped
    assert {reason for _, reason in decision.skipped} == {SkipReason.MISSED}


def test_r20_latest_on_time_runs_and_the_older_are_missed_even_under_skip() -> None:
    decision = decide(hourly(MissedPolicy.SKIP), at(5, 0, 30), grace=GRACE)
    assert decision.run == (at(5),)
    assert [ticks.count for ticks, _ in decision.skipped] == [2]


def test_r21_tick_past_its_deadline_never_runs() -> None:
    job = hourly(MissedPolicy.CATCH_UP, max_catchup=3, start_deadline_seconds=3600)
    decision = decide(job, at(7, 30), grace=GRACE)
    assert decision.run == (at(7),)
    assert reasons(decision) == [(at(3), at(6), SkipReason.DEADLINE)]


def test_r22_counting_stops_at_a_thousand() -> None:
    job = hourly(cursor=at(3) - timedelta(days=365))
    ((ticks, _),) = decide(job, at(7, 30), grace=GRACE).skipped
    assert (ticks.count, ticks.last) == (1000, at(6))


@pytest.mark.parametrize("closed", [False, True])
def test_r3_ticks_beyond_the_counted_ones_are_a_range_however_many_are_caught_up(
    closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = at(3) - timedelta(days=365)
    job = hourly(MissedPolicy.CATCH_UP, cursor=cursor, max_catchup=5000)
    monkeypatch.setattr(job, "opening", lambda: lambda tick: not closed or tick != at(4))
    decision = decide(job, at(7, 30), grace=GRACE)
    oldest = decision.run[0]
    assert len(decision.run) == 999 - closed
    first, reason = decision.skipped[0]
    assert (first.first, first.last, reason) == (cursor, oldest - timedelta(hours=1), SkipReason.MISSED)
    assert reasons(decision)[1:] == [(at(4), at(4), SkipReason.HOLIDAY)] * closed


def test_cursor_is_a_tick_even_where_the_schedule_has_moved_away_from_it() -> None:
    decision = decide(hourly(cursor=at(3, 17)), at(3, 17, 5), grace=GRACE)
    assert (decision.run, decision.next_run_at) == ((at(3, 17),), at(4))


def test_r3_ticks_of_a_pause_are_told_from_those_of_a_dead_scheduler() -> None:
    pause = Downtime(at(4), at(5, 30), SkipReason.PAUSED)
    decision = decide(hourly(), at(7, 30), grace=GRACE, downtimes=[pause])
    assert decision.run == (at(7),)
    assert reasons(decision) == [
        (at(3), at(3), SkipReason.MISSED),
        (at(4), at(5), SkipReason.PAUSED),
        (at(6), at(6), SkipReason.MISSED),
    ]


@pytest.fixture
def weekdays_only() -> Iterator[None]:
    class Weekdays:
        name = "weekdays"

        def is_open(self, day: date) -> bool:
            return day.weekday() < 5

        def is_provisional(self, day: date) -> bool:
            return False

    calendars.register("weekdays", "Weekdays", Weekdays)
    yield
    del calendars._registry["weekdays"]


def daily(**fields: object) -> Job:
    """A job at 6:00 in Tokyo whose cursor is on Friday, November 20th."""
    return Job(
        name="daily",
        job_type="nothing",
        schedule="0 6 * * *",
        calendar="weekdays",
        next_run_at=datetime(2026, 11, 19, 21, tzinfo=UTC),
        **fields,
    )


@pytest.mark.usefixtures("weekdays_only")
def test_r12_tick_on_a_closed_day_is_skipped_as_a_holiday() -> None:
    saturday = datetime(2026, 11, 20, 21, tzinfo=UTC)
    job = daily()
    job.next_run_at = saturday
    decision = decide(job, saturday, grace=GRACE)
    assert (decision.run, reasons(decision)) == ((), [(saturday, saturday, SkipReason.HOLIDAY)])


@pytest.mark.usefixtures("weekdays_only")
def test_r12_latest_open_tick_runs_when_holidays_followed_it() -> None:
    job = daily()
    monday_3_oclock = datetime(2026, 11, 22, 18, tzinfo=UTC)
    decision = decide(job, monday_3_oclock, grace=GRACE)
    assert decision.run == (job.next_run_at,)
    assert [(ticks.count, reason) for ticks, reason in decision.skipped] == [(2, SkipReason.HOLIDAY)]
