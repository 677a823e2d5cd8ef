"""Decide what becomes of the ticks a job has due: pure, from the schedule, the policies and the clock (R20-R22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.models import Job, MissedPolicy, SkipReason
from scheduler.ticks import TickRange, ticks_between

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Decision:
    """`run` and `skipped` oldest first; together they hold every tick from the cursor until now, once."""

    run: tuple[datetime, ...]
    skipped: tuple[tuple[TickRange, SkipReason], ...]
    next_run_at: datetime | None


def decide(job: Job, now: datetime, *, grace: timedelta) -> Decision:
    """Return what to do with the ticks of `job` from its cursor, which has come, until `now`."""
    schedule, cursor = job.parsed_schedule, job.next_run_at
    if schedule is None or cursor is None:
        return Decision((), (), None)
    limit = job.max_catchup if job.missed_policy == MissedPolicy.CATCH_UP else 1
    chosen = schedule.newest_until(now, since=cursor, limit=limit)
    if len(chosen) < limit:
        chosen = [cursor, *chosen]
    next_run_at = schedule.next_after(chosen[-1])  # from the tick, not from now (R15)
    if job.missed_policy == MissedPolicy.SKIP and now - chosen[-1] > grace:
        return Decision((), _skipped(job, cursor, now, SkipReason.MISSED), next_run_at)
    run = tuple(tick for tick in chosen if not is_past_deadline(job, tick, now))
    expired = chosen[: len(chosen) - len(run)]  # the oldest ones
    skipped = _skipped(job, cursor, chosen[0] - _INSTANT, SkipReason.MISSED)
    if expired:
        skipped += ((TickRange(expired[0], expired[-1], len(expired)), SkipReason.DEADLINE),)
    return Decision(run, skipped, next_run_at)


def is_past_deadline(job: Job, tick: datetime, now: datetime) -> bool:
    deadline = job.start_deadline_seconds
    return deadline is not None and now - tick > timedelta(seconds=deadline)


def _skipped(
    job: Job, since: datetime, until: datetime, reason: SkipReason
) -> tuple[tuple[TickRange, SkipReason], ...]:
    passed = ticks_between(job, since, until)
    return ((passed, reason),) if passed else ()
