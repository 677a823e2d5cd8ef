"""How many partitions were never fetched, counted without looking at each: for who asks every few seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.core.cache import cache
from django.db.models import Count, Q

from jquants import calendar, permitted
from jquants.coverage.expected import A_WEEK, expected_days, newest_published
from jquants.datasets import ALL, Dataset
from jquants.datasets.dataset import Partition
from jquants.datasets.plans import Window
from jquants.models import Coverage
from jquants.plan import subscription

EXPECTED = "jquants.coverage.expected"
EXPECTED_SECONDS = 600  # for which the expected days are not counted anew: twenty years of them take a while


@dataclass(frozen=True)
class Span:
    """The days of a data set that the plan covers and that are published."""

    dataset: Dataset
    first: date
    last: date


def missing(now: datetime) -> int:
    """Return how many partitions should be here and have no coverage; a few queries.

    Agrees with a survey, but for days that are stored though none were expected.
    """
    windows = permitted.windows(ALL, calendar.today(now), subscription.current())
    spans = [
        span
        for dataset in ALL
        if dataset.partition is Partition.DAY and (span := _span(dataset, windows[dataset.slug], now))
    ]
    expected, there = _expected_lately(spans), _there(spans)
    days = sum(max(0, count - there.get(slug, 0)) for slug, count in expected.items())
    return days + _wholes(windows)


def _expected_lately(spans: Sequence[Span]) -> dict[str, int]:
    """Return how many days should be here, as counted when it was last asked of the same days."""
    asked = [(span.dataset.slug, span.first, span.last) for span in spans]
    counted = cache.get(EXPECTED)
    if counted is None or counted[0] != asked:
        counted = (asked, _expected(spans))
        cache.set(EXPECTED, counted, EXPECTED_SECONDS)
    found: dict[str, int] = counted[1]
    return found


def _span(dataset: Dataset, window: Window | None, now: datetime) -> Span | None:
    if window is None:
        return None
    newest = newest_published(dataset, now)
    return Span(dataset, window.first, min(newest, window.last or newest))


def _expected(spans: Sequence[Span]) -> dict[str, int]:
    """Return how many days of each data set should be here. What shares its rule is counted once."""
    if not spans:
        return {}
    known = calendar.trading_days(
        min(span.first for span in spans) - A_WEEK, max(span.last for span in spans) + A_WEEK
    )
    counts: dict[object, int] = {}
    found = {}
    for span in spans:
        rule = (span.dataset.expected, span.dataset.since, span.first, span.last)
        if rule not in counts:
            counts[rule] = len(expected_days(span.dataset, span.first, span.last, known=known).days)
        found[span.dataset.slug] = counts[rule]
    return found


def _there(spans: Sequence[Span]) -> dict[str, int]:
    """Return how many partitions of each data set have a coverage; from the index of partitions alone."""
    if not spans:
        return {}
    wanted = reduce(or_, (Q(dataset=span.dataset.slug, day__range=(span.first, span.last)) for span in spans))
    counted = Coverage.objects.filter(wanted).order_by().values("dataset").annotate(partitions=Count("pk"))
    return {row["dataset"]: row["partitions"] for row in counted}


def _wholes(windows: dict[str, Window | None]) -> int:
    slugs = [each.slug for each in ALL if each.partition is Partition.WHOLE and windows[each.slug]]
    return len(slugs) - Coverage.objects.filter(dataset__in=slugs, day=None).count()
