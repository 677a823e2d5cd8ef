"""One attempt from claim to end: its outcome, its retries, and the fence around its writes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from scheduler import claim, control, messages, outcomes, rescue
from scheduler.audit import Actor
from scheduler.claim import Claim
from scheduler.errors import AlreadyRunning, Snoozed
from scheduler.models import Job, JobExecution, OverlapPolicy, Status
from scheduler.models.attempt import attempts_of
from scheduler.pulse import Pulse, StopReason
from scheduler.runner import execute

pytestmark = pytest.mark.django_db(transaction=True)

Start = Callable[..., tuple[JobExecution, Claim]]


@pytest.fixture
def start(make_job: Callable[..., Job], actor: Actor, now: datetime) -> Start:
    """Return a function that queues a run of a new job, with what is `stored` in its row, and claims it."""

    def start(
        job_type: str, stored: dict[str, Any] | None = None, **fields: object
    ) -> tuple[JobExecution, Claim]:
        run = control.run_now(make_job(job_type, **fields), actor, now=now)
        JobExecution.objects.filter(pk=run.pk).update(**(stored or {}), updated_at=now)
        (claimed,) = claim.claim(now, limit=1, only=run.pk)
        return run, claimed

    return start


def perform(
    claimed: Claim, now: datetime, *, draw: float = 1.0, stop: StopReason | None = None
) -> JobExecution:
    """Execute the claim at `now`; random waits are `draw` of their range."""
    pulse = Pulse(claimed, clock=lambda: now)
    if stop is not None:
        pulse.stop(stop)
    execute(claimed, pulse, draw=lambda low, high: low + draw * (high - low))
    return JobExecution.objects.get(pk=claimed.execution_id)


def test_completed_run_keeps_its_counts_progress_and_log(start: Start, now: datetime) -> None:
    _, claimed = start("count")
    run = perform(claimed, now + timedelta(seconds=2))
    assert (run.status, run.attempt, run.token) == (Status.COMPLETED, 1, None)
    assert (run.rows_fetched, run.rows_inserted, run.progress_percent) == (3, 3, 100)
    assert run.duration == timedelta(seconds=2)
    assert [line.message for line in run.logs.all()] == ["counted 3 rows"]


def test_r30_failure_is_tried_again_after_a_random_wait_that_doubles(start: Start, now: datetime) -> None:
    run, claimed = start("fail", retry_backoff_seconds=10, max_retries=2)
    waits = []
    for _ in range(2):
        run = perform(claimed, now)
        assert run.status == Status.RETRY_WAIT
        waits.append((run.available_at - now).total_seconds())
        now = run.available_at
        (claimed,) = claim.claim(now, limit=1)
    assert waits == [10, 20]
    run = perform(claimed, now)
    assert (run.status, run.attempt, run.error_message) == (Status.FAILED, 3, "it broke")
    assert "ValueError: it broke" in run.traceback
    assert not run.holds_slot


def test_r30_wait_is_capped_at_an_hour(start: Start, now: datetime) -> None:
    _, claimed = start("fail", retry_backoff_seconds=100_000)
    assert perform(claimed, now).available_at == now + timedelta(hours=1)


def test_r30_wait_stays_capped_however_many_attempts_there_were(start: Start, now: datetime) -> None:
    _, claimed = start("fail", {"attempt": 2000}, retry_backoff_seconds=10, max_retries=5000)
    assert perform(claimed, now).available_at == now + timedelta(hours=1)


def test_r30_retry_after_wins(start: Start, now: datetime) -> None:
    _, claimed = start("fail", parameters={"message": "busy", "retry_after": 333})
    assert perform(claimed, now, draw=0).available_at == now + timedelta(seconds=333)


def test_r30_permanent_error_is_not_tried_again(start: Start, now: datetime) -> None:
    _, claimed = start("fail", parameters={"message": "no", "permanent": True})
    assert perform(claimed, now).status == Status.FAILED


def test_r30_bad_parameters_are_not_tried_again(start: Start, now: datetime) -> None:
    _, claimed = start("count", {"parameters": {"rows": "many"}})
    assert perform(claimed, now).status == Status.FAILED


def test_r30_cancelled_run_that_fails_is_not_tried_again(start: Start, now: datetime, actor: Actor) -> None:
    run, claimed = start("fail")
    control.cancel(run, actor, now=now)
    assert perform(claimed, now).status == Status.CANCELLED


def test_r30_failure_whose_next_try_is_past_the_deadline_is_not_tried_again(
    start: Start, now: datetime
) -> None:
    _, claimed = start("fail", {"expires_at": now + timedelta(seconds=9)}, retry_backoff_seconds=10)
    assert perform(claimed, now).status == Status.FAILED


def test_r30_timeout_ends_the_run_unless_the_job_says_otherwise(start: Start, now: datetime) -> None:
    _, claimed = start("wait")
    run = perform(claimed, now, stop=StopReason.TIMEOUT)
    assert (run.status, run.reason_code) == (Status.TIMED_OUT, "timed_out")


def test_r30_timeout_is_tried_again_where_the_job_says_so(start: Start, now: datetime) -> None:
    _, claimed = start("wait", retry_timeouts=True, retry_backoff_seconds=10, max_retries=1)
    run = perform(claimed, now, stop=StopReason.TIMEOUT)
    assert (run.status, run.available_at) == (Status.RETRY_WAIT, now + timedelta(seconds=10))
    (claimed,) = claim.claim(run.available_at, limit=1)
    assert perform(claimed, run.available_at, stop=StopReason.TIMEOUT).status == Status.TIMED_OUT


def test_r30_attempts_are_kept_in_order(start: Start, now: datetime) -> None:
    run, claimed = start("fail", retry_backoff_seconds=10, max_retries=1)
    perform(claimed, now)
    (claimed,) = claim.claim(now + timedelta(seconds=10), limit=1)
    run.refresh_from_db()
    assert [attempt.reason for attempt in attempts_of(run)] == ["it broke", ""]
    run = perform(claimed, now + timedelta(seconds=12))
    first, last = attempts_of(run)
    assert (first.number, first.started_at, first.ended_at) == (1, now, now)
    assert (first.reason, first.wait) == ("it broke", timedelta(seconds=10))
    assert (last.number, last.reason, last.next_at) == (2, "it broke", None)
    assert last.duration == timedelta(seconds=2)


def test_r30_waiting_run_shows_each_attempt_once(start: Start, now: datetime, actor: Actor) -> None:
    _, claimed = start("fail")
    run = perform(claimed, now)
    assert [attempt.number for attempt in attempts_of(run)] == [1]
    control.cancel(run, actor, now=now)
    assert [attempt.number for attempt in attempts_of(run)] == [1]


def test_error_of_a_library_is_told_in_its_own_words(start: Start, now: datetime) -> None:
    _, claimed = start("foreign", retry_backoff_seconds=10)
    run = perform(claimed, now)
    assert (run.status, run.reason) == (Status.RETRY_WAIT, "['it does not fit']")
    assert run.available_at == now + timedelta(seconds=10)


def test_r31_snooze_waits_without_using_up_an_attempt(start: Start, now: datetime) -> None:
    _, claimed = start("snooze")
    run = perform(claimed, now)
    assert (run.status, run.attempt) == (Status.RETRY_WAIT, 0)
    assert run.available_at == now + timedelta(minutes=10)
    assert run.reason == "Waiting; continues in 600 seconds."


def test_r31_snoozing_ends_when_the_total_wait_is_used_up(start: Start, now: datetime) -> None:
    _, claimed = start("snooze")
    run = perform(claimed, now)
    later = now + timedelta(hours=6, seconds=1)
    (claimed,) = claim.claim(later, limit=1)
    run = perform(claimed, later)
    assert (run.status, run.reason) == (Status.FAILED, "Gave up after waiting 6 hours.")


def test_r31_what_was_waited_for_is_told_in_the_language_of_the_reader(now: datetime) -> None:
    run = JobExecution(job_type="snooze", snoozed_since=now - timedelta(hours=7))
    ended = outcomes.snoozed(run, Snoozed(600, "timed_out", {"seconds": 5}), now)

    for language, told in (("en", "hours: Stopped because"), ("ja", "打ち切りました: 制限時間の5秒を")):
        with override(language):
            assert told in messages.render(ended["reason_code"], ended["reason_params"])


@pytest.mark.parametrize("job_type", ["fail", "snooze", "wait"])
def test_r27_run_that_goes_on_later_keeps_the_slot(
    start: Start, now: datetime, actor: Actor, job_type: str
) -> None:
    run, claimed = start(job_type)
    perform(claimed, now, stop=StopReason.DRAIN)
    with pytest.raises(AlreadyRunning) as refused:
        control.run_now(run.job, actor, now=now)
    assert refused.value.execution == run


@pytest.mark.parametrize(
    ("reason", "status", "attempt"),
    [
        (StopReason.CANCEL, Status.CANCELLED, 1),
        (StopReason.TIMEOUT, Status.TIMED_OUT, 1),
        (StopReason.DRAIN, Status.QUEUED, 0),
    ],
)
def test_r38_run_that_obeys_ends_by_the_reason_it_was_asked_for(
    start: Start, now: datetime, reason: StopReason, status: Status, attempt: int
) -> None:
    _, claimed = start("wait")
    run = perform(claimed, now, stop=reason)
    assert (run.status, run.attempt) == (status, attempt)


def test_r35_run_that_ends_while_cancelling_keeps_its_result_and_a_note(
    start: Start, now: datetime, actor: Actor
) -> None:
    run, claimed = start("nothing")
    control.cancel(run, actor, now=now)
    run = perform(claimed, now)
    assert run.status == Status.COMPLETED
    assert run.reason == "Cancelled by hanako, but it ended before it could be stopped."


def test_r35_run_that_fails_while_cancelling_keeps_its_error_and_a_note(
    start: Start, now: datetime, actor: Actor
) -> None:
    run, claimed = start("fail", max_retries=0)
    control.cancel(run, actor, now=now)
    run = perform(claimed, now)
    assert (run.status, run.error_message) == (Status.FAILED, "it broke")
    assert run.reason == "Cancelled by hanako, but it failed before it could be stopped: it broke"
    assert "Traceback" in run.traceback


def test_r35_run_that_ends_while_it_is_replaced_keeps_its_result_and_a_note(
    start: Start, now: datetime
) -> None:
    run, claimed = start("nothing")
    with transaction.atomic():
        control.replace_active(run.job, now)
    run = perform(claimed, now)
    assert run.status == Status.COMPLETED
    assert run.reason.startswith("The next run of the job was to replace it, but it ended")


def test_r37_late_result_is_not_kept(start: Start, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    run, claimed = start("count")
    run.refresh_from_db()
    run.change(only_from=(Status.RUNNING,), status=Status.QUEUED, token=None)
    run = perform(claimed, now)
    assert (run.status, run.rows_inserted) == (Status.QUEUED, 0)
    assert caplog.records[-1].action == "late_result"  # type: ignore[attr-defined]


def test_end_of_a_run_does_not_depend_on_the_claim_of_the_next(
    start: Start, make_job: Callable[..., Job], actor: Actor, now: datetime
) -> None:
    run, claimed = start("nothing")
    control.run_now(make_job(), actor, now=now)

    def taken() -> Claim | None:
        claim.claim_next(now, "another")
        raise IntegrityError("somebody was faster")

    assert execute(claimed, Pulse(claimed, clock=lambda: now), following=taken) is None
    run.refresh_from_db()
    assert run.status == Status.COMPLETED
    assert JobExecution.objects.waiting().count() == 1


def test_end_of_a_run_and_the_claim_of_the_next_of_its_job_are_one_transaction(
    start: Start, actor: Actor, now: datetime
) -> None:
    run, claimed = start("nothing", overlap_policy=OverlapPolicy.REPLACE)
    waiting = control.run_now(run.job, actor, now=now)
    following = execute(
        claimed, Pulse(claimed, clock=lambda: now), following=lambda: claim.claim_next(now, "me")
    )
    assert following is not None
    assert (following.execution_id, following.run and following.run.status) == (waiting.pk, Status.RUNNING)


def taken_over(run: JobExecution, now: datetime) -> Claim:
    """Let another worker rescue and claim the run."""
    run.refresh_from_db()
    assert rescue.lose(run, now)
    (claimed,) = claim.claim(now, limit=1, only=run.pk, worker="elsewhere:1")
    return claimed


def test_r37_nothing_of_a_lost_attempt_is_written_while_another_runs(
    start: Start, now: datetime, settings: pytest.FixtureRequest
) -> None:
    settings.SCHEDULER_HEARTBEAT_SECONDS = 0  # type: ignore[attr-defined]
    run, late = start("count")
    current = taken_over(run, now)
    pulse = Pulse(late, clock=lambda: now + timedelta(seconds=30))
    pulse.write(progress_done=1, progress_total=4)
    pulse.handle(logging.LogRecord("job", logging.INFO, __file__, 1, "a late line", (), None))
    pulse.beat()
    assert pulse.stopping is StopReason.LOST
    after = perform(late, now + timedelta(seconds=31))
    assert (after.status, after.token, after.attempt) == (Status.RUNNING, current.token, 2)
    assert (after.heartbeat_at, after.progress_done, after.rows_inserted) == (now, None, 0)
    (line,) = after.logs.all()
    assert "its late result, completed, is not kept" in line.message


def test_r37_beat_of_a_lost_run_asks_it_to_stop(start: Start, now: datetime) -> None:
    run, claimed = start("nothing")
    pulse = Pulse(claimed, clock=lambda: now)
    pulse.beat()
    assert pulse.stopping is None
    run.refresh_from_db()
    run.change(only_from=(Status.RUNNING,), status=Status.QUEUED, token=None)
    pulse.beat()
    assert pulse.stopping is StopReason.LOST


def test_r36_beating_starts_while_a_run_lasts_and_never_after(start: Start, now: datetime) -> None:
    _, claimed = start("nothing")
    pulse = Pulse(claimed, clock=lambda: now)
    with pulse:
        assert "pulse" not in {thread.name for thread in threading.enumerate()}
        pulse.start_beating()
        assert "pulse" in {thread.name for thread in threading.enumerate()}
    pulse.start_beating()
    assert "pulse" not in {thread.name for thread in threading.enumerate()}


def test_r36_beat_renews_the_lease_when_due_and_shows_progress(
    start: Start, now: datetime, settings: pytest.FixtureRequest
) -> None:
    settings.SCHEDULER_HEARTBEAT_SECONDS = 0  # type: ignore[attr-defined]
    run, claimed = start("nothing")
    pulse = Pulse(claimed, clock=lambda: now + timedelta(seconds=10))
    pulse.write(progress_done=1, progress_total=4)
    pulse.beat()
    run.refresh_from_db()
    assert (run.heartbeat_at, run.progress_percent) == (now + timedelta(seconds=10), 25)


def test_r21_interrupted_run_past_its_start_deadline_goes_on(start: Start, now: datetime) -> None:
    _, claimed = start("wait", {"expires_at": now + timedelta(seconds=30)})
    later = now + timedelta(seconds=60)
    perform(claimed, later, stop=StopReason.DRAIN)
    assert claim.expire(later) == 0
    assert len(claim.claim(later, limit=1)) == 1


def test_unknown_job_type_fails_for_good_and_says_so(start: Start, now: datetime) -> None:
    _, claimed = start("nothing")
    assert claimed.run is not None
    claimed.run.job_type = "gone"  # known to the process that claimed it, not to the one that performs it
    run = perform(claimed, now)
    assert run.status == Status.FAILED
    assert "No installed app provides the job type “gone”" in run.reason


def test_secrets_are_masked_in_log_error_and_traceback(start: Start, now: datetime) -> None:
    _, claimed = start("leak", max_retries=0)
    run = perform(claimed, now)
    texts = [run.error_message, run.traceback, run.reason, *run.logs.values_list("message", flat=True)]
    assert not [text for text in texts if "tests-only-key" in text]
    assert run.error_message == "refused *****"


def test_what_no_database_stores_does_not_cost_the_run_its_worker(start: Start, now: datetime) -> None:
    _, claimed = start("awkward")
    run = perform(claimed, now)
    assert (run.status, run.reason) == (Status.RETRY_WAIT, "Waiting; continues in 600 seconds.")
    assert run.progress_text == "NUL \ufffd, half a pair ?, *****"
    assert (run.progress_done, run.progress_percent) == (5 * 2**30, 62)
    assert run.reason_params == {"seconds": 600, "day": "2026-11-20", "key": "*****"}


@pytest.mark.parametrize(("asked", "waits"), [(1e30, 7 * 24 * 3600), (-5, 0)])
def test_r30_retry_after_that_no_calendar_has_is_bounded(
    start: Start, now: datetime, asked: float, waits: int
) -> None:
    _, claimed = start("fail", parameters={"message": "busy", "retry_after": asked})
    assert perform(claimed, now).available_at == now + timedelta(seconds=waits)


def test_line_that_cannot_be_formatted_does_not_end_the_run(
    start: Start, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    _, claimed = start("nothing")
    pulse = Pulse(claimed, clock=lambda: now)
    pulse.handle(logging.LogRecord("library", logging.INFO, __file__, 1, "%d bytes", ("many",), None))
    assert "Logging error" in capsys.readouterr().err


def test_log_says_where_it_is_cut_also_when_it_was_just_written(
    start: Start, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.pulse.LOG_LIMIT", 3)
    run, claimed = start("nothing")
    pulse = Pulse(claimed, clock=lambda: now)
    log = logging.getLogger("scheduler.run.nothing")
    with pulse:
        for number in range(3):
            log.warning("line %s", number)
        pulse.flush_log()
        for number in range(3, 6):
            log.warning("line %s", number)
    lines = [line.message for line in run.logs.all()]
    assert lines == ["line 0", "line 1", "line 2", "The log is cut here: more than 3 lines."]


def test_clock_set_back_during_a_run_does_not_end_it_before_its_start(start: Start, now: datetime) -> None:
    _, claimed = start("nothing")
    run = perform(claimed, now - timedelta(hours=1))
    assert (run.status, run.duration) == (Status.COMPLETED, timedelta(0))


def test_pulse_leaves_logging_as_it_was(start: Start, now: datetime) -> None:
    before = list(logging.getLogger().handlers)
    _, claimed = start("nothing")
    perform(claimed, now)
    assert logging.getLogger().handlers == before
