"""Due ticks become rows: once each, whole, and by the job's policies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from pytest_django import DjangoAssertNumQueries, Settings

from scheduler import batch, claim, control, dispatch, ticks
from scheduler.audit import Actor
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


def rows(job: Job) -> list[tuple[str, str]]:
    """Return status and skip reason of the job's ticks, oldest first."""
    return list(job.executions.order_by("scheduled_for").values_list("status", "skip_reason"))


def test_r1_due_tick_becomes_one_queued_run(make_job: MakeJob, now: datetime) -> None:
    job = make_job("count", next_run_at=now)
    dispatch.tick(now)
    run = job.executions.get()
    assert (run.status, run.trigger, run.scheduled_for) == (Status.QUEUED, Trigger.SCHEDULE, now)
    job.refresh_from_db()
    assert job.next_run_at is not None
    assert job.next_run_at > now


def test_r1_second_row_for_a_tick_is_refused_by_the_database(make_job: MakeJob, now: datetime) -> None:
    job = make_job(overlap_policy=OverlapPolicy.ALLOW)
    first = ticks.new_run(job, Trigger.SCHEDULE, now, scheduled_for=now)
    again = ticks.new_run(job, Trigger.SCHEDULE, now, scheduled_for=now)
    assert (ticks.insert_run(first), ticks.insert_run(again)) == (True, False)


def test_r2_manual_run_at_the_instant_of_a_tick_does_not_consume_it(
    make_job: MakeJob, now: datetime, actor: Actor
) -> None:
    job = make_job(next_run_at=now, overlap_policy=OverlapPolicy.ALLOW)
    control.run_now(job, actor, now=now)
    dispatch.tick(now)
    assert sorted(job.executions.values_list("trigger", flat=True)) == [Trigger.MANUAL, Trigger.SCHEDULE]


def test_r3_contiguous_skipped_ticks_are_one_row(make_job: MakeJob, now: datetime) -> None:
    job = make_job(schedule="0 * * * *", missed_policy=MissedPolicy.SKIP, next_run_at=now)
    dispatch.tick(now + timedelta(hours=2, minutes=30))
    dispatch.tick(now + timedelta(hours=4, minutes=30))
    (skipped,) = job.executions.all()
    assert (skipped.status, skipped.skip_reason) == (Status.SKIPPED, SkipReason.MISSED)
    assert (skipped.scheduled_for, skipped.scheduled_until) == (now, now + timedelta(hours=4))
    assert skipped.tick_count == 5


def test_r4_run_keeps_a_snapshot_of_its_job(make_job: MakeJob, now: datetime) -> None:
    job = make_job("count", next_run_at=now, timeout_seconds=77)
    dispatch.tick(now)
    Job.objects.filter(pk=job.pk).update(name="renamed", parameters={"rows": 9}, timeout_seconds=1)
    run = job.executions.get()
    assert (run.job_name, run.parameters, run.timeout_seconds) == (job.name, {"rows": 3}, 77)
    assert run.code_version


def test_r13_disabled_paused_and_quarantined_jobs_are_not_due(
    make_job: MakeJob, now: datetime, actor: Actor
) -> None:
    make_job(next_run_at=now, is_enabled=False)
    make_job(next_run_at=now, quarantined_until=now + timedelta(seconds=1))
    dispatch.tick(now)
    make_job(next_run_at=now)
    control.set_scheduler_enabled(False, actor)
    dispatch.tick(now)
    assert not JobExecution.objects.exists()


def test_r13_idle_pass_is_one_query(
    make_job: MakeJob, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        make_job(next_run_at=now + timedelta(hours=1))
    with django_assert_num_queries(1):
        dispatch.tick(now)


@pytest.mark.parametrize(
    ("policy", "step"),
    [(OverlapPolicy.FORBID, "batch._move_cursors"), (OverlapPolicy.REPLACE, "ticks.insert_run")],
)
def test_r14_crash_between_the_steps_leaves_nothing(
    policy: OverlapPolicy, step: str, make_job: MakeJob, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(next_run_at=now, overlap_policy=policy)

    def crash(*args: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"scheduler.{step}", crash)
    with pytest.raises(KeyboardInterrupt):
        dispatch.tick(now)
    job.refresh_from_db()
    assert (job.next_run_at, job.executions.count()) == (now, 0)


@pytest.mark.parametrize("change", ["next_run_at", "schedule_version"])
@pytest.mark.parametrize("step", ["batch._insert", "dispatch.decide"])
def test_r14_nothing_is_written_where_somebody_moved_the_cursor(
    make_job: MakeJob, now: datetime, monkeypatch: pytest.MonkeyPatch, step: str, change: str
) -> None:
    """As a lock forbids on both databases: by hand, or by a version of this program without it."""
    job = make_job(next_run_at=now, start_deadline_seconds=60 if step == "dispatch.decide" else None)
    moved = {"next_run_at": now - timedelta(minutes=1), "schedule_version": 7}[change]
    module, name = step.split(".")
    act = getattr({"batch": batch, "dispatch": dispatch}[module], name)

    def act_while_it_moves(*args: Any, **options: Any) -> Any:
        result = act(*args, **options)
        Job.objects.filter(pk=job.pk).update(**{change: moved})
        return result

    monkeypatch.setattr(f"scheduler.{step}", act_while_it_moves)
    if module == "batch":
        with pytest.raises(batch.CursorMoved):
            batch.dispatch(now, limit=5)
    else:
        assert not dispatch._dispatch(job.pk, now, ())
        assert Job.objects.filter(pk=job.pk, **{change: moved}).exists()
    assert not job.executions.exists()


def test_r4_batch_writes_what_a_transaction_of_its_own_writes(make_job: MakeJob, now: datetime) -> None:
    differing = {"id", "job", "job_name", "updated_at"}
    jobs = [
        make_job("count", next_run_at=now, timeout_seconds=77, start_deadline_seconds=deadline)
        for deadline in (None, 600)
    ]
    dispatch.tick(now)
    batched, alone = (model_to_dict(job.executions.get()) for job in jobs)
    assert alone.pop("expires_at") == now + timedelta(seconds=600)
    assert batched.pop("expires_at") is None
    assert {k: v for k, v in batched.items() if k not in differing} == {
        k: v for k, v in alone.items() if k not in differing
    }


def test_r13_burst_takes_the_same_few_queries(
    make_job: MakeJob, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    jobs = [make_job(next_run_at=now) for _ in range(20)]
    with django_assert_max_num_queries(6):
        assert dispatch.tick(now) == now  # there may be more
    assert JobExecution.objects.filter(status=Status.QUEUED, scheduled_for=now).count() == len(jobs)
    assert dispatch.tick(now) is None


def test_r18_poison_that_only_the_database_finds_spoils_no_batch(make_job: MakeJob, now: datetime) -> None:
    poison, healthy = make_job(next_run_at=now), make_job(next_run_at=now)
    refuse_executions_of(poison)
    dispatch.tick(now)
    poison.refresh_from_db()
    assert (poison.quarantined_until, poison.next_run_at) == (now + timedelta(minutes=1), now)
    assert (poison.executions.count(), healthy.executions.count()) == (0, 1)


def refuse_executions_of(job: Job) -> None:
    """Have the database refuse every execution of `job`, for the length of the test's transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE TRIGGER refusing BEFORE INSERT ON job_executions "
                f"WHEN NEW.job_id = {job.pk} BEGIN SELECT RAISE(ABORT, 'poison'); END"
            )
            return
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'poison'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refusing BEFORE INSERT ON job_executions FOR EACH ROW "
            f"WHEN (NEW.job_id = {job.pk}) EXECUTE FUNCTION refuse()"
        )


def test_r16_never_early(make_job: MakeJob, now: datetime) -> None:
    job = make_job(next_run_at=now)
    next_due_at = dispatch.tick(now - timedelta(microseconds=1), ahead=timedelta(seconds=1))
    assert (job.executions.count(), next_due_at) == (0, now)


@pytest.mark.parametrize("deadline", [None, 60])  # with others, alone
def test_r16_tick_that_is_due_takes_no_later_one_along(
    make_job: MakeJob, now: datetime, deadline: int | None
) -> None:
    due, soon = (
        make_job(next_run_at=at, start_deadline_seconds=deadline)
        for at in (now, now + timedelta(microseconds=1))
    )
    dispatch.tick(now, ahead=timedelta(seconds=1))
    assert (due.executions.count(), soon.executions.count()) == (1, 0)


def test_r18_poison_job_is_quarantined_and_the_others_go_on(make_job: MakeJob, now: datetime) -> None:
    poison = make_job(next_run_at=now - timedelta(minutes=1))
    Job.objects.filter(pk=poison.pk).update(schedule="no schedule")
    healthy = make_job(next_run_at=now)
    dispatch.tick(now)
    poison.refresh_from_db()
    assert poison.quarantined_until == now + timedelta(minutes=1)
    assert "InvalidSchedule" in poison.quarantine_error
    assert healthy.executions.count() == 1


def test_quarantine_tells_no_secret(make_job: MakeJob, now: datetime, settings: Settings) -> None:
    settings.JQUANTS_API_KEY = "no-schedule-but-a-key"
    job = make_job(next_run_at=now)
    Job.objects.filter(pk=job.pk).update(timezone=settings.JQUANTS_API_KEY)
    dispatch.tick(now)
    job.refresh_from_db()
    assert "“*****” is not a known time zone" in job.quarantine_error


def test_r18_quarantine_doubles_up_to_an_hour_and_ends_with_the_first_good_pass(
    make_job: MakeJob, now: datetime
) -> None:
    job = make_job(next_run_at=now)
    Job.objects.filter(pk=job.pk).update(schedule="no schedule")
    pauses = []
    for _ in range(8):
        dispatch.tick(now)
        job.refresh_from_db()
        assert job.quarantined_until is not None
        pauses.append((job.quarantined_until - now) // timedelta(minutes=1))
        now = job.quarantined_until
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    Job.objects.filter(pk=job.pk).update(schedule="0 6 * * *")
    dispatch.tick(now)
    job.refresh_from_db()
    assert (job.quarantine_count, job.quarantined_until, job.quarantine_error) == (0, None, "")


def test_r20_catch_up_queues_the_newest_oldest_first(make_job: MakeJob, now: datetime) -> None:
    job = make_job(schedule="0 * * * *", missed_policy=MissedPolicy.CATCH_UP, max_catchup=2, next_run_at=now)
    dispatch.tick(now + timedelta(hours=3, minutes=30))
    assert rows(job) == [("skipped", "missed"), ("queued", ""), ("queued", "")]


def test_r20_ticks_caught_up_run_one_after_another(make_job: MakeJob, now: datetime) -> None:
    job = make_job(schedule="0 * * * *", missed_policy=MissedPolicy.CATCH_UP, max_catchup=2, next_run_at=now)
    later = now + timedelta(hours=3, minutes=30)
    dispatch.tick(later)
    (first,) = claim.claim(later, limit=10)
    assert job.executions.get(pk=first.execution_id).scheduled_for == now + timedelta(hours=2)
    assert claim.claim(later, limit=10) == []


def test_r25_forbid_skips_the_tick_while_a_run_is_active(make_job: MakeJob, now: datetime) -> None:
    job = make_job(schedule="0 * * * *", next_run_at=now)
    dispatch.tick(now)
    dispatch.tick(now + timedelta(hours=1))
    assert rows(job) == [("queued", ""), ("skipped", "overlap")]


def test_r25_allow_runs_both(make_job: MakeJob, now: datetime) -> None:
    make_job(schedule="0 * * * *", next_run_at=now, overlap_policy=OverlapPolicy.ALLOW)
    dispatch.tick(now)
    dispatch.tick(now + timedelta(hours=1))
    assert len(claim.claim(now + timedelta(hours=1), limit=10)) == 2


def test_r25_replace_cancels_the_old_run_and_the_new_one_waits_for_its_end(
    make_job: MakeJob, now: datetime
) -> None:
    job = make_job(schedule="0 * * * *", next_run_at=now, overlap_policy=OverlapPolicy.REPLACE)
    later = now + timedelta(hours=1)
    dispatch.tick(now)
    claim.claim(now, limit=1)
    dispatch.tick(later)
    assert rows(job) == [("cancelling", ""), ("queued", "")]
    assert claim.claim(later, limit=10) == []
    old = job.executions.earliest("scheduled_for")
    old.change(
        only_from=(Status.CANCELLING,),
        status=Status.CANCELLED,
        token=None,
        completed_at=later,
        holds_slot=False,
    )
    assert len(claim.claim(later, limit=10)) == 1


def test_r26_slot_is_kept_by_the_database(make_job: MakeJob, now: datetime) -> None:
    job = make_job()
    runs = [ticks.new_run(job, Trigger.MANUAL, now, holds_slot=True) for _ in range(2)]
    assert [ticks.insert_run(run) for run in runs] == [True, False]


def test_r27_run_waiting_for_a_retry_holds_the_slot(make_job: MakeJob, now: datetime) -> None:
    job = make_job(schedule="0 * * * *", next_run_at=now)
    dispatch.tick(now)
    job.executions.update(status=Status.RETRY_WAIT, started_at=now)
    dispatch.tick(now + timedelta(hours=1))
    assert rows(job)[1] == ("skipped", "overlap")


def test_r6_job_without_schedule_is_never_due(make_job: MakeJob, now: datetime) -> None:
    job = make_job(schedule="")
    dispatch.tick(now + timedelta(days=9))
    assert (job.next_run_at, job.executions.count()) == (None, 0)


def test_r3_ticks_while_paused_are_told_as_such(make_job: MakeJob, now: datetime, actor: Actor) -> None:
    job = make_job(schedule="0 * * * *", next_run_at=now)
    control.set_scheduler_enabled(False, actor, now=now - timedelta(minutes=1))
    control.set_scheduler_enabled(True, actor, now=now + timedelta(hours=2, minutes=5))
    dispatch.tick(now + timedelta(hours=2, minutes=6))
    assert rows(job) == [("skipped", "paused"), ("queued", "")]


def test_r3_ticks_of_several_pauses_with_no_pass_between_are_told_as_such(
    make_job: MakeJob, now: datetime, actor: Actor
) -> None:
    job = make_job(schedule="0 * * * *", next_run_at=now, missed_policy=MissedPolicy.SKIP)
    for hours in range(3):
        tick = now + timedelta(hours=hours)
        control.set_scheduler_enabled(False, actor, now=tick - timedelta(minutes=1))
        control.set_scheduler_enabled(True, actor, now=tick + timedelta(minutes=1))
    dispatch.tick(now + timedelta(hours=3, minutes=6))
    assert rows(job) == [("skipped", "paused"), ("skipped", "missed")]
    assert job.executions.get(skip_reason=SkipReason.PAUSED).tick_count == 3


def test_pauses_that_are_remembered_are_few(now: datetime, actor: Actor) -> None:
    for hour in range(50):
        control.set_scheduler_enabled(False, actor, now=now + timedelta(hours=hour))
        control.set_scheduler_enabled(True, actor, now=now + timedelta(hours=hour, minutes=1))
    pauses = SchedulerSettings.load().pauses()
    assert len(pauses) == 21
    assert pauses[0] == (now + timedelta(hours=49), now + timedelta(hours=49, minutes=1))
    assert pauses[-1][0] == now + timedelta(hours=29)


def test_r3_ticks_while_quarantined_are_told_as_such(make_job: MakeJob, now: datetime) -> None:
    """Also the one that was due when the trouble was found, but not those before, when no scheduler was running."""
    job = make_job(schedule="0 * * * *", next_run_at=now, missed_policy=MissedPolicy.SKIP)
    Job.objects.filter(pk=job.pk).update(schedule="no schedule")
    dispatch.tick(now + timedelta(hours=1, seconds=1))
    Job.objects.filter(pk=job.pk).update(schedule="0 * * * *")
    dispatch.tick(now + timedelta(hours=2, minutes=5))
    assert rows(job) == [("skipped", "missed"), ("skipped", "quarantined")]
    assert job.executions.get(skip_reason=SkipReason.QUARANTINED).tick_count == 2


def test_r10_trading_day_is_stored_with_its_tick(make_job: MakeJob, now: datetime) -> None:
    job = make_job(schedule="@trading 24:30", calendar="jpx")
    assert job.next_run_at is not None
    dispatch.tick(job.next_run_at)
    run = job.executions.get()
    assert run.scheduled_for == job.next_run_at
    assert run.trading_date == (job.next_run_at.astimezone(ZoneInfo("Asia/Tokyo")) - timedelta(days=1)).date()


def test_r11_changed_calendar_moves_the_cursors_that_follow_it(make_job: MakeJob, now: datetime) -> None:
    Job.objects.all().delete()  # the shipped ones follow it too
    job = make_job(schedule="@trading 16:45", calendar="jpx", next_run_at=now + timedelta(days=9))
    due = make_job(schedule="@trading 16:45", calendar="jpx", next_run_at=now)
    other = make_job(next_run_at=now + timedelta(days=9))
    assert control.calendar_changed("jpx", now) == 1
    for each in (job, due, other):
        each.refresh_from_db()
    assert job.next_run_at == job.next_tick_after(now)
    assert (due.next_run_at, other.next_run_at) == (now, now + timedelta(days=9))


def test_r11_job_that_cannot_be_computed_does_not_keep_the_calendar_from_changing(
    make_job: MakeJob, now: datetime
) -> None:
    Job.objects.all().delete()
    far = now + timedelta(days=9)
    poison = make_job(schedule="@trading 16:45", calendar="jpx", next_run_at=far)
    healthy = make_job(schedule="@trading 16:45", calendar="jpx", next_run_at=far)
    Job.objects.filter(pk=poison.pk).update(schedule="no schedule")
    assert control.calendar_changed("jpx", now) == 1
    healthy.refresh_from_db()
    assert healthy.next_run_at == healthy.next_tick_after(now)
