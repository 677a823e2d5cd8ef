"""Each partition by itself: how it stands, and what the coverage says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from jquants.coverage import states
from jquants.coverage.states import State, Survey
from jquants.datasets import Dataset
from jquants.models import Coverage

# What the coverage says, beside how the partition stands; nothing of it is known of a missing one.
KNOWN = ("rows", "fetched_at", "changed_at", "stale_since", "error", "execution_id")


class Standing(NamedTuple):
    """A partition. `day` None: the whole data set."""

    dataset: str
    day: date | None
    state: State
    rows: int
    fetched_at: datetime | None
    changed_at: datetime | None
    corrected_at: datetime | None
    error: str
    execution: int | None


def standings(
    datasets: Iterable[Dataset],
    now: datetime,
    *,
    wanted: Collection[State] = (),
    first: date | None = None,
    last: date | None = None,
) -> Iterator[Standing]:
    """Yield the partitions of `datasets` that stand as `wanted`, data set by data set, days in order.

    Looks at a data set when its turn has come: who stops early has asked for no more.
    """
    for dataset in datasets:
        [survey] = states.survey([dataset], now, first=first, last=last)
        yield from _of(survey, wanted)


def _of(survey: Survey, wanted: Collection[State]) -> Iterator[Standing]:
    found = [(day, state) for day, state in survey.states.items() if not wanted or state in wanted]
    known = _known(survey) if found else {}
    for day, state in found:
        values = known.get(day, (0, None, None, None, "", None))
        yield Standing(survey.dataset.slug, day, state, *values)


def _known(survey: Survey) -> dict[date | None, Any]:
    rows = Coverage.objects.filter(dataset=survey.dataset.slug)
    if None not in survey.states:
        rows = rows.filter(day__range=(survey.first, survey.last))
    return {day: values for day, *values in rows.order_by().values_list("day", *KNOWN)}
