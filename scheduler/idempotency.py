"""The same request starts one run, however often it is sent (R45)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scheduler.audit import Actor
from scheduler.errors import IdempotencyConflict
from scheduler.models import Job, JobExecution

WINDOW = timedelta(hours=24)


def digest(job: Job, asked: Mapping[str, Any], reason: str) -> str:
    """Return what tells one request from another: what was asked for, whatever the job adds to it."""
    return hashlib.sha256(json.dumps([job.pk, asked, reason], sort_keys=True).encode()).hexdigest()


def started_by(actor: Actor, key: str, request_digest: str | None, now: datetime) -> JobExecution | None:
    """Return the run that this key has started, None when the key is new or older than the window.

    Raises IdempotencyConflict when it came with another request.
    """
    earlier = JobExecution.objects.filter(requested_by=actor.user, idempotency_key=key).first()
    if earlier is None:
        return None
    if earlier.created_at < now - WINDOW:
        JobExecution.objects.filter(pk=earlier.pk).update(idempotency_key=None)
        return None
    if earlier.request_digest != request_digest:
        raise IdempotencyConflict(key=key, execution=earlier.pk)
    return earlier
