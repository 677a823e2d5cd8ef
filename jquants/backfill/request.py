"""A backfill: which partitions of which data sets, what that costs, and how it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jquants import calendar, permitted
from jquants.coverage import fetches, states
from jquants.coverage.states import OPEN, State, Survey
from jquants.datasets import ALL, Dataset
from jquants.datasets.dataset import Partition
from scheduler import control
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, Trigger

BACKFILL_SLUG = "backfill"
FILES_BECOME_MONTHS = 10  # the day of the next month from which on a month is one file
ROWS_A_PAGE = 3_000  # about: J-Quants speaks of some thousands a request


class Only(models.TextChoices):
    MISSING = "missing", _("what is missing or to be fetched again")
    STALE = "stale", _("what is to be fetched again")
    FAILED = "failed", _("what could not be stored")
    ALL = "all", _("everything, also what is here")


class Order(models.TextChoices):
    NEWEST = "newest", _("newest first")
    OLDEST = "oldest", _("oldest first")


class Source(models.TextChoices):
    AUTO = "auto", _("CSV files where there are some, else the API")
    API = "api", pgettext_lazy("source of a backfill", "API")
    BULK = "bulk", _("CSV files")


@dataclass(frozen=True)
class Request:
    """What to fetch; without days all that the plan covers."""

    datasets: tuple[Dataset, ...]
    first: date | None = None
    last: date | None = None
    order: Order = Order.NEWEST
    only: Only = Only.MISSING
    source: Source = Source.AUTO

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Request:
        """Return the request that cleaned parameters of the job type mean; no data set: all of them."""
        slug = parameters.get("dataset")
        return cls(
            tuple(dataset for dataset in ALL if slug in ("", None, dataset.slug)),
            parameters.get("date_from"),
            parameters.get("date_to"),
            Order(parameters.get("order") or Order.NEWEST),
            Only(parameters.get("only") or Only.MISSING),
            Source(parameters.get("source") or Source.AUTO),
        )


@dataclass(frozen=True)
class Estimate:
    """What a backfill of one data set would do: `partitions` in the order in which they are fetched."""

    survey: Survey
    partitions: Sequence[date | None]
    requests: int
    minutes: int  # at the rate of the plan, were nothing else to ask
    obstacle: str | Promise = ""  # why it cannot be asked for

    @property
    def dataset(self) -> Dataset:
        return self.survey.dataset


def estimated(request: Request, now: datetime) -> list[Estimate]:
    """Return what `request` comes to for each of its data sets; asks nobody."""
    surveys = states.survey(request.datasets, now, first=request.first, last=request.last)
    rows = fetches.usual_rows(request.datasets)
    return [
        _estimate(request, survey, calendar.today(now), rows.get(survey.dataset.slug, 0.0))
        for survey in surveys
    ]


def _estimate(request: Request, survey: Survey, today: date, usual_rows: float) -> Estimate:
    if obstacle := _obstacle(request, survey):
        return Estimate(survey, [], 0, 0, obstacle)
    dataset, partitions = survey.dataset, wanted(request, survey)
    requests = _requests(request, dataset, partitions, today, pages=_pages(dataset, usual_rows))
    return Estimate(survey, partitions, requests, ceil(requests / permitted.per_minute(dataset)))


def _obstacle(request: Request, survey: Survey) -> str | Promise:
    dataset = survey.dataset
    if survey.window is None:
        return _("Your plan does not include this data set.")
    if request.source == Source.BULK and not permitted.has_files(dataset):
        return _("There are no CSV files of this data set on your plan; use the API.")
    if dataset.partition is Partition.WHOLE or dataset.answers_days:
        return ""
    if not permitted.has_files(dataset):
        return _("J-Quants offers only the newest day of this data set.")
    if request.source == Source.API:
        return _("J-Quants has this data set in CSV files only.")
    return ""


def wanted(request: Request, survey: Survey) -> list[date | None]:
    """Return the partitions to fetch, in order; what is outside the plan is not asked for."""
    inside = {
        day: state
        for day, state in survey.states.items()
        if survey.window is not None and (day is None or day in survey.window)
    }
    if request.only == Only.ALL:
        chosen = list(inside)
    elif request.only == Only.FAILED:
        chosen = [day for day in inside if day in survey.failed]
    elif request.only == Only.STALE:
        chosen = [day for day, state in inside.items() if state is State.STALE]
    else:
        chosen = [day for day, state in inside.items() if state in OPEN]
    return chosen if request.order == Order.OLDEST else chosen[::-1]


def _pages(dataset: Dataset, rows: float) -> int:
    """Return about how many pages an answer of so many rows has."""
    return max(1, ceil(rows / ROWS_A_PAGE)) if dataset.is_paged else 1


def _requests(
    request: Request, dataset: Dataset, partitions: Sequence[date | None], today: date, *, pages: int
) -> int:
    """Return about how many requests `partitions` take: one a page; of CSV files one each, and one for their list."""
    uses_files = request.source != Source.API and permitted.has_files(dataset)
    if not uses_files or dataset.partition is Partition.WHOLE:
        return len(partitions) * pages
    if not partitions:
        return 0
    whole_until = (today - timedelta(days=FILES_BECOME_MONTHS - 1)).replace(day=1)
    days = [day for day in partitions if day is not None]
    months = {day.replace(day=1) for day in days if day < whole_until}
    return 1 + len(months) + sum(day >= whole_until for day in days)


class NoBackfillJobError(Exception):
    """There is no job of the type backfill; run `manage.py migrate`, which creates it."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def queue_backfill(
    parameters: Mapping[str, Any],
    actor: Actor,
    *,
    reason: str = "",
    idempotency_key: str | None = None,
    now: datetime | None = None,
) -> JobExecution:
    """Queue a backfill; several wait for one another. Raises what `control.run_now` raises."""
    job = Job.objects.filter(job_type=BACKFILL_SLUG).order_by("pk").first()
    if job is None:
        raise NoBackfillJobError
    return control.run_now(
        job,
        actor,
        parameters={name: str(value) for name, value in parameters.items() if value not in (None, "")},
        reason=reason,
        idempotency_key=idempotency_key,
        trigger=Trigger.BACKFILL,
        now=now,
    )
