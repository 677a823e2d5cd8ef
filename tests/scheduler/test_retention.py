"""What is kept, what is pruned, and that the daily totals lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from scheduler import dashboard, retention, ticks, totals
from scheduler.models import (
    DailyTotal,
    ExecutionLog,
    Job,
    JobExecution,
    SchedulerEvent,
    SchedulerSettings,
    SkipReason,
    Status,
    Trigger,
    TypeTotal,
)
from tests.conftest import Command

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _small_limits(settings: Any) -> None:
    Job.objects.all().delete()
    settings.SCHEDULER_KEEP_DAYS = 90
    settings.SCHEDULER_KEEP_FAILED_DAYS = 365
    settings.SCHEDULER_KEEP_LOG_DAYS = 30
    settings.SCHEDULER_KEEP_RUNS = 1


def ended(job: Job, at: datetime, status: Status = Status.COMPLETED, **fields: Any) -> JobExecution:
    """Save an execution by hand that took a minute and ended at `at`."""
    times = {"started_at": at - timedelta(minutes=1), "completed_at": at}
    run = ticks.new_run(job, fields.pop("trigger", Trigger.MANUAL), at, status=status, **times | fields)
    run.save()
    return run


def sweep(now: datetime) -> None:
    """Take steps until the pruning of this hour is done."""
    for _ in range(50):
        retention.step(now)
        if (SchedulerSettings.load().prune_due_at or now) > now:
            return
    raise AssertionError("the pruning does not end")


def kept(job: Job) -> set[int]:
    return set(job.executions.values_list("pk", flat=True))


# --- what is kept -------------------------------------------------------------------------------------


def test_r50_executions_are_pruned_after_their_days(make_job: MakeJob, now: datetime) -> None:
    job = make_job()
    ended(job, now - 90 * DAY - timedelta(seconds=1))
    young, newest = ended(job, now - 90 * DAY), ended(job, now)
    sweep(now)
    assert kept(job) == {young.pk, newest.pk}


def test_r50_failed_executions_stay_longer(make_job: MakeJob, now: datetime) -> None:
    job = make_job()
    for status in (Status.FAILED, Status.TIMED_OUT, Status.CANCELLED):
        ended(job, now - 366 * DAY, status)
    failed = [ended(job, now - 364 * DAY, status) for status in (Status.FAILED, Status.TIMED_OUT)]
    ended(job, now - 364 * DAY, Status.CANCELLED)
    newest = ended(job, now)
    sweep(now)
    assert kept(job) == {newest.pk, *(run.pk for run in failed)}


def test_r50_the_newest_executions_stay_however_old(make_job: MakeJob, now: datetime, settings: Any) -> None:
    settings.SCHEDULER_KEEP_RUNS = 2
    job = make_job()
    runs = [ended(job, now - (800 - day) * DAY) for day in range(5)]
    sweep(now)
    assert kept(job) == {runs[3].pk, runs[4].pk}


def test_r50_a_job_may_have_its_own_days_and_number(make_job: MakeJob, now: datetime) -> None:
    brief, long = make_job(keep_days=7, keep_runs=2), make_job(keep_days=400)
    for job in (brief, long):
        for age in (399, 8, 8, 6):
            ended(job, now - age * DAY)
    sweep(now)
    assert (len(kept(brief)), len(kept(long))) == (2, 4)


def test_r50_more_days_than_there_are_keep_everything_and_stop_no_pruning(
    make_job: MakeJob, now: datetime
) -> None:
    runs = [ended(make_job(keep_days=days), now - 400 * DAY) for days in (2_000_000_000, 10)]
    for run in runs:
        ended(run.job, now)
    sweep(now)
    assert list(JobExecution.objects.filter(pk__in=[run.pk for run in runs])) == runs[:1]


@pytest.mark.parametrize("setting", ["SCHEDULER_KEEP_DAYS", "SCHEDULER_KEEP_LOG_DAYS"])
def test_r50_settings_may_say_for_ever(make_job: MakeJob, now: datetime, settings: Any, setting: str) -> None:
    setattr(settings, setting, 1_000_000_000)
    ended(make_job(), now - 40 * DAY)
    sweep(now)
    assert JobExecution.objects.exists()


def test_r50_log_lines_go_before_their_executions(make_job: MakeJob, now: datetime) -> None:
    run = ended(make_job(), now - 31 * DAY)
    for age in (31, 29):
        ExecutionLog.objects.create(execution=run, at=now - age * DAY, message=f"{age} days")
    sweep(now)
    assert [line.message for line in run.logs.all()] == ["29 days"]


def test_r5_active_executions_are_never_pruned(make_job: MakeJob, now: datetime) -> None:
    job = make_job()
    long_ago = now - 800 * DAY
    active = ended(job, long_ago, Status.QUEUED, started_at=None, completed_at=None)
    newest = ended(job, now)
    sweep(now)
    assert kept(job) == {active.pk, newest.pk}


def test_r5_executions_younger_than_two_days_are_never_pruned(make_job: MakeJob, now: datetime) -> None:
    job = make_job(keep_days=0, keep_runs=0)
    ended(job, now - 2 * DAY - timedelta(seconds=1))
    young, newest = ended(job, now - 2 * DAY), ended(job, now)
    ExecutionLog.objects.create(execution=young, at=now - 2 * DAY, message="young")
    sweep(now)
    assert kept(job) == {young.pk, newest.pk}
    assert young.logs.count() == 1


def test_r5_executions_within_the_start_deadline_are_never_pruned(make_job: MakeJob, now: datetime) -> None:
    job = make_job(keep_days=0, start_deadline_seconds=9 * 24 * 3600)
    ended(job, now - 10 * DAY)
    young, newest = ended(job, now - 8 * DAY), ended(job, now)
    sweep(now)
    assert kept(job) == {young.pk, newest.pk}


def test_r5_the_newest_execution_and_the_newest_tick_are_never_pruned(
    make_job: MakeJob, now: datetime
) -> None:
    job = make_job(keep_days=0, keep_runs=0)
    long_ago = now - 800 * DAY
    tick = ended(job, long_ago, trigger=Trigger.SCHEDULE, scheduled_for=long_ago)
    earlier = long_ago - DAY
    ended(job, long_ago, trigger=Trigger.SCHEDULE, scheduled_for=earlier)
    ended(job, long_ago)
    newest = ended(job, long_ago)
    sweep(now)
    assert kept(job) == {tick.pk, newest.pk}


def test_skipped_range_goes_on_after_pruning(make_job: MakeJob, now: datetime) -> None:
    job = make_job(schedule="0 * * * *")
    long_ago = now - 800 * DAY
    ticks.record_skipped(job, ticks.TickRange(long_ago, long_ago, 1), SkipReason.DISABLED, long_ago)
    ended(job, now)
    sweep(now)
    ticks.record_skipped(job, ticks.TickRange(now, now, 1), SkipReason.DISABLED, now)
    (skipped,) = job.executions.filter(status=Status.SKIPPED)
    assert (skipped.scheduled_for, skipped.scheduled_until, skipped.tick_count) == (long_ago, now, 2)


# --- totals -------------------------------------------------------------------------------------------


def test_totals_hold_what_ended_once(make_job: MakeJob, now: datetime) -> None:
    job = make_job("count")
    for _ in range(2):
        ended(job, now, rows_fetched=7, rows_inserted=4, rows_updated=2, rows_unchanged=1)
    assert [totals.count_ended(10), totals.count_ended(10)] == [2, 0]
    total = DailyTotal.objects.get()
    assert (total.job, total.day, total.job_type, total.status) == (
        job,
        date(2026, 11, 20),
        "count",
        "completed",
    )
    assert (total.executions, total.time_spent) == (2, timedelta(minutes=2))
    assert (total.rows_fetched, total.rows_inserted, total.rows_updated, total.rows_unchanged) == (
        14,
        8,
        4,
        2,
    )


def test_totals_of_a_type_hold_all_its_days(make_job: MakeJob, now: datetime) -> None:
    for job in (make_job("count"), make_job("count")):
        ended(job, now, rows_fetched=1)
        ended(job, now - 9 * DAY, rows_fetched=2)
    while totals.count_ended(3):
        pass
    total = TypeTotal.objects.get()
    assert (total.job_type, total.status) == ("count", "completed")
    assert (total.executions, total.time_spent, total.rows_fetched) == (4, timedelta(minutes=4), 6)


def test_totals_add_up_over_chunks(make_job: MakeJob, now: datetime) -> None:
    job = make_job()
    for _ in range(5):
        ended(job, now, rows_fetched=1)
    assert [totals.count_ended(2) for _ in range(4)] == [2, 2, 1, 0]
    total = DailyTotal.objects.get()
    assert (total.executions, total.time_spent, total.rows_fetched) == (5, timedelta(minutes=5), 5)


def test_totals_are_of_days_of_the_site(make_job: MakeJob) -> None:
    job = make_job()
    midnight = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)  # in Tokyo
    for at in (midnight - timedelta(microseconds=1), midnight):
        ended(job, at)
    totals.count_ended(10)
    days = DailyTotal.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [date(2026, 11, 19), date(2026, 11, 20)]


def test_totals_of_what_never_started_have_no_time(make_job: MakeJob, now: datetime) -> None:
    ended(make_job(), now, Status.CANCELLED, started_at=None)
    totals.count_ended(10)
    assert DailyTotal.objects.get().time_spent == timedelta(0)


def test_totals_are_all_or_nothing(make_job: MakeJob, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(make_job(), now)

    def crash(self: QuerySet[JobExecution], **fields: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(type(JobExecution.objects.all()), "update", crash)
        with pytest.raises(KeyboardInterrupt):
            totals.count_ended(10)
    assert not DailyTotal.objects.exists()
    assert totals.count_ended(10) == 1


def test_an_execution_is_pruned_only_when_the_totals_hold_it(make_job: MakeJob, now: datetime) -> None:
    job = make_job()
    ended(job, now - 100 * DAY)
    ended(job, now)
    assert retention.choose(job, now, 10) == []
    totals.count_ended(10)
    assert len(retention.choose(job, now, 10)) == 1


def test_charts_survive_pruning(make_job: MakeJob, now: datetime, settings: Any) -> None:
    settings.SCHEDULER_KEEP_DAYS = 2
    settings.SCHEDULER_KEEP_FAILED_DAYS = 2
    job = make_job()
    for age in range(10):
        ended(job, now - age * DAY)
        ended(job, now - age * DAY, Status.FAILED)
    before = dashboard.by_day(now)
    sweep(now)
    ended(job, now, Status.CANCELLED)
    after = dashboard.by_day(now)
    assert job.executions.count() < 10
    assert [day.counts for day in after[:-1]] == [day.counts for day in before[:-1]]
    assert after[-1].counts == before[-1].counts + type(before[-1].counts)({"cancelled": 1})


# --- in pieces ----------------------------------------------------------------------------------------


def test_a_step_deletes_at_most_a_chunk(
    make_job: MakeJob, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)
    jobs = [make_job(), make_job()]
    for job in jobs:
        for age in (100, 101, 102, 0):
            ended(job, now - age * DAY)
    while totals.count_ended(10):
        pass
    left = []
    for _ in range(3):
        retention.step(now)
        left.append(JobExecution.objects.count())
    assert left == [5, 2, 2]


def test_lines_of_a_pruned_execution_go_in_chunks_too(
    make_job: MakeJob, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)
    settings.SCHEDULER_KEEP_LOG_DAYS = 900
    job = make_job()
    run = ended(job, now - 100 * DAY)
    ended(job, now)
    totals.count_ended(10)
    ExecutionLog.objects.bulk_create(ExecutionLog(execution=run, at=now, message="x") for _ in range(4))
    lines = []
    for _ in range(3):
        retention.step(now)
        lines.append((ExecutionLog.objects.count(), job.executions.count()))
    assert lines == [(1, 2), (0, 1), (0, 1)]


def test_pruning_is_due_every_hour(make_job: MakeJob, now: datetime) -> None:
    job = make_job()
    sweep(now)
    ended(job, now - 100 * DAY)
    newest = ended(job, now)
    retention.step(now + timedelta(minutes=59))
    assert len(kept(job)) == 2
    sweep(now + timedelta(hours=1))
    assert kept(job) == {newest.pk}


def test_pruning_is_due_after_the_clock_was_set_back(make_job: MakeJob, now: datetime) -> None:
    sweep(now + 365 * DAY)
    job = make_job()
    ended(job, now - 100 * DAY)
    newest = ended(job, now)
    sweep(now)
    assert kept(job) == {newest.pk}


def test_another_scheduler_goes_on_with_the_next_job(
    make_job: MakeJob, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "JOBS", 1)
    jobs = [make_job() for _ in range(3)]
    for job in jobs:
        ended(job, now - 100 * DAY)
        ended(job, now)
    while totals.count_ended(10):
        pass
    left = []
    for _ in range(4):
        retention.step(now)
        left.append([job.executions.count() for job in jobs])
    assert left == [[1, 2, 2], [1, 1, 2], [1, 1, 1], [1, 1, 1]]
    assert SchedulerSettings.load().pruned_until_job == 0


def test_nothing_due_costs_two_queries(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sweep(now)
    with django_assert_num_queries(2):
        retention.step(now)


def test_nothing_to_prune_costs_one_query_a_job(
    make_job: MakeJob, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(10):
        ended(make_job(), now)
    SchedulerSettings.load()
    while totals.count_ended(100):
        pass
    with django_assert_max_num_queries(10 + 6):
        retention.step(now)


def test_indexes_serve_the_pruning(make_job: MakeJob, now: datetime) -> None:
    job = make_job()
    run = ended(job, now)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
            )  # tables are small
    assert "job_executions_ended" in retention.prunable(job, now).explain()
    assert "job_executions_history" in retention.prunable(job, now).explain()
    assert "job_executions_uncounted" in JobExecution.objects.uncounted().order_by("completed_at").explain()
    assert "execution_logs_at" in retention.old_lines(now).explain()
    chosen = JobExecution.objects.filter(pk__in=[run.pk, run.pk + 1]).explain()
    assert "Index Cond: (id = " in chosen or "USING INTEGER PRIMARY KEY" in chosen


# --- the command --------------------------------------------------------------------------------------


@pytest.fixture
def history(make_job: MakeJob) -> Job:
    """A job with one old completed, one old failed and one new execution, each with a log line as old."""
    job = make_job(name="quotes")
    moment = timezone.now()
    for age, status in ((100, Status.COMPLETED), (100, Status.FAILED), (0, Status.COMPLETED)):
        run = ended(job, moment - age * DAY, status)
        ExecutionLog.objects.create(execution=run, at=moment - age * DAY, message="a line")
    return job


def prune(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    call_command("pruneexecutions", *arguments)
    return capsys.readouterr().out.splitlines()


def test_command_prints_what_it_would_delete(history: Job, capsys: pytest.CaptureFixture[str]) -> None:
    assert prune(capsys, "--dry-run") == [
        "quotes: 1 executions",
        "1 executions and 2 log lines would be deleted.",
    ]
    assert (history.executions.count(), ExecutionLog.objects.count()) == (3, 3)
    assert not DailyTotal.objects.exists()


def test_command_deletes_what_it_said(history: Job, capsys: pytest.CaptureFixture[str]) -> None:
    assert prune(capsys) == ["quotes: 1 executions", "1 executions and 2 log lines are deleted."]
    assert (history.executions.count(), ExecutionLog.objects.count()) == (2, 1)
    assert prune(capsys) == ["0 executions and 0 log lines are deleted."]


def test_command_with_days_prunes_failed_ones_too(history: Job, capsys: pytest.CaptureFixture[str]) -> None:
    assert prune(capsys, "--days", "10", "--dry-run")[-1] == "2 executions and 2 log lines would be deleted."
    assert prune(capsys, "--days", "10")[-1] == "2 executions and 2 log lines are deleted."
    assert history.executions.count() == 1


def test_command_takes_any_number_of_days(history: Job, capsys: pytest.CaptureFixture[str]) -> None:
    assert prune(capsys, "--days", "9" * 12) == ["0 executions and 2 log lines are deleted."]


def test_command_refuses_no_days() -> None:
    with pytest.raises(CommandError, match="above 0"):
        call_command("pruneexecutions", "--days", "0")


def test_r47_command_leaves_one_audit_row(history: Job, capsys: pytest.CaptureFixture[str]) -> None:
    prune(capsys, "--dry-run")
    assert not LogEntry.objects.exists()
    prune(capsys)
    assert '"executions": 1, "lines": 2' in LogEntry.objects.get().change_message


def test_r47_command_that_is_interrupted_has_left_its_audit_row(
    history: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(seconds: float) -> None:
        if not ExecutionLog.objects.filter(message="a line", at__lt=timezone.now() - DAY).exists():
            raise KeyboardInterrupt

    monkeypatch.setattr("scheduler.management.commands.pruneexecutions.CHUNK", 1)
    monkeypatch.setattr("scheduler.management.commands.pruneexecutions.time.sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        call_command("pruneexecutions")
    assert '"executions": 0, "lines": 2' in LogEntry.objects.get().change_message


# --- the scheduler ------------------------------------------------------------------------------------


def test_r50_the_scheduler_prunes_by_itself(command: Callable[..., Command], make_job: MakeJob) -> None:
    job = make_job()
    moment = timezone.now()
    ended(job, moment - 100 * DAY)
    newest = ended(job, moment)
    assert command("runscheduler", "--once", SCHEDULER_KEEP_RUNS="1").ended() == 0
    assert kept(job) == {newest.pk}
    assert sum(DailyTotal.objects.values_list("executions", flat=True)) == 2


def test_r50_several_at_once_count_and_delete_each_once(
    command: Callable[..., Command], make_job: MakeJob, now: datetime
) -> None:
    jobs = [make_job(), make_job()]
    runs = []
    for number in range(4000):
        at = now - (400 + number % 7) * DAY
        times = {"started_at": at - timedelta(minutes=1), "completed_at": at}
        runs.append(
            ticks.new_run(
                jobs[number % 2], Trigger.MANUAL, at, status=Status.COMPLETED, rows_fetched=3, **times
            )
        )
    JobExecution.objects.bulk_create(runs)
    started = [command("pruneexecutions", SCHEDULER_KEEP_RUNS="1") for _ in range(3)]
    assert [one.ended(60) for one in started] == [0, 0, 0]
    assert JobExecution.objects.count() == 2
    for model in (DailyTotal, TypeTotal):
        sums = model.objects.aggregate(n=Sum("executions"), spent=Sum("time_spent"), rows=Sum("rows_fetched"))
        assert sums == {"n": 4000, "spent": timedelta(minutes=4000), "rows": 12_000}
    said = [line.split()[0] for one in started for line in one.output.splitlines() if "log lines" in line]
    assert sum(int(figure.replace(",", "")) for figure in said) == 3998


def test_r50_events_go_with_the_log_lines(now: datetime) -> None:
    for days in (29, 31):
        SchedulerEvent.record(now - timedelta(days=days), "host:1", "clock_set_back", seconds=days)
    retention.step(now)
    assert [event.params["seconds"] for event in SchedulerEvent.objects.all()] == [29]
