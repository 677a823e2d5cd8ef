"""What Prometheus learns of the rate limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric

from jquants import limits


def rate_limit(now: datetime) -> Iterator[Metric]:
    """Yield what is left of each bucket of our key; nothing without a key."""
    left = limits.limits(now)
    if left is None:
        return
    family = GaugeMetricFamily(
        "jquants_rate_limit_remaining",
        "Requests that could be sent right now; 0 while J-Quants makes everybody wait.",
        labels=["bucket"],
    )
    for budget in left.budgets:
        family.add_metric([budget.bucket.name], budget.remaining)
    yield family
