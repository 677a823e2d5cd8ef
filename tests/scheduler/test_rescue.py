"""Runs of dead workers are taken over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from scheduler import claim, control, rescue
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, OrphanPolicy, Status
from scheduler.pulse import Pulse

pytestmark = pytest.mark.django_db

Running = Callable[..., JobExecution]


@pytest.fixture
def running(make_job: Callable[..., Job], actor: Actor, now: datetime) -> Running:
    """Return a function that makes a claimed run; its worker is this process."""

    def running(**fields: object) -> JobExecution:
        run = control.run_now(make_job(**fields), actor, now=now)
        claim.claim(now, limit=1, only=run.pk)
        run.refresh_from_db()
        return run

    return running


def test_r36_silent_for_longer_than_the_limit_is_queued_again(running: Running, now: datetime) -> None:
    run = running()
    assert rescue.rescue(now + timedelta(seconds=60)) == 0
    assert rescue.rescue(now + timedelta(seconds=61)) == 1
    run.refresh_from_db()
    assert (run.status, run.token, run.attempt) == (Status.QUEUED, None, 1)
    assert run.holds_slot
    assert str(os.getpid()) in run.reason


def test_r36_without_attempts_left_it_fails(running: Running, now: datetime) -> None:
    run = running(max_retries=0)
    rescue.rescue(now + timedelta(seconds=61))
    run.refresh_from_db()
    assert (run.status, run.reason_code, run.holds_slot) == (Status.FAILED, "worker_lost_for_good", False)


def test_r36_dead_process_on_this_machine_is_noticed_without_waiting(running: Running, now: datetime) -> None:
    run = running()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    JobExecution.objects.filter(pk=run.pk).update(worker=f"{claim.host()}:{dead.pid}")
    assert rescue.rescue(now) == 1


def test_r36_process_on_another_machine_is_judged_by_its_silence_only(
    running: Running, now: datetime
) -> None:
    run = running()
    JobExecution.objects.filter(pk=run.pk).update(worker="elsewhere:1")
    assert rescue.rescue(now) == 0


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1)])
def test_r36_worker_whose_clock_is_wrong_is_judged_by_the_database_s(
    make_job: Callable[..., Job],
    actor: Actor,
    set_database_clock: Callable[[timedelta], None],
    ahead: timedelta,
) -> None:
    set_database_clock(ahead)
    run = control.run_now(make_job(), actor)
    claim.claim(timezone.now(), limit=1, only=run.pk, worker="elsewhere:1")
    heard_at = timezone.now() + ahead
    assert rescue.rescue(heard_at + timedelta(seconds=59)) == 0
    assert rescue.rescue(heard_at + timedelta(seconds=61)) == 1


def test_r36_beat_is_told_by_the_clock_of_the_database(
    make_job: Callable[..., Job],
    actor: Actor,
    set_database_clock: Callable[[timedelta], None],
    settings: Settings,
) -> None:
    settings.SCHEDULER_HEARTBEAT_SECONDS = 0
    run = control.run_now(make_job(), actor)
    (claimed,) = claim.claim(timezone.now(), limit=1, only=run.pk)
    set_database_clock(timedelta(hours=1))
    Pulse(claimed).beat()
    run.refresh_from_db()
    assert run.heartbeat_at is not None
    assert timedelta(minutes=59) < run.heartbeat_at - timezone.now() <= timedelta(hours=1)


def test_r36_machine_of_the_same_name_is_another_machine(
    running: Running, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cloned machines have one name, and each the pids of its own."""
    ours = claim.host()
    claim.host.cache_clear()
    read = Path.read_text
    monkeypatch.setattr(
        Path, "read_text", lambda path: "0123456789" if path.name == "boot_id" else read(path)
    )
    theirs = claim.host()
    monkeypatch.undo()
    claim.host.cache_clear()
    run = running()
    JobExecution.objects.filter(pk=run.pk).update(worker=f"{theirs}:{2**22 + 1}")
    assert theirs != ours
    assert theirs.partition("~")[0] == ours.partition("~")[0]
    assert rescue.rescue(now) == 0


def test_run_being_cancelled_ends_cancelled_when_its_worker_is_lost(
    running: Running, now: datetime, actor: Actor
) -> None:
    run = running()
    control.cancel(run, actor, now=now)
    rescue.rescue(now + timedelta(seconds=61))
    run.refresh_from_db()
    assert run.status == Status.CANCELLED


def test_r37_second_rescuer_changes_nothing(running: Running, now: datetime) -> None:
    run = running()
    again = JobExecution.objects.get(pk=run.pk)
    assert (rescue.lose(run, now), rescue.lose(again, now)) == (True, False)


def test_r37_late_rescuer_takes_nothing_from_the_next_attempt(running: Running, now: datetime) -> None:
    run = running()
    late = JobExecution.objects.get(pk=run.pk)
    rescue.lose(run, now)
    (current,) = claim.claim(now, limit=1, only=run.pk)
    assert not rescue.lose(late, now)
    run.refresh_from_db()
    assert (run.status, run.token) == (Status.RUNNING, current.token)


def test_r36_lost_run_fails_where_its_job_says_so(running: Running, now: datetime) -> None:
    run = running(orphan_policy=OrphanPolicy.FAIL, max_retries=3)
    rescue.rescue(now + timedelta(seconds=61))
    run.refresh_from_db()
    assert (run.status, run.reason_code, run.holds_slot) == (Status.FAILED, "worker_lost_not_again", False)


def test_r30_lost_run_past_its_deadline_is_not_tried_again(running: Running, now: datetime) -> None:
    run = running()
    JobExecution.objects.filter(pk=run.pk).update(expires_at=now + timedelta(seconds=30))
    rescue.rescue(now + timedelta(seconds=61))
    run.refresh_from_db()
    assert (run.status, run.reason_code) == (Status.FAILED, "worker_lost_too_late")


def test_r36_lost_attempt_is_kept_with_its_worker(running: Running, now: datetime) -> None:
    run = running()
    rescue.rescue(now + timedelta(seconds=61))
    attempt = run.earlier_attempts.get()
    assert (attempt.number, attempt.worker, attempt.started_at) == (1, run.worker, now)
    assert attempt.ended_at == now + timedelta(seconds=61)
    assert run.worker in attempt.reason
