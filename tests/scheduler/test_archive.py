"""Deleting a job: it is archived, can be restored, and only from the archive is it deleted for good."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.db import IntegrityError

from scheduler import archive, claim, control, dispatch, retention, totals
from scheduler.audit import Actor
from scheduler.errors import JobArchived, NotArchived, StillActive
from scheduler.models import DailyTotal, ExecutionLog, Job, JobExecution, SkipReason, Status, TypeTotal

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]


@pytest.fixture
def job(make_job: MakeJob, actor: Actor, now: datetime) -> Job:
    """A job with a run that is over."""
    job = make_job(next_run_at=now + timedelta(minutes=1))
    run = control.run_now(job, actor, now=now)
    claim.claim(now, limit=1)
    run.refresh_from_db()
    ended: dict[str, Any] = {
        "status": Status.COMPLETED,
        "token": None,
        "completed_at": now,
        "holds_slot": False,
    }
    run.change(only_from=(Status.RUNNING,), **ended)
    ExecutionLog.objects.create(execution=run, at=now, message="done")
    LogEntry.objects.all().delete()
    return job


def audited() -> list[str]:
    return [json.loads(entry.change_message)["code"] for entry in LogEntry.objects.order_by("pk")]


def test_r42_archived_job_starts_nothing_and_keeps_its_history(job: Job, actor: Actor, now: datetime) -> None:
    assert archive.archive(job, actor, now=now)
    executions = job.executions.count()
    assert dispatch.tick(now + timedelta(days=1)) is None
    assert job.executions.count() == executions
    assert (job.archived_at, job.is_enabled) == (now, False)
    assert job.executions.get().logs.exists()
    with pytest.raises(JobArchived):
        control.run_now(job, actor, now=now)
    with pytest.raises(JobArchived):
        control.set_enabled(job, True, actor, now=now)
    with pytest.raises(JobArchived):
        control.save_definition(job, {"notes"}, actor, now=now)


def test_r42_runs_of_an_archived_job_finish(make_job: MakeJob, actor: Actor, now: datetime) -> None:
    job = make_job()
    run = control.run_now(job, actor, now=now)
    archive.archive(job, actor, now=now)
    assert [one.execution_id for one in claim.claim(now, limit=5)] == [run.pk]


def test_r42_the_database_refuses_an_archived_job_that_is_enabled(job: Job, actor: Actor) -> None:
    archive.archive(job, actor)
    with pytest.raises(IntegrityError):
        Job.objects.filter(pk=job.pk).update(is_enabled=True)


def test_r42_restored_job_is_disabled_and_enabling_starts_after_now(
    job: Job, actor: Actor, now: datetime
) -> None:
    archive.archive(job, actor, now=now)
    assert archive.restore(job, actor)
    assert (job.archived_at, job.is_enabled) == (None, False)
    later = now + timedelta(days=2)
    control.set_enabled(job, True, actor, now=later)
    job.refresh_from_db()
    assert job.next_run_at is not None
    assert job.next_run_at > later
    assert job.executions.filter(skip_reason=SkipReason.DISABLED).count() == 1


def test_r47_archiving_twice_changes_and_audits_once(job: Job, actor: Actor) -> None:
    assert [archive.archive(job, actor) for _ in range(2)] == [True, False]
    assert [archive.restore(job, actor) for _ in range(2)] == [True, False]
    assert audited() == ["audit_archived", "audit_restored"]


def test_r42_only_an_archived_idle_job_is_deleted_for_good(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job()
    with pytest.raises(NotArchived):
        archive.purge(job, actor)
    run = control.run_now(job, actor, now=now)
    archive.archive(job, actor, now=now)
    with pytest.raises(StillActive):
        archive.purge(job, actor)
    assert JobExecution.objects.filter(pk=run.pk).exists()


def test_r42_deleted_job_leaves_nothing_but_the_audit_and_the_totals_of_its_type(
    job: Job, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 1)
    totals.count_ended(100)
    before = list(TypeTotal.objects.order_by("pk").values_list("job_type", "status", "executions"))
    archive.archive(job, actor)
    archive.purge(job, actor)
    for model in (JobExecution, ExecutionLog, DailyTotal):
        assert not model.objects.exists()
    assert not Job.objects.filter(pk=job.pk).exists()
    assert list(TypeTotal.objects.order_by("pk").values_list("job_type", "status", "executions")) == before
    entry = LogEntry.objects.get(action_flag=DELETION)
    assert (entry.object_repr, audited()[-2:]) == (job.name, ["audit_purge_begun", "audit_deleted"])


def test_r42_job_restored_while_it_is_deleted_keeps_what_is_left(
    job: Job, make_job: MakeJob, actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 1)
    archive.archive(job, actor)
    deleting = Job.objects.get(pk=job.pk)

    def restored_meanwhile(limit: int) -> int:
        archive.restore(job, actor)
        control.run_now(job, actor, now=now)
        return 0

    monkeypatch.setattr(totals, "count_ended", restored_meanwhile)
    with pytest.raises(NotArchived):
        archive.purge(deleting, actor)
    assert sorted(job.executions.values_list("status", flat=True)) == [Status.COMPLETED, Status.QUEUED]
    assert "audit_purge_begun" in audited()  # R47: who deleted the rest
