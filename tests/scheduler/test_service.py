"""The scheduler process, step by step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

import pytest
from django.db import OperationalError, connection

from scheduler.executors.embedded import EmbeddedExecutor
from scheduler.models import Job
from scheduler.service import Scheduler

pytestmark = pytest.mark.django_db(transaction=True)


def refuse(*args: Any) -> NoReturn:
    raise OperationalError("the database is not there")


def test_r39_database_outage_is_ridden_out_with_growing_pauses(
    make_job: Callable[..., Job], now: datetime
) -> None:
    job = make_job(next_run_at=now)
    scheduler = Scheduler(executor=EmbeddedExecutor(1), clock=lambda: now)
    with connection.execute_wrapper(refuse):
        pauses = [scheduler._guarded_step() for _ in range(7)]
    assert pauses == [now + timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 16, 30, 30)]
    assert not job.executions.exists()
    scheduler._guarded_step()
    assert job.executions.get().scheduled_for == now
