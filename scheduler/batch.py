"""Dispatch the ordinary ticks of many jobs in one transaction: all rows in one insert, all cursors in one update.

A crash leaves nothing or everything, as with a transaction a job (R14). Ordinary is what needs no decision: a cron
job without a calendar has one tick due, in time, and no run in its way. The rest is left to scheduler.dispatch.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable, RawSQL

from scheduler import ticks
from scheduler.models import Job, JobExecution, MissedPolicy, OverlapPolicy, Trigger
from scheduler.schedules import parse

logger = logging.getLogger(__name__)

NAMED = 5  # jobs that the log line of a batch names
# One parameter, however many rows: drivers spend more on a placeholder than the database on its row.
IDS = {
    "postgresql": "SELECT value::bigint FROM jsonb_array_elements_text(%s::jsonb)",
    "sqlite": "SELECT value FROM json_each(%s)",
}
MOVES = {
    "postgresql": "SELECT (row->>0)::bigint AS job_id, (row->>1)::bigint AS version, (row->>2)::timestamptz AS was,"
    " (row->>3)::timestamptz AS becomes FROM jsonb_array_elements(%s::jsonb) AS row",
    "sqlite": "SELECT json_extract(value, '$[0]') AS job_id, json_extract(value, '$[1]') AS version,"
    " json_extract(value, '$[2]') AS was, json_extract(value, '$[3]') AS becomes FROM json_each(%s)",
}


class CursorMoved(Exception):
    """Somebody moved a cursor that this transaction had locked."""


class Move(NamedTuple):
    """A cursor to be moved if it and the schedule are still what the decision was made from."""

    job_id: int
    version: int
    cursor: datetime
    next_run_at: datetime


@dataclass
class Batch:
    """How many ticks were queued, and the due jobs that are not ordinary, longest waiting first."""

    queued: int = 0
    left: list[int] = field(default_factory=list)


def dispatch(now: datetime, *, limit: int) -> Batch:
    """Queue the ordinary ticks among the `limit` jobs that have been due longest and nobody else has locked."""
    with transaction.atomic():
        due = Job.objects.due(now).unless_paused().select_for_update(skip_locked=True, of=("self",))
        columns = ("pk", _is_true(_plain(now)), "schedule_version", "next_run_at", "schedule", "timezone")
        jobs = list(due.values_list(*columns)[:limit])
        moves = [
            Move(pk, version, cursor, following)
            for pk, is_plain, version, cursor, text, zone in jobs
            if is_plain and (following := _next_tick(text, zone, cursor, now))
        ]
        names = _insert(moves, now) if moves else {}
        _move_cursors([move for move in moves if move.job_id in names])
    if names:
        logger.info(
            "%s executions queued: %s", len(names), _listed(names), extra={"action": "executions_queued"}
        )
    return Batch(len(names), [pk for pk, *_ in jobs if pk not in names])


def _plain(now: datetime) -> Q:
    """Return what must be true of a job for its tick to be ordinary, besides its schedule."""
    in_time = now - timedelta(seconds=settings.SCHEDULER_GRACE_SECONDS)
    backlog = JobExecution.objects.backlog().filter(job=OuterRef("pk"))
    return (
        Q(calendar="", start_deadline_seconds=None, quarantined_since=None)
        & (~Q(missed_policy=MissedPolicy.SKIP) | Q(next_run_at__gte=in_time))
        & (
            Q(overlap_policy=OverlapPolicy.ALLOW)
            | Q(overlap_policy=OverlapPolicy.FORBID) & Q(~Exists(backlog))
        )
    )


def _next_tick(text: str, zone: str, cursor: datetime, now: datetime) -> datetime | None:
    """Return the tick after `cursor`; None when it is due too, or there is none, or the schedule is broken."""
    try:
        following = parse(text, timezone=zone).next_after(cursor)
    except Exception:  # the job's own pass raises it again, and sets the job aside (R18)
        return None
    return following if following is not None and following > now else None


def _insert(moves: Sequence[Move], now: datetime) -> dict[int, str]:
    """Insert the runs that no unique key forbids; return the names of their jobs by id.

    The database copies the snapshots (R4): nothing of a job has to come here and go back.
    """
    columns = _columns(now)
    chosen = RawSQL(IDS[connection.vendor], [json.dumps([move.job_id for move in moves])])  # noqa: S611 - our own text
    jobs = Job.objects.filter(pk__in=chosen).order_by("next_run_at", "pk")
    select, parameters = jobs.values_list(*columns.values()).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {JobExecution._meta.db_table} ({', '.join(columns)}) {select} "
            "ON CONFLICT DO NOTHING RETURNING job_id, job_name",
            parameters,
        )
        return dict(cursor.fetchall())


def _columns(now: datetime) -> dict[str, Combinable]:
    """Return what to write into each column, as expressions of the job's."""
    template = ticks.new_run(Job(), Trigger.SCHEDULE, now, updated_at=now)
    of_job = {each.name for each in Job._meta.concrete_fields} & set(ticks.snapshot(template.job))
    columns: dict[str, Combinable] = {
        str(each.column): F(each.name) if each.name in of_job else Value(value, output_field=each)
        for each in JobExecution._meta.concrete_fields
        if each.name in of_job or (value := getattr(template, each.attname)) is not None
    }
    return columns | {
        "job_id": F("pk"),
        "job_name": F("name"),
        "parameters": F("parameters"),
        "scheduled_for": F("next_run_at"),
        "needs_slot": _is_true(~Q(overlap_policy=OverlapPolicy.ALLOW)),
        "holds_slot": _is_true(Q(overlap_policy=OverlapPolicy.FORBID)),
    }


def _is_true(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _move_cursors(moves: Sequence[Move]) -> None:
    """Move the cursors by compare-and-set (R14). Raises CursorMoved."""
    stored = connection.ops.adapt_datetimefield_value
    rows = [(*move[:2], str(stored(move.cursor)), str(stored(move.next_run_at))) for move in moves]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH moved AS ({MOVES[connection.vendor]}) "  # noqa: S608 - our own text
            f"UPDATE {Job._meta.db_table} AS job SET next_run_at = becomes FROM moved "
            "WHERE job.id = job_id AND job.next_run_at = was AND job.schedule_version = version RETURNING id",
            [json.dumps(rows)],
        )
        if len(cursor.fetchall()) != len(moves):
            raise CursorMoved


def _listed(names: dict[int, str]) -> str:
    first = ", ".join(list(names.values())[:NAMED])
    return first if len(names) <= NAMED else f"{first} and {len(names) - NAMED} more"
