"""What Prometheus learns of the rate limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from prometheus_client.core import GaugeMetricFamily, Metric

from jquants.models.ratelimit import DatabaseRateLimiter
from jquants.ratelimit import every_bucket


def rate_limit(now: datetime) -> Iterator[Metric]:
    """Yield what is left of each bucket of our key; nothing without a key."""
    if not settings.JQUANTS_API_KEY:
        return
    family = GaugeMetricFamily(
        "jquants_rate_limit_remaining",
        "Requests that could be sent right now; 0 while J-Quants makes everybody wait.",
        labels=["bucket"],
    )
    limiter = DatabaseRateLimiter(settings.JQUANTS_PLAN, settings.JQUANTS_API_KEY, clock=now.timestamp)
    for bucket, remaining in limiter.remaining_of(every_bucket(settings.JQUANTS_PLAN)).items():
        family.add_metric([bucket], remaining)
    yield family
