"""What our plan lets us have of a data set."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from jquants import bulk, ratelimit
from jquants.datasets import plans
from jquants.datasets.dataset import Dataset


def window(dataset: Dataset, today: date) -> plans.Window | None:
    """Return the days of `dataset` that the plan covers on `today`; None where it lacks the data set."""
    if settings.JQUANTS_PLAN not in dataset.plans:
        return None
    return plans.window(settings.JQUANTS_PLAN, today)


def has_files(dataset: Dataset) -> bool:
    """Whether the plan has CSV files of `dataset`."""
    return bulk.has_files(dataset, settings.JQUANTS_PLAN)


def per_minute(dataset: Dataset) -> int:
    """Return how many requests a minute the plan allows for `dataset`."""
    return min(bucket.limit for bucket in ratelimit.buckets_for(dataset.path, settings.JQUANTS_PLAN))
