"""What a run has of J-Quants, by the settings: a client to ask with, and where its answers go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings

from jquants import ingest, source
from jquants.client import Client, Row
from jquants.datasets import Dataset, plans
from jquants.errors import JQuantsError
from jquants.models.ratelimit import DatabaseRateLimiter

if TYPE_CHECKING:
    from scheduler.runner import Run


class NoApiKeyError(JQuantsError):
    code = "no_api_key"
    summary = (
        "No J-Quants API key is set; put JQUANTS_API_KEY=... into .env, with a key from "
        "https://jpx-jquants.com/dashboard/api-keys"
    )


def open_client(run: Run, *, wait: Callable[[float], None] | None = None) -> Client:
    """Return a client by the settings, for a `with` statement.

    It sleeps through `wait`, by default the run's own. Raises, before any request, NoApiKeyError, and
    MixedSourcesError where its answers could not be stored.
    """
    if not settings.JQUANTS_API_KEY:
        raise NoApiKeyError
    source.check(settings.JQUANTS_BASE_URL)
    return Client(
        api_key=settings.JQUANTS_API_KEY,
        base_url=settings.JQUANTS_BASE_URL,
        limiter=DatabaseRateLimiter(
            settings.JQUANTS_PLAN, settings.JQUANTS_API_KEY, is_backfill=run.is_backfill
        ),
        wait=wait or run.sleep,
    )


def window(today: date) -> plans.Window:
    """Return the days the plan of the settings covers on `today` (Asia/Tokyo)."""
    return plans.window(settings.JQUANTS_PLAN, today)


def store(run: Run, dataset: Dataset, rows: Sequence[Row], *, day: date | None = None) -> None:
    """Store an answer as `ingest.write` does, for `run`, and count its rows."""
    counts = ingest.write(
        dataset,
        rows,
        day=day,
        base_url=settings.JQUANTS_BASE_URL,
        now=run.now(),
        execution=run.execution,
    )
    run.count(
        fetched=len(rows),
        inserted=counts.inserted,
        updated=counts.updated,
        unchanged=counts.unchanged,
    )
