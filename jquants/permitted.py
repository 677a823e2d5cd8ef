"""What our plan lets us have of a data set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jquants import bulk, ratelimit
from jquants.datasets import plans
from jquants.datasets.dataset import Dataset
from jquants.plan import subscription
from jquants.plan.subscription import Subscription


def windows(datasets: Iterable[Dataset], today: date, ours: Subscription) -> dict[str, plans.Window | None]:
    """Return the days that a plan covers on `today` by data set; None where it lacks the data set."""
    return {each.slug: ours.window(today, each) if ours.has(each) else None for each in datasets}


def has_files(dataset: Dataset) -> bool:
    """Whether the plan has CSV files of `dataset`."""
    ours = subscription.current()
    return ours.has(dataset) and bulk.has_files(dataset, ours.plan)


def per_minute(dataset: Dataset) -> int:
    """Return how many requests a minute the plan allows a backfill for `dataset`."""
    buckets = ratelimit.buckets_for(dataset.path, subscription.current().plan)
    return min(bucket.limit - bucket.headroom for bucket in buckets)
