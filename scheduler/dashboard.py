"""What the dashboard shows: the state of the jobs, and tiles that apps contribute.

An app that has something to say at a glance calls `register_tiles` from its `ready`; the scheduler asks every
contributor whenever the dashboard is drawn, so they answer fast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from scheduler import totals
from scheduler.models import Job, JobExecution, Status
from scheduler.models.status import HELD

if TYPE_CHECKING:
    from django.utils.functional import Promise

DAYS = 14
ROWS = 8
FAILED = (Status.FAILED, Status.TIMED_OUT)
RESULTS = (Status.COMPLETED, *FAILED, Status.CANCELLED)  # what a run came to; skipped ticks never were one


@dataclass(frozen=True)
class Tile:
    """One figure. `tone` is one of good, bad, warn, busy or empty; only who holds `permission` sees it."""

    title: str | Promise
    value: str
    detail: str | Promise = ""
    url: str = ""
    tone: str = ""
    permission: str = ""


Contributor = Callable[[datetime], Iterable[Tile]]
_contributors: list[Contributor] = []


def register_tiles(contributor: Contributor) -> Contributor:
    """Show what `contributor(now)` returns on the dashboard; usable as a decorator. Twice is once."""
    if contributor not in _contributors:
        _contributors.append(contributor)
    return contributor


def contributed_tiles(now: datetime) -> Iterator[Tile]:
    for contributor in _contributors:
        yield from contributor(now)


def last_results() -> QuerySet[JobExecution]:
    """Return each job's newest result, for subqueries; skipped ticks do not count."""
    return JobExecution.objects.filter(job=OuterRef("pk"), status__in=RESULTS).order_by("-pk")


@dataclass(frozen=True)
class Health:
    """The jobs by how they are. A job nobody enabled is neither healthy nor failing."""

    enabled: int
    disabled: int
    healthy: int
    failing: int
    untried: int  # enabled, without a result yet
    running: int
    waiting: int


def health() -> Health:
    """Return the counts; two queries."""
    jobs = (
        Job.objects.current()
        .alias(last=Subquery(last_results().values("status")[:1]))
        .aggregate(
            enabled=Count("pk", filter=Q(is_enabled=True)),
            disabled=Count("pk", filter=Q(is_enabled=False)),
            healthy=Count("pk", filter=Q(is_enabled=True, last=Status.COMPLETED)),
            failing=Count("pk", filter=Q(is_enabled=True, last__in=FAILED)),
            untried=Count("pk", filter=Q(is_enabled=True, last=None)),
        )
    )
    active = JobExecution.objects.active().aggregate(
        running=Count("pk", filter=Q(status__in=HELD)), waiting=Count("pk", filter=~Q(status__in=HELD))
    )
    return Health(**jobs, **active)


def next_runs(limit: int = ROWS) -> QuerySet[Job]:
    """Return the jobs that run next, soonest first."""
    return Job.objects.enabled().filter(next_run_at__isnull=False).order_by("next_run_at", "pk")[:limit]


def newest_executions(limit: int = ROWS) -> QuerySet[JobExecution]:
    """Return the newest executions, active ones included."""
    return JobExecution.objects.defer("traceback", "parameters").order_by("-pk")[:limit]


def failing(limit: int = ROWS) -> list[JobExecution]:
    """Return the failures that stand: the last results of enabled jobs whose last run failed, newest first."""
    last = Job.objects.enabled().annotate(last=Subquery(last_results().values("pk")[:1])).values("last")
    failures = JobExecution.objects.filter(pk__in=last, status__in=FAILED).defer("traceback", "parameters")
    return list(failures.select_related("job").order_by("-pk")[:limit])


def in_trouble(now: datetime) -> list[Job]:
    """Return the enabled jobs that cannot start at all: their type is not installed, or they are quarantined."""
    return [
        job
        for job in Job.objects.enabled()
        if job.type is None or (job.quarantined_until is not None and job.quarantined_until > now)
    ]


@dataclass
class Day:
    """The executions that ended on one day of the site's zone."""

    on: date
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def completed(self) -> int:
        return self.counts[Status.COMPLETED]

    @property
    def failed(self) -> int:
        return sum(self.counts[status] for status in FAILED)

    @property
    def other(self) -> int:
        """Cancelled and skipped."""
        return self.counts[Status.CANCELLED] + self.counts[Status.SKIPPED]

    @property
    def total(self) -> int:
        return self.completed + self.failed + self.other


def by_day(now: datetime, days: int = DAYS) -> list[Day]:
    """Return the last `days` days, today last; one query."""
    today = timezone.localtime(now).date()
    result = {on: Day(on) for on in (today - timedelta(days=back) for back in reversed(range(days)))}
    for on, status, executions in totals.by_day(next(iter(result))):
        if on in result:
            result[on].counts[status] += executions
    return list(result.values())
