"""Decide what becomes of the ticks a job has due: pure, from the schedule, the policies and the clock (R20-R22)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice

from scheduler import ticks
from scheduler.models import Job, MissedPolicy, SkipReason
from scheduler.schedules import Schedule
from scheduler.ticks import TickRange

IsOpen = Callable[[datetime], bool]


@dataclass(frozen=True)
class Downtime:
    """From when to when nothing was dispatched, and why; both in UTC."""

    since: datetime
    until: datetime
    reason: SkipReason


@dataclass(frozen=True)
class Decision:
    """`run` and `skipped` oldest first; together they hold every tick from the cursor until now, once."""

    run: tuple[datetime, ...]
    skipped: tuple[tuple[TickRange, SkipReason], ...]
    next_run_at: datetime | None


def decide(job: Job, now: datetime, *, grace: timedelta, downtimes: Sequence[Downtime] = ()) -> Decision:
    """Return what to do with the ticks of `job` from its cursor, which has come, until `now`.

    `downtimes` say why ticks were missed; elsewhere no scheduler was running.
    """
    schedule, cursor = job.parsed_schedule, job.next_run_at
    if schedule is None or cursor is None:
        return Decision((), (), None)
    due = _due(schedule, cursor, now)
    is_open = job.opening()
    # Where there are more than are counted, the oldest counted one begins the range of the others, so it never runs.
    countable = due[1:] if due[0] > cursor else due
    run = _chosen(job, countable, now, grace=grace, is_open=is_open)
    reasons = {
        tick: _reason(job, tick, now, is_open=is_open, downtimes=downtimes) for tick in due if tick not in run
    }
    return Decision(tuple(run), _ranges(cursor, due, reasons), schedule.next_after(due[-1]))


def _due(schedule: Schedule, cursor: datetime, now: datetime) -> list[datetime]:
    """Return the newest ticks until `now`, oldest first, COUNT_LIMIT at most: found backwards (R22)."""
    newest = schedule.newest_until(now, since=cursor, limit=ticks.COUNT_LIMIT)
    return newest if len(newest) == ticks.COUNT_LIMIT else [cursor, *newest]


def _chosen(
    job: Job, due: Sequence[datetime], now: datetime, *, grace: timedelta, is_open: IsOpen
) -> list[datetime]:
    """Return the ticks to run, oldest first."""
    is_late = now - due[-1] > grace
    if job.missed_policy == MissedPolicy.SKIP and is_late:
        return []
    limit = job.max_catchup if job.missed_policy == MissedPolicy.CATCH_UP else 1
    may_run = (tick for tick in reversed(due) if not is_past_deadline(job, tick, now) and is_open(tick))
    if job.missed_policy == MissedPolicy.SKIP:  # what is older than the tick on time was missed
        may_run = (tick for tick in may_run if tick == due[-1])
    return sorted(islice(may_run, limit))


def is_past_deadline(job: Job, tick: datetime, now: datetime) -> bool:
    deadline = job.start_deadline_seconds
    return deadline is not None and now - tick > timedelta(seconds=deadline)


def _reason(
    job: Job, tick: datetime, now: datetime, *, is_open: IsOpen, downtimes: Iterable[Downtime]
) -> SkipReason:
    if not is_open(tick):
        return SkipReason.HOLIDAY
    for downtime in downtimes:
        if downtime.since <= tick <= downtime.until:
            return downtime.reason
    return SkipReason.DEADLINE if is_past_deadline(job, tick, now) else SkipReason.MISSED


def _ranges(
    cursor: datetime, due: Sequence[datetime], reasons: Mapping[datetime, SkipReason]
) -> tuple[tuple[TickRange, SkipReason], ...]:
    """Join neighbouring skipped ticks of one reason; those beyond the counted ones belong to the oldest range."""
    ranges = []
    for reason, group in groupby(due, key=reasons.get):
        if reason is not None:
            members = list(group)
            ranges.append((TickRange(members[0], members[-1], len(members)), reason))
    if ranges and due[0] > cursor:
        oldest, reason = ranges[0]
        ranges[0] = (TickRange(cursor, oldest.last, ticks.COUNT_LIMIT), reason)
    return tuple(ranges)
