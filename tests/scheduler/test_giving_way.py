"""Backfills wait for one another and let live runs go first (R29)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from scheduler import claim, control, messages
from scheduler.audit import Actor
from scheduler.errors import Snoozed
from scheduler.models import Job, JobExecution, Trigger
from scheduler.pulse import Pulse
from scheduler.runner import PATIENCE_SECONDS, Run

pytestmark = pytest.mark.django_db(transaction=True)


def backfill(job: Job, actor: Actor, now: datetime) -> JobExecution:
    return control.run_now(job, actor, trigger=Trigger.BACKFILL, now=now)


def claimed(now: datetime) -> Run:
    """Claim the next run and return what its job type gets, at `now`."""
    (one,) = claim.claim(now, limit=1)
    execution = JobExecution.objects.get(pk=one.execution_id)
    return Run(execution, {}, Pulse(one, clock=lambda: now + timedelta(seconds=PATIENCE_SECONDS + 1)))


def test_r29_backfill_gives_way_to_a_live_run_that_found_no_worker(
    make_job: Callable[..., Job], actor: Actor, now: datetime
) -> None:
    backfill(make_job("nothing"), actor, now)
    run = claimed(now)
    run.give_way()
    control.run_now(make_job("nothing"), actor, now=now)

    with pytest.raises(Snoozed) as caught:
        run.give_way()

    assert messages.render(caught.value.code, {"seconds": 20})


def test_r29_a_live_run_never_gives_way_and_a_backfill_not_to_another(
    make_job: Callable[..., Job], actor: Actor, now: datetime
) -> None:
    control.run_now(make_job("nothing"), actor, now=now)
    live = claimed(now)
    backfill(make_job("nothing"), actor, now)
    first = claimed(now)
    backfill(make_job("nothing"), actor, now)

    live.give_way()
    first.give_way()


def test_r29_backfills_of_a_job_are_queued_and_run_one_after_another(
    make_job: Callable[..., Job], actor: Actor, now: datetime
) -> None:
    job = make_job("nothing")
    backfill(job, actor, now)
    backfill(job, actor, now)

    assert len(claim.claim(now, limit=5)) == 1
    assert claim.claim(now, limit=5) == []
