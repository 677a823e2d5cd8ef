"""Claiming: who may start what, in which order, and only once."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from scheduler import claim, control, dispatch, ticks
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, OverlapPolicy, Status, Trigger

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]


def test_claim_marks_the_row_as_held_by_this_worker(make_job: MakeJob, now: datetime, actor: Actor) -> None:
    run = control.run_now(make_job(), actor, now=now)
    (claimed,) = claim.claim(now, limit=5)
    run.refresh_from_db()
    assert (run.status, run.token, run.attempt) == (Status.RUNNING, claimed.token, 1)
    assert (run.started_at, run.heartbeat_at) == (now, now)
    assert run.worker.endswith(f":{os.getpid()}")
    run.job.refresh_from_db()
    assert run.job.last_run_at == now


def test_job_learns_of_many_short_runs_once_a_second(make_job: MakeJob, now: datetime, actor: Actor) -> None:
    job = make_job(overlap_policy=OverlapPolicy.ALLOW)
    for milliseconds in (0, 400, 800, 1200):
        control.run_now(job, actor, now=now)
        claim.claim(now + timedelta(milliseconds=milliseconds), limit=1)
        job.refresh_from_db()
        assert job.last_run_at == now + timedelta(milliseconds=milliseconds // 1200 * 1200)


def test_job_whose_last_run_is_in_the_future_since_the_clock_was_set_back_learns_of_the_next(
    make_job: MakeJob, now: datetime, actor: Actor
) -> None:
    job = make_job(last_run_at=now + timedelta(hours=1))
    control.run_now(job, actor, now=now)
    claim.claim(now, limit=1)
    job.refresh_from_db()
    assert job.last_run_at == now


def test_r17_a_run_is_claimed_once(make_job: MakeJob, now: datetime, actor: Actor) -> None:
    control.run_now(make_job(), actor, now=now)
    assert [len(claim.claim(now, limit=5)) for _ in range(2)] == [1, 0]


def test_a_run_is_not_claimed_before_it_is_available(make_job: MakeJob, now: datetime, actor: Actor) -> None:
    run = control.run_now(make_job(), actor, now=now)
    JobExecution.objects.filter(pk=run.pk).update(available_at=now + timedelta(seconds=1))
    assert claim.claim(now, limit=5) == []
    assert claim.next_available_at(now, timedelta(seconds=2)) == now + timedelta(seconds=1)
    assert len(claim.claim(now + timedelta(seconds=1), limit=5)) == 1


def test_r29_live_runs_come_before_backfill(make_job: MakeJob, now: datetime) -> None:
    backfill = ticks.new_run(make_job(), Trigger.BACKFILL, now)
    by_hand = ticks.new_run(make_job(), Trigger.MANUAL, now)
    later = ticks.new_run(make_job(), Trigger.SCHEDULE, now, scheduled_for=now)
    earlier = ticks.new_run(make_job(), Trigger.SCHEDULE, now, scheduled_for=now - timedelta(minutes=1))
    for run in (backfill, by_hand, later, earlier):
        run.save()
    claimed = [one.execution_id for one in claim.claim(now, limit=5)]
    assert claimed == [earlier.pk, later.pk, by_hand.pk, backfill.pk]


def test_r40_unknown_type_is_left_for_another_worker(make_job: MakeJob, now: datetime) -> None:
    run = ticks.new_run(make_job("of_another_app"), Trigger.SCHEDULE, now, scheduled_for=now)
    run.save()
    assert claim.claim(now, limit=5) == []
    run.refresh_from_db()
    assert run.status == Status.QUEUED


def test_r21_queued_run_past_its_deadline_is_skipped(make_job: MakeJob, now: datetime) -> None:
    job = make_job(next_run_at=now, start_deadline_seconds=60)
    dispatch.tick(now)
    assert claim.claim(now + timedelta(seconds=61), limit=5) == []  # by whom has not looked for such
    assert claim.expire(now + timedelta(seconds=60)) == 0
    assert claim.expire(now + timedelta(seconds=61)) == 1
    run = job.executions.get()
    assert (run.status, run.skip_reason) == (Status.SKIPPED, "deadline")


def test_paused_scheduler_starts_nothing_until_it_is_resumed(
    make_job: MakeJob, now: datetime, actor: Actor
) -> None:
    make_job(next_run_at=now)
    dispatch.tick(now)
    control.set_scheduler_enabled(False, actor, reason="maintenance")
    control.run_now(make_job(), actor, now=now)
    assert claim.claim(now, limit=5) == []
    control.set_scheduler_enabled(True, actor)
    assert len(claim.claim(now, limit=5)) == 2
