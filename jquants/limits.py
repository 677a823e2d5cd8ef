"""What is left of the requests a minute that J-Quants allows our key, for people, JSON and Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from jquants.models.ratelimit import DatabaseRateLimiter
from jquants.plan import subscription
from jquants.ratelimit import MINUTE_AND_TICK, PLAN_BUCKET, TDNET, Bucket, every_bucket

if TYPE_CHECKING:
    from django.utils.functional import Promise

LABELS: dict[str, str | Promise] = {
    PLAN_BUCKET: _("all data sets of the plan"),
    "fins_summary": _("financial summaries"),
    "fins_details": _("financial details"),
    MINUTE_AND_TICK.name: _("minute bars and ticks"),
    TDNET.name: _("TDnet disclosures"),
}
OF_ADDON = {MINUTE_AND_TICK.name: "minute", TDNET.name: "tdnet"}


@dataclass(frozen=True)
class Budget:
    """One bucket: requests a minute, what could be sent right now, and what backfills leave alone."""

    bucket: Bucket
    remaining: int
    is_ours: bool  # whether our plan and add-ons have what counts here

    @property
    def label(self) -> str | Promise:
        return LABELS[self.bucket.name]


@dataclass(frozen=True)
class Limits:
    """All buckets, the plan's first; until `paused_until` nobody asks, after a 429."""

    plan: str
    budgets: list[Budget]
    paused_until: datetime | None

    @property
    def ours(self) -> list[Budget]:
        return [budget for budget in self.budgets if budget.is_ours]


def limits(now: datetime) -> Limits | None:
    """Return what is left for our key; None without a key. Three queries on small tables, at most."""
    if not settings.JQUANTS_API_KEY:
        return None
    ours = subscription.current()
    limiter = DatabaseRateLimiter(ours.plan, settings.JQUANTS_API_KEY, clock=now.timestamp)
    buckets = every_bucket(ours.plan)
    remaining = limiter.remaining_of(buckets)
    return Limits(
        ours.plan,
        [
            Budget(
                bucket,
                remaining[bucket.name],
                is_ours=bucket.name not in OF_ADDON or OF_ADDON[bucket.name] in ours.addons,
            )
            for bucket in buckets
        ],
        limiter.paused_until(),
    )
