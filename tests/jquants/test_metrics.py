from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from jquants.metrics import rate_limit
from jquants.models.ratelimit import DatabaseRateLimiter

pytestmark = pytest.mark.django_db


def remaining(now: datetime) -> dict[str, float]:
    return {sample.labels["bucket"]: sample.value for family in rate_limit(now) for sample in family.samples}


def test_rate_limit_that_is_left_by_bucket(now: datetime, settings: Any) -> None:
    settings.JQUANTS_PLAN = "light"
    limiter = DatabaseRateLimiter("light", settings.JQUANTS_API_KEY, clock=now.timestamp)
    DatabaseRateLimiter("light", "another key", clock=now.timestamp).reserve("/td/list")
    full = {"plan": 60, "fins_summary": 60, "fins_details": 60, "minute_and_tick": 60, "tdnet": 100}
    assert remaining(now) == full
    limiter.reserve("/equities/bars/daily")
    limiter.reserve("/fins/summary")
    assert remaining(now) == full | {"plan": 58, "fins_summary": 59}


def test_rate_limit_of_a_smaller_plan_ignores_what_the_bigger_one_left(now: datetime, settings: Any) -> None:
    settings.JQUANTS_PLAN = "free"
    bigger = DatabaseRateLimiter("light", settings.JQUANTS_API_KEY, clock=now.timestamp)
    for _ in range(60):
        bigger.reserve("/equities/bars/daily")
    assert remaining(now)["plan"] == 0


def test_nothing_is_left_while_everybody_waits(now: datetime, settings: Any) -> None:
    DatabaseRateLimiter("premium", settings.JQUANTS_API_KEY, clock=now.timestamp).pause(None)
    assert set(remaining(now).values()) == {0}


def test_nothing_is_told_without_a_key(now: datetime, settings: Any) -> None:
    settings.JQUANTS_API_KEY = ""
    assert remaining(now) == {}
