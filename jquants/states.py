"""What is here of each partition, and whether it is as it should be: read from the coverage in one query."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jquants.datasets.dataset import Dataset
from jquants.expected import final_at
from jquants.models import Coverage, CoverageStatus

MASTER = "listed_companies"  # the data set whose days list all issues
# A day that came empty or in part is asked for again until then: J-Quants may just have been late.
FINAL_AFTER = timedelta(days=7)
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


GAPS = frozenset({State.PARTIAL, State.FAILED, State.MISSING})  # what keeps a data set from being complete


class Row(NamedTuple):
    """What the coverage says of one partition."""

    day: date
    status: str
    rows: int
    fetched_at: datetime
    stale_since: datetime | None
    has_error: bool
    execution_id: int | None


class Stored:
    """The coverage of some data sets, and how many issues were listed when."""

    def __init__(self, rows: Iterable[tuple[str, Row]]) -> None:
        self._rows: dict[str, dict[date, Row]] = defaultdict(dict)
        for slug, row in rows:
            self._rows[slug][row.day] = row

    def of(self, dataset: Dataset) -> dict[date, Row]:
        return self._rows.get(dataset.slug, {})

    def state(self, dataset: Dataset, row: Row) -> State:
        """Return how a partition stands that has a coverage."""
        if row.status != CoverageStatus.FETCHED:
            return State(row.status)
        if row.stale_since is not None or _is_preliminary(dataset, row):
            return State.STALE
        return State.PARTIAL if self._is_partial(dataset, row) else State.FETCHED

    def is_final(self, dataset: Dataset, row: Row) -> bool:
        """Whether nothing better is to be had of the partition."""
        state = self.state(dataset, row)
        if state is State.FETCHED:
            return True
        if state not in {State.EMPTY, State.PARTIAL} or _is_preliminary(dataset, row):
            return False
        return (state is State.EMPTY and dataset.is_sparse) or row.fetched_at.date() > row.day + FINAL_AFTER

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
    since = final_at(dataset, row.day)
    return since is not None and row.fetched_at < since


def stored(datasets: Sequence[Dataset], first: date, last: date) -> Stored:
    """Return what is stored of `datasets` from `first` to `last`; one query."""
    wanted = Q(dataset__in=[dataset.slug for dataset in datasets], day__range=(first, last))
    if any(dataset.covers_master for dataset in datasets):
        wanted |= Q(dataset=MASTER, day__isnull=False)
    found = Coverage.objects.filter(wanted).order_by()
    return Stored(
        (slug, Row(*values))
        for slug, *values in found.values_list(
            "dataset",
            "day",
            "status",
            "rows",
            "fetched_at",
            "stale_since",
            models.ExpressionWrapper(~Q(error=""), output_field=models.BooleanField()),
            "execution_id",
        )
    )
