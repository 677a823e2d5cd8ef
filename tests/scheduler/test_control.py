"""What a person can do: each verb changes what it says, once, and leaves an audit row."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model

from scheduler import archive, audit, claim, control, dispatch
from scheduler.audit import Actor, Channel
from scheduler.errors import (
    AlreadyRunning,
    IdempotencyConflict,
    InvalidParameters,
    NotCancellable,
    Unavailable,
    UnknownJobType,
)
from scheduler.models import (
    Job,
    JobExecution,
    MissedPolicy,
    OverlapPolicy,
    SchedulerSettings,
    SkipReason,
    Status,
    Trigger,
)

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]


def audited() -> list[str]:
    return [audit.sentence(entry) for entry in LogEntry.objects.order_by("pk")]


def test_r44_run_now_queues_even_a_disabled_job(make_job: MakeJob, actor: Actor, now: datetime) -> None:
    job = make_job("count", is_enabled=False)
    run = control.run_now(job, actor, parameters={"rows": 5}, reason="to try", now=now)
    assert (run.status, run.trigger, run.scheduled_for) == (Status.QUEUED, Trigger.MANUAL, None)
    assert (run.parameters, run.requested_by, run.request_reason) == ({"rows": 5}, actor.user, "to try")


def test_r47_run_now_leaves_one_audit_row_with_its_channel(make_job: MakeJob, actor: Actor) -> None:
    run = control.run_now(make_job(), actor, reason="to try")
    (entry,) = LogEntry.objects.all()
    assert (entry.user, entry.object_id) == (actor.user, str(run.job_id))
    assert audit.sentence(entry) == f"Run now: execution {run.pk}. to try (admin)"


@pytest.mark.parametrize("policy", [OverlapPolicy.FORBID, OverlapPolicy.REPLACE])
def test_r26_policy_that_ends_overlap_counts_what_runs_already(
    make_job: MakeJob, actor: Actor, now: datetime, policy: OverlapPolicy
) -> None:
    job = make_job(schedule="0 * * * *", next_run_at=now, overlap_policy=OverlapPolicy.ALLOW)
    dispatch.tick(now)
    claim.claim(now, limit=1)
    control.run_now(job, actor, now=now)
    job.refresh_from_db()
    job.overlap_policy = policy
    control.save_definition(job, {"overlap_policy"}, actor, now=now)

    assert claim.claim(now, limit=10) == []
    dispatch.tick(now + timedelta(hours=1))
    statuses = job.executions.order_by("pk").values_list("status", flat=True)
    if policy == OverlapPolicy.FORBID:
        assert list(statuses) == [Status.RUNNING, Status.QUEUED, Status.SKIPPED]
    else:
        assert list(statuses) == [Status.CANCELLING, Status.CANCELLED, Status.QUEUED]


def test_r27_run_now_of_an_active_job_is_refused_with_the_active_run(make_job: MakeJob, actor: Actor) -> None:
    job = make_job()
    first = control.run_now(job, actor)
    with pytest.raises(AlreadyRunning) as refused:
        control.run_now(job, actor)
    assert refused.value.execution == first
    assert (job.executions.count(), len(audited())) == (1, 1)


def test_r27_refusal_names_the_run_in_the_way_and_not_those_that_wait_behind_it(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job(schedule="0 * * * *", missed_policy=MissedPolicy.CATCH_UP, next_run_at=now)
    later = now + timedelta(hours=2, minutes=30)
    dispatch.tick(later)
    (running,) = claim.claim(later, limit=5)
    with pytest.raises(AlreadyRunning) as refused:
        control.run_now(job, actor, now=later)
    assert refused.value.execution.pk == running.execution_id


def test_r25_run_now_replaces_where_the_policy_says_so(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job(overlap_policy=OverlapPolicy.REPLACE)
    first = control.run_now(job, actor, now=now)
    control.run_now(job, actor, now=now)
    first.refresh_from_db()
    assert (first.status, first.reason_code) == (Status.CANCELLED, "replaced")


@pytest.mark.parametrize("parameters", [{"rows": "many"}, {"rows": -1}, {"lines": 3}])
def test_run_now_with_bad_parameters_queues_nothing(
    make_job: MakeJob, actor: Actor, parameters: dict[str, object]
) -> None:
    with pytest.raises(InvalidParameters):
        control.run_now(make_job("count"), actor, parameters=parameters)
    assert (JobExecution.objects.count(), audited()) == (0, [])


def test_r43_job_of_an_unknown_type_is_not_run(make_job: MakeJob, actor: Actor) -> None:
    with pytest.raises(UnknownJobType):
        control.run_now(make_job("gone"), actor)


def test_r45_same_key_returns_the_same_run(make_job: MakeJob, actor: Actor, now: datetime) -> None:
    job = make_job("count")
    first = control.run_now(job, actor, idempotency_key="k", now=now)
    again = control.run_now(job, actor, idempotency_key="k", now=now + timedelta(hours=23))
    assert first == again


def test_r45_same_key_with_another_request_is_a_conflict(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job("count")
    control.run_now(job, actor, idempotency_key="k", now=now)
    with pytest.raises(IdempotencyConflict):
        control.run_now(job, actor, parameters={"rows": 4}, idempotency_key="k", now=now)


def test_r45_same_request_returns_the_same_run_whatever_became_of_the_job(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job("count")
    first = control.run_now(job, actor, parameters={}, reason="late data", idempotency_key="k", now=now)
    job.parameters = {"rows": 9}
    control.save_definition(job, {"parameters"}, actor, now=now)
    archive.archive(job, actor, now=now)
    again = control.run_now(job, actor, parameters={}, reason="late data", idempotency_key="k", now=now)
    assert first == again


def test_r45_same_key_with_another_reason_is_a_conflict(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job("count")
    control.run_now(job, actor, reason="late data", idempotency_key="k", now=now)
    with pytest.raises(IdempotencyConflict):
        control.run_now(job, actor, reason="to try", idempotency_key="k", now=now)


def test_r45_key_is_free_again_after_a_day(make_job: MakeJob, actor: Actor, now: datetime) -> None:
    job = make_job(overlap_policy=OverlapPolicy.ALLOW)
    first = control.run_now(job, actor, idempotency_key="k", now=now)
    again = control.run_now(job, actor, idempotency_key="k", now=now + timedelta(hours=24, seconds=1))
    assert first != again


def test_r23_enabling_starts_after_now_and_records_what_passed(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job(schedule="0 * * * *", next_run_at=now)
    control.set_enabled(job, False, actor, now=now - timedelta(minutes=1))
    control.set_enabled(job, True, actor, now=now + timedelta(hours=2, minutes=30))
    assert job.next_run_at == now + timedelta(hours=3)
    passed = job.executions.get()
    assert (passed.skip_reason, passed.tick_count, passed.scheduled_for) == ("disabled", 3, now)


def test_r42_disabling_leaves_a_running_execution_alone(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job()
    run = control.run_now(job, actor, now=now)
    claim.claim(now, limit=1)
    assert control.set_enabled(job, False, actor, now=now)
    run.refresh_from_db()
    assert run.status == Status.RUNNING


def test_enabling_what_is_enabled_changes_and_audits_nothing(make_job: MakeJob, actor: Actor) -> None:
    assert not control.set_enabled(make_job(), True, actor)
    assert audited() == []


def test_r23_enabling_can_also_run_once_now(make_job: MakeJob, actor: Actor) -> None:
    job = make_job(is_enabled=False)
    control.set_enabled(job, True, actor, also_run=True)
    assert job.executions.get().trigger == Trigger.MANUAL


def test_r23_changed_schedule_starts_a_new_version_after_now(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job(schedule="0 6 * * *")
    job.schedule = "30 12 * * *"
    control.save_definition(job, {"schedule"}, actor, now=now)
    job.refresh_from_db()
    assert job.schedule_version == 2
    assert job.next_run_at == datetime.fromisoformat("2026-11-21T12:30+09:00")


@pytest.mark.parametrize("why", [SkipReason.DISABLED, SkipReason.PAUSED, SkipReason.MISSED])
def test_r23_ticks_that_passed_before_a_new_schedule_are_told_with_their_reason(
    make_job: MakeJob, actor: Actor, now: datetime, why: SkipReason
) -> None:
    job = make_job(schedule="0 * * * *", next_run_at=now)
    if why == SkipReason.DISABLED:
        control.set_enabled(job, False, actor, now=now - timedelta(minutes=1))
    elif why == SkipReason.PAUSED:
        control.set_scheduler_enabled(False, actor, now=now - timedelta(minutes=1))
    job.schedule = "30 12 * * *"
    control.save_definition(job, {"schedule"}, actor, now=now + timedelta(hours=2, minutes=30))
    passed = job.executions.get()
    assert (passed.skip_reason, passed.tick_count, passed.scheduled_for) == (why, 3, now)
    assert (passed.schedule_version, Job.objects.get(pk=job.pk).schedule_version) == (1, 2)


def broken(job: Job) -> Job:
    """Give `job` a schedule that nobody can compute, as an older version or a vanished app leaves one behind."""
    Job.objects.filter(pk=job.pk).update(schedule="0 0 31 2 *")
    return Job.objects.get(pk=job.pk)


def test_r18_correcting_a_schedule_ends_the_quarantine(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = broken(make_job(next_run_at=now))
    dispatch.tick(now + timedelta(seconds=1))
    job.refresh_from_db()
    assert job.quarantine_count == 1
    job.schedule = "0 * * * *"
    control.save_definition(job, {"schedule"}, actor, now=now + timedelta(seconds=30))
    job.refresh_from_db()
    assert (job.quarantined_since, job.quarantined_until) == (None, None)
    assert (job.quarantine_error, job.quarantine_count) == ("", 0)
    passed = job.executions.get()
    assert (passed.scheduled_for, passed.skip_reason) == (now, SkipReason.QUARANTINED)
    dispatch.tick(now + timedelta(hours=1))
    assert job.executions.filter(status=Status.QUEUED, scheduled_for=now + timedelta(hours=1)).exists()


def test_r18_job_with_a_broken_schedule_is_not_enabled_and_says_why(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = broken(make_job(is_enabled=False, next_run_at=now))
    with pytest.raises(Unavailable) as refused:
        control.set_enabled(job, True, actor, now=now + timedelta(hours=1))
    assert "0 0 31 2 *" in str(refused.value)
    job.refresh_from_db()
    assert (job.is_enabled, job.executions.count(), audited()) == (False, 0, [])


def test_r18_enabling_again_ends_the_quarantine(make_job: MakeJob, actor: Actor, now: datetime) -> None:
    job = make_job(next_run_at=now, quarantined_since=now, quarantined_until=now + timedelta(hours=1))
    for enabled in (False, True):
        control.set_enabled(job, enabled, actor, now=now)
    assert (job.quarantined_since, job.quarantined_until) == (None, None)


def test_r23_cursor_follows_the_schedule_as_it_is_saved(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job(schedule="0 6 * * *", timezone="Asia/Tokyo")
    Job.objects.filter(pk=job.pk).update(timezone="UTC")  # somebody else, in this moment
    job.schedule = "0 7 * * *"
    control.save_definition(job, {"schedule"}, actor, now=now)
    job.refresh_from_db()
    assert job.next_run_at == datetime.fromisoformat("2026-11-21T07:00+00:00")


def test_saving_a_definition_never_touches_what_the_scheduler_writes(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job()
    Job.objects.filter(pk=job.pk).update(last_run_at=now, next_run_at=now)
    job.notes = "edited meanwhile"
    control.save_definition(job, {"notes"}, actor, now=now)
    job.refresh_from_db()
    assert (job.notes, job.last_run_at, job.next_run_at) == ("edited meanwhile", now, now)


def test_pausing_keeps_who_when_and_why(actor: Actor, now: datetime) -> None:
    assert control.set_scheduler_enabled(False, actor, reason="maintenance", now=now)
    paused = SchedulerSettings.load()
    assert (paused.is_enabled, paused.paused_by, paused.paused_at) == (False, actor.user, now)
    assert not control.set_scheduler_enabled(False, actor, now=now)
    assert len(audited()) == 1


def test_r34_cancel_of_a_queued_run_is_immediate_and_frees_the_job(
    make_job: MakeJob, actor: Actor, now: datetime
) -> None:
    job = make_job()
    run = control.run_now(job, actor, now=now)
    control.cancel(run, actor, reason="changed my mind", now=now)
    assert (run.status, run.reason) == (Status.CANCELLED, "Cancelled by hanako. changed my mind")
    assert control.run_now(job, actor, now=now).status == Status.QUEUED


def test_r35_cancelling_twice_changes_and_audits_once(make_job: MakeJob, actor: Actor, now: datetime) -> None:
    run = control.run_now(make_job(), actor, now=now)
    claim.claim(now, limit=1)
    for _ in range(2):
        control.cancel(run, actor, now=now)
    assert run.status == Status.CANCELLING
    assert len(audited()) == 2  # run now, cancelled


def test_cancel_of_an_ended_run_is_refused(make_job: MakeJob, actor: Actor, now: datetime) -> None:
    run = control.run_now(make_job(), actor, now=now)
    control.cancel(run, actor, now=now)
    with pytest.raises(NotCancellable):
        control.cancel(run, actor, now=now)


VERBS: dict[str, Callable[[Job, JobExecution, Actor], object]] = {
    "run": lambda job, run, actor: control.run_now(job, actor),
    "disable": lambda job, run, actor: control.set_enabled(job, False, actor),
    "edit": lambda job, run, actor: control.save_definition(job, {"notes", "schedule"}, actor),
    "cancel": lambda job, run, actor: control.cancel(run, actor),
    "pause": lambda job, run, actor: control.set_scheduler_enabled(False, actor),
    "archive": lambda job, run, actor: archive.archive(job, actor),
    "restore": lambda job, run, actor: archive.restore(Job.objects.get(name="put away"), actor),
    "purge": lambda job, run, actor: archive.purge(Job.objects.get(name="put away"), actor),
}


@pytest.mark.parametrize("verb", VERBS)
def test_r47_change_whose_audit_row_fails_does_not_happen(
    make_job: MakeJob, actor: Actor, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    archive.archive(make_job(name="put away"), actor)
    job = make_job(overlap_policy=OverlapPolicy.ALLOW)
    run = control.run_now(job, actor)
    SchedulerSettings.load()
    before = everything()

    def fail(*args: object, **params: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(ZeroDivisionError):
        VERBS[verb](job, run, actor)
    assert everything() == before


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Job, JobExecution, SchedulerSettings)]


def test_r47_command_line_acts_as_an_account_nobody_can_log_in_with(db: None) -> None:
    actor = Actor.on_command_line()
    assert actor.channel == Channel.COMMAND
    assert actor == Actor.on_command_line()
    assert not actor.user.is_active
    assert not get_user_model().objects.get(pk=actor.user.pk).has_usable_password()


def test_r47_command_of_a_user_without_a_name_is_audited_by_its_number(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that runs under any number."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2**30)  # nobody has it
    assert Actor.on_command_line().name == f"uid-{2**30}@command-line"
