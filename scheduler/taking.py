"""The one statement that takes a run: it chooses the one that comes first, writes who has it, and returns it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import (
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    JSONField,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from scheduler import job_types
from scheduler.concurrency import limits
from scheduler.database_clock import database_time
from scheduler.long_runs import SHORTEST_SECONDS
from scheduler.models import JobExecution, Status
from scheduler.statements import Given, Returned, Statement, column, updating

# As exact as a job knows when it ran last: many short runs would queue for its row.
NOTED = timedelta(seconds=1)
# One parameter, however many there are.
SLUGS = {
    "postgresql": "SELECT jsonb_array_elements_text(%s::jsonb)",
    "sqlite": "SELECT value FROM json_each(%s)",
}
PLACES = {
    "postgresql": "SELECT each->>0 AS job_type, (each->>1)::int AS place FROM jsonb_array_elements(%s::jsonb) AS each",
    "sqlite": "SELECT json_extract(value, '$[0]') AS job_type, json_extract(value, '$[1]') AS place FROM json_each(%s)",
}
# The first free place of each type that has a limit and is not full.
FREE = (
    "SELECT job_type, MIN(place) AS place FROM places WHERE NOT EXISTS (SELECT 1 FROM job_executions AS held "
    "WHERE held.job_type = places.job_type AND held.type_slot = places.place "
    "AND held.status IN ('running', 'cancelling')) GROUP BY job_type"
)
IS_NOTED = (
    "EXISTS (SELECT 1 FROM jobs WHERE jobs.id = job_executions.job_id AND jobs.last_run_at BETWEEN %s AND %s)"
)


def take(now: datetime, worker: str, token: UUID, *, only: int | None) -> tuple[JobExecution, bool] | None:
    """Take the run that comes first, and say whether its job knows that it runs now; None when there is none.

    Call it in a transaction. Raises IntegrityError when another worker takes, in the same moment, the slot or the
    place that the run needs.
    """
    limited = limits()
    rows = _statement(is_restricted=only is not None).rows(
        places=[[slug, place] for slug, limit in limited.items() for place in range(limit)],
        unlimited=[known.slug for known in job_types.all_types() if known.slug not in limited],
        only=only,
        now=now,
        heartbeat_at=database_time(now),
        updated_at=timezone.now(),
        token=token,
        worker=worker,
        noted_since=now - NOTED,
    )
    if not rows:
        return None
    (row,) = rows
    return _returned().instance(row[:-1]), bool(row[-1])


@cache
def _statement(*, is_restricted: bool) -> Statement:
    update, parameters = updating(JobExecution.objects.filter(pk=Subquery(_first(is_restricted))), _written())
    return Statement(
        f"WITH places AS ({PLACES[connection.vendor]}), free AS ({FREE}) "
        f"{update} RETURNING {_returned().columns}, {IS_NOTED}",
        (_given("places"), *parameters, _given("noted_since"), _given("now")),
    )


@cache
def _returned() -> Returned:
    return Returned(JobExecution)


def _first(is_restricted: bool) -> QuerySet[JobExecution, int]:
    """Return the run that comes first among those of types that we know and that are not full (R29, R40)."""
    unlimited = RawSQL(SLUGS[connection.vendor], [_given("unlimited")])  # noqa: S611 - our own text
    admitting = RawSQL("SELECT job_type FROM free", [])
    runs = JobExecution.objects.claimable(_given("now")).filter(
        Q(job_type__in=unlimited) | Q(job_type__in=admitting)
    )
    if is_restricted:
        runs = runs.filter(pk=_given("only"))
    return runs.select_for_update(skip_locked=True).values_list("pk", flat=True)[:1]


def _written() -> dict[str, Any]:
    seconds = Coalesce(F("warn_after_seconds"), SHORTEST_SECONDS, output_field=IntegerField())
    warn_after = ExpressionWrapper(seconds * Value(timedelta(seconds=1)), DurationField())
    return {
        "status": Status.RUNNING,
        "token": _given("token"),
        "worker": _given("worker"),
        "attempt": F("attempt") + 1,
        "holds_slot": F("needs_slot"),
        "type_slot": RawSQL("SELECT place FROM free WHERE free.job_type = job_executions.job_type", []),
        "heartbeat_at": _given("heartbeat_at"),
        "started_at": _given("now"),
        "warn_at": _given("now") + warn_after,
        "reason_code": "",
        "reason_params": {},
        "updated_at": _given("updated_at"),
    }


def _given(name: str) -> Given:
    kinds = {"only": "id", "now": "started_at", "noted_since": "started_at"}
    if name in ("places", "unlimited"):
        return Given(name, JSONField())
    return Given(name, column(JobExecution, kinds.get(name, name)))
