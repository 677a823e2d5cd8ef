"""What Prometheus scrapes, read from the database: every process of the site answers the same.

An app that has something to add calls `register` from its `ready`; contributors are asked at every scrape, so
they answer with a query or two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import product

from django.db.models import Count, Min
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from scheduler import job_types, totals
from scheduler.models import Job, SchedulerProcess, SchedulerSettings, Status
from scheduler.models.daily_total import ROWS
from scheduler.models.process import Role
from scheduler.models.status import ACTIVE, ENDED
from scheduler.totals import Sums

SumsByKey = dict[tuple[str, str], Sums]  # by job type and status
Contributor = Callable[[datetime], Iterable[Metric]]
_contributors: list[Contributor] = []


def register(contributor: Contributor) -> Contributor:
    """Expose what `contributor(now)` returns; usable as a decorator. Twice is once."""
    if contributor not in _contributors:
        _contributors.append(contributor)
    return contributor


def exposition(now: datetime, accept: str) -> tuple[bytes, str]:
    """Return the metrics in the format that the Accept header asks for, and its content type."""
    encode, content_type = choose_encoder(accept)
    registry = CollectorRegistry()
    registry.register(_Scrape(now))
    return encode(registry), content_type


class _Scrape(Collector):
    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        for contributor in _contributors:
            yield from contributor(self.now)


@register
def ticks(now: datetime) -> Iterator[Metric]:
    due = Job.objects.due(now).unless_paused().aggregate(count=Count("pk"), oldest=Min("next_run_at"))
    yield GaugeMetricFamily(
        "scheduler_ticks_due", "Jobs whose next tick has come and is not dispatched.", due["count"]
    )
    lag = (now - due["oldest"]).total_seconds() if due["oldest"] else 0.0
    yield GaugeMetricFamily("scheduler_lag_seconds", "How long the oldest due tick has been waiting.", lag)


@register
def processes(now: datetime) -> Iterator[Metric]:
    alive = dict.fromkeys((Role.SCHEDULER, Role.CRONTAB), 0)
    alive |= SchedulerProcess.objects.alive(now).order_by().values_list("role").annotate(Count("pk"))
    family = GaugeMetricFamily("scheduler_processes", "Scheduler processes heard of lately.", labels=["role"])
    for role, count in alive.items():
        family.add_metric([role], count)
    yield family
    is_paused = SchedulerSettings.objects.filter(is_enabled=False).exists()
    yield GaugeMetricFamily("scheduler_paused", "1 while the whole scheduler is paused.", int(is_paused))


@register
def executions(now: datetime) -> Iterator[Metric]:
    """Yield all about executions, from one query. What has not happened yet is 0, so that rates see the first."""
    sums = totals.by_type_and_status()
    types = {job_type.slug for job_type in job_types.all_types()} | {job_type for job_type, _status in sums}

    def of(statuses: Iterable[Status]) -> SumsByKey:
        keys = [(job_type, status.value) for job_type, status in product(sorted(types), statuses)]
        return {key: sums.get(key, Sums()) for key in keys}

    yield _active(of(ACTIVE))
    yield from _ended(of(ENDED))
    yield _rows(of(ENDED))


def _active(sums: SumsByKey) -> Metric:
    family = GaugeMetricFamily(
        "scheduler_executions_active", "Executions that wait or run.", labels=["job_type", "status"]
    )
    for key, each in sums.items():
        family.add_metric(key, each.executions)
    return family


def _ended(sums: SumsByKey) -> Iterator[Metric]:
    labels = ["job_type", "status"]
    count = CounterMetricFamily("scheduler_executions", "Executions that ended.", labels=labels)
    duration = SummaryMetricFamily(
        "scheduler_execution_duration_seconds",
        "Time that the last attempts of ended executions took.",
        labels=labels,
    )
    for key, each in sums.items():
        count.add_metric(key, each.executions)
        if key[1] != Status.SKIPPED:  # such a tick never ran
            duration.add_metric(key, count_value=each.executions, sum_value=each.time_spent.total_seconds())
    yield count
    yield duration


def _rows(sums: SumsByKey) -> Metric:
    family = CounterMetricFamily(
        "scheduler_rows", "Rows that ended executions counted.", labels=["job_type", "kind"]
    )
    of_types: dict[str, Sums] = {}
    for (job_type, _status), each in sums.items():
        of_types[job_type] = of_types.get(job_type, Sums()) + each
    for job_type, total in of_types.items():
        for name, count in zip(ROWS, total.rows, strict=True):
            family.add_metric([job_type, name.removeprefix("rows_")], count)
    return family
