"""How many runs of a type may be held at once, on all workers together.

A held run has one of the numbered places of its type, and a unique index admits nobody else to it: two workers that
claim at the same moment cannot both take the last one.
"""

from __future__ import annotations

from collections import Counter

from django.conf import settings

from scheduler import job_types
from scheduler.models import JobExecution


def limits() -> dict[str, int]:
    """Return the limits by the slugs of types; those without one are left out."""
    declared = {known.slug: known.max_concurrent for known in job_types.all_types()}
    return {slug: limit for slug, limit in (declared | settings.SCHEDULER_MAX_CONCURRENT).items() if limit}


class Places:
    """The places of the types that have a limit, as they were at one moment; a query where there is such a type."""

    def __init__(self) -> None:
        self._limits = limits()
        self._taken: Counter[str] = Counter()
        if self._limits:
            held = JobExecution.objects.held().filter(job_type__in=self._limits, type_slot__isnull=False)
            self._taken.update(held.values_list("job_type", flat=True))

    def limit(self, job_type: str) -> int | None:
        return self._limits.get(job_type)

    def is_full(self, job_type: str) -> bool:
        limit = self.limit(job_type)
        return limit is not None and self._taken[job_type] >= limit

    def full(self) -> list[str]:
        return [slug for slug in self._limits if self.is_full(slug)]
