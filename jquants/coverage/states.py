"""What is here of each partition, and whether it is as it should be: read from the coverage in one query."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jquants import calendar, permitted
from jquants.coverage.expected import (
    EARLIEST,
    expected_days,
    is_final,
    newest_expected_days,
    newest_published,
    published_at,
)
from jquants.datasets.dataset import Dataset, Partition
from jquants.models import Coverage, CoverageStatus
from jquants.plan import subscription

if TYPE_CHECKING:
    from jquants.datasets.plans import Window

MASTER = "listed_companies"  # the data set whose days list all issues
A_WEEK = timedelta(days=7)
# A day that came empty or in part is asked for again until then: J-Quants may just have been late.
FINAL_AFTER = A_WEEK
NEAR = timedelta(days=366)  # a list of issues that far away still tells how many there were
MOST = 0.5  # of the issues on a list that is farther away, what must be here of a whole day


class State(models.TextChoices):
    """How a partition stands, the best first."""

    FETCHED = "fetched", pgettext_lazy("status of a day", "fetched")
    EMPTY = "empty", _("no rows at J-Quants")
    STALE = "stale", _("to be fetched again")
    PARTIAL = "partial", _("most issues missing")
    FAILED = "failed", _("could not be stored")
    MISSING = "missing", pgettext_lazy("status of a day", "missing")
    REFUSED = "refused", _("outside the plan")


# What a backfill fetches: all of this but what the plan refuses.
OPEN = frozenset({State.STALE, State.PARTIAL, State.FAILED, State.MISSING, State.REFUSED})
GAPS = frozenset({State.PARTIAL, State.FAILED, State.MISSING})  # what keeps a data set from being complete


class Row(NamedTuple):
    """What the coverage says of one partition."""

    day: date
    status: str
    rows: int
    fetched_at: datetime
    stale_since: datetime | None
    has_error: bool
    plan: str
    execution_id: int | None


class Stored:
    """The coverage of some data sets, and how many issues were listed when; `plan` is that of now."""

    def __init__(self, rows: Iterable[tuple[str, Row]], plan: str) -> None:
        self._plan = plan
        self._rows: dict[str, dict[date, Row]] = defaultdict(dict)
        for slug, row in rows:
            self._rows[slug][row.day] = row

    def of(self, dataset: Dataset) -> dict[date, Row]:
        return self._rows.get(dataset.slug, {})

    def state(self, dataset: Dataset, row: Row) -> State:
        """Return how a partition stands that has a coverage."""
        if row.status == CoverageStatus.EMPTY:
            return self._state_of_empty(dataset, row)
        if row.status != CoverageStatus.FETCHED:
            return State(row.status)
        if row.stale_since is not None or row.has_error or _is_preliminary(dataset, row):
            return State.STALE
        if is_richer(dataset, self._plan, than=row.plan):
            return State.STALE
        return State.PARTIAL if self._is_partial(dataset, row) else State.FETCHED

    def is_final(self, dataset: Dataset, row: Row) -> bool:
        """Whether nothing better is to be had of the partition."""
        state = self.state(dataset, row)
        return state in {State.FETCHED, State.EMPTY} or (state is State.PARTIAL and _is_old(row))

    def _state_of_empty(self, dataset: Dataset, row: Row) -> State:
        """Tell an answer without rows that stands from one to a question that came too early."""
        if self._is_partial(dataset, row):
            return State.PARTIAL
        is_final = _is_old(row) or (dataset.is_sparse and not _is_preliminary(dataset, row))
        return State.EMPTY if is_final else State.STALE

    def _is_partial(self, dataset: Dataset, row: Row) -> bool:
        if not dataset.covers_master or not self._lists:
            return False
        days = [day for day, _issues in self._lists]
        after = bisect_left(days, row.day)
        nearest = min(self._lists[max(after - 1, 0) : after + 1], key=lambda listed: abs(listed[0] - row.day))
        whole = dataset.covers_master if abs(nearest[0] - row.day) <= NEAR else MOST
        return row.rows < whole * nearest[1]

    @cached_property
    def _lists(self) -> Sequence[tuple[date, int]]:
        """Return the days of which the list of issues is here, and how many are on it, oldest first."""
        lists = self._rows.get(MASTER, {}).values()
        return sorted((row.day, row.rows) for row in lists if row.status == CoverageStatus.FETCHED)


def _is_preliminary(dataset: Dataset, row: Row) -> bool:
    return not is_final(dataset, row.day, row.fetched_at)


def _is_old(row: Row) -> bool:
    """Whether it was asked for so late that J-Quants had all it would ever have."""
    return row.fetched_at.date() > row.day + FINAL_AFTER


def is_richer(dataset: Dataset, plan: str, *, than: str) -> bool:
    """Whether a day of `dataset` has more on `plan`; not where it is not known on which it was fetched."""
    return plan in dataset.richer_on and than not in {"", *dataset.richer_on}


def stored(datasets: Sequence[Dataset], first: date, last: date, *, plan: str) -> Stored:
    """Return what is stored of `datasets` from `first` to `last`, as it stands on `plan`; one query."""
    wanted = Q(dataset__in=[dataset.slug for dataset in datasets], day__range=(first, last))
    if any(dataset.covers_master for dataset in datasets):
        wanted |= Q(dataset=MASTER, day__isnull=False)
    found = Coverage.objects.filter(wanted).order_by()
    rows = (
        (slug, Row(*values))
        for slug, *values in found.values_list(
            "dataset",
            "day",
            "status",
            "rows",
            "fetched_at",
            "stale_since",
            models.ExpressionWrapper(~Q(error=""), output_field=models.BooleanField()),
            "plan",
            "execution_id",
        )
    )
    return Stored(rows, plan)


@dataclass(frozen=True)
class Gap:
    """Partitions in a row that stand alike; `first` None: the whole data set."""

    state: State
    first: date | None
    last: date | None
    partitions: int


@dataclass(frozen=True)
class Survey:
    """How each partition of a data set stands from `first` to `last`, days in order.

    A data set that is fetched as a whole has one partition, None.
    """

    dataset: Dataset
    first: date
    last: date
    states: dict[date | None, State]
    rows: int
    window: Window | None  # of the plan; None where it lacks the data set
    failed: frozenset[date | None] = frozenset()  # whose last attempt could not be stored

    @cached_property
    def counts(self) -> Counter[State]:
        return Counter(self.states.values())

    @property
    def expected(self) -> int:
        return len(self.states) - self.counts[State.REFUSED]

    @property
    def here(self) -> int:
        return self.counts[State.FETCHED] + self.counts[State.EMPTY] + self.counts[State.STALE]

    @property
    def has_days(self) -> bool:
        """Whether `first` and `last` mean something: not where the plan has nothing and nothing is here."""
        return self.first <= self.last and (self.window is not None or self.here > 0)

    @property
    def is_complete(self) -> bool:
        return not any(self.counts[state] for state in GAPS)

    def ranges(self) -> Iterator[Gap]:
        """Yield what is not simply here, neighbours of one state together."""
        days: list[date | None] = []
        before: State | None = None
        for day, state in [*self.states.items(), (None, None)]:
            if days and (state is not before or day is None):
                if before is not None and before not in {State.FETCHED, State.EMPTY}:
                    yield Gap(before, days[0], days[-1], len(days))
                days = []
            before = state
            days.append(day)


def survey(
    datasets: Sequence[Dataset], now: datetime, *, first: date | None = None, last: date | None = None
) -> list[Survey]:
    """Return how `datasets` stand: by default from where the plan begins, or what is stored, to the newest day.

    A handful of queries, whatever the number of data sets.
    """
    today = calendar.today(now)
    ours = subscription.current()
    known = stored(datasets, first or date.min, last or date.max, plan=ours.plan)
    wholes = _wholes(datasets)
    windows = permitted.windows(datasets, today, ours)
    begins = {
        dataset.slug: _begin(known.of(dataset), windows[dataset.slug], first, today) for dataset in datasets
    }
    earliest = min(begins.values(), default=today)
    trading = calendar.trading_days(earliest - A_WEEK, today + A_WEEK)
    found = []
    for dataset in datasets:
        window = windows[dataset.slug]
        if dataset.partition is Partition.WHOLE:
            found.append(_survey_whole(dataset, wholes.get(dataset.slug), window, now))
            continue
        newest = newest_published(dataset, now)
        end = min(last or newest, newest)
        days = expected_days(dataset, begins[dataset.slug], end, known=trading).days
        found.append(_survey_days(dataset, days, known, window, begins[dataset.slug], end))
    return found


def _begin(rows: dict[date, Row], window: Window | None, first: date | None, today: date) -> date:
    if first is not None:
        return max(first, EARLIEST)
    there = [day for day, row in rows.items() if row.status == CoverageStatus.FETCHED]
    return max(EARLIEST, min([*there, window.first if window else today]))


def _survey_days(
    dataset: Dataset, days: Sequence[date], known: Stored, window: Window | None, first: date, last: date
) -> Survey:
    rows = known.of(dataset)
    odd = [
        day
        for day, row in rows.items()
        if first <= day <= last and row.status == CoverageStatus.FETCHED  # also where none was expected
    ]
    states: dict[date | None, State] = {}
    for day in sorted({*days, *odd}):
        row = rows.get(day)
        if row is not None and (row.status != CoverageStatus.REFUSED):
            states[day] = known.state(dataset, row)
        elif window is None or day not in window or row is not None:
            states[day] = State.REFUSED
        else:
            states[day] = State.MISSING
    failed = frozenset(day for day in states if day in rows and rows[day].has_error)
    return Survey(dataset, first, last, states, sum(rows[day].rows for day in odd), window, failed)


def _survey_whole(dataset: Dataset, row: Coverage | None, window: Window | None, now: datetime) -> Survey:
    today = calendar.today(now)
    if row is not None:
        state = State.STALE if row.stale_since or _is_outdated(dataset, row, now) else State(row.status)
    else:
        state = State.MISSING if window else State.REFUSED
    failed = frozenset({None} if row and row.error else ())
    return Survey(dataset, today, today, {None: state}, row.rows if row else 0, window, failed)


def _is_outdated(dataset: Dataset, row: Coverage, now: datetime) -> bool:
    """Whether more has been published since a whole data set was fetched."""
    if dataset.published_after is None:
        return False
    newest = newest_expected_days(dataset, 1, newest_published(dataset, now)).days
    return any(row.fetched_at < published_at(dataset, day) for day in newest)


def _wholes(datasets: Sequence[Dataset]) -> dict[str, Coverage]:
    slugs = [dataset.slug for dataset in datasets if dataset.partition is Partition.WHOLE]
    return {row.dataset: row for row in Coverage.objects.filter(dataset__in=slugs, day=None)} if slugs else {}
