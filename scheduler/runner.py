"""Run one claimed execution to its end; every write is fenced by the claim's token (R37)."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_noop

from scheduler import attempts, job_types, log_lines, outcomes
from scheduler.claim import Claim
from scheduler.errors import Interrupted, Snoozed
from scheduler.masking import mask
from scheduler.models import ExecutionLog, JobExecution, Status, Trigger
from scheduler.pulse import Pulse, StopReason

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 3.0  # that a live run waits for a worker before a backfill gives way
GIVE_WAY_SECONDS = 20.0


class Run:
    """What a job type's `perform` gets: its parameters, and how to report, wait and stop."""

    def __init__(self, execution: JobExecution, parameters: dict[str, Any], pulse: Pulse) -> None:
        self.execution = execution
        self.parameters = parameters
        self.log = logging.getLogger(f"scheduler.run.{execution.job_type}")
        self._pulse = pulse
        self._counts = dict.fromkeys(("fetched", "inserted", "updated", "unchanged"), 0)

    @property
    def is_backfill(self) -> bool:
        """Whether it fetches the past, and leaves what is scarce to those that do not (R29)."""
        return self.execution.trigger == Trigger.BACKFILL

    def now(self) -> datetime:
        return self._pulse.clock()

    def progress(self, done: int, of: int | None = None, text: str = "") -> None:
        """Say how far the run is; shown within a second."""
        self._pulse.write(
            progress_done=max(0, done),
            progress_total=None if of is None else max(0, of),
            progress_text=mask(text)[:200],
        )

    def count(self, *, fetched: int = 0, inserted: int = 0, updated: int = 0, unchanged: int = 0) -> None:
        """Add to the rows this execution has handled, in this attempt."""
        for name, more in (
            ("fetched", fetched),
            ("inserted", inserted),
            ("updated", updated),
            ("unchanged", unchanged),
        ):
            self._counts[name] += more
        self._pulse.write(**{f"rows_{name}": count for name, count in self._counts.items()})

    def should_stop(self) -> bool:
        """Whether the run was cancelled, is out of time, or its worker shuts down."""
        return self._pulse.stop_asked.is_set()

    def check_stop(self) -> None:
        """Raise Interrupted when the run should stop."""
        if self.should_stop():
            raise Interrupted

    def sleep(self, seconds: float) -> None:
        """Wait; raises Interrupted as soon as the run should stop."""
        self._pulse.stop_asked.wait(seconds)
        self.check_stop()

    def give_way(self) -> None:
        """End this attempt for a while if a run that comes before it has been waiting for a worker (R29)."""
        since = self.now() - timedelta(seconds=PATIENCE_SECONDS)
        before = JobExecution.objects.claimable(since).filter(priority__lt=self.execution.priority)
        if before.exists():
            self.snooze(GIVE_WAY_SECONDS, "gave_way")

    def snooze(self, seconds: float, code: str = "snoozed", **params: Any) -> NoReturn:
        """End this attempt and continue in `seconds`, without using up an attempt (R31).

        `code` and `params` name the sentence that says what the run waits for (scheduler.messages).
        """
        raise Snoozed(seconds, code, params)


def execute(
    claim: Claim,
    pulse: Pulse,
    *,
    draw: Callable[[float, float], float] = random.uniform,
    following: Callable[[], Claim | None] = lambda: None,
) -> Claim | None:
    """Perform the claimed execution, write its end, and return what `following` claims in the same transaction.

    Never raises for what the job does.
    """
    execution = claim.run
    assert execution is not None  # it was just claimed
    with pulse:
        outcome = _perform(execution, pulse, draw)
    return _finish(execution, claim, pulse, outcome, following)


def _perform(execution: JobExecution, pulse: Pulse, draw: Callable[[float, float], float]) -> dict[str, Any]:
    """Return the fields of the row that say how the attempt ended."""
    try:
        job_type = job_types.get(execution.job_type)
        run = Run(execution, job_type.clean_parameters(execution.parameters), pulse)
        job_type().perform(run)
    except Snoozed as snoozed:
        return outcomes.snoozed(execution, snoozed, pulse.clock())
    except Interrupted:
        return _interrupted(execution, pulse, draw)
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        return outcomes.failed(execution, error, pulse.clock(), draw)
    return {"status": Status.COMPLETED}


def _interrupted(
    execution: JobExecution, pulse: Pulse, draw: Callable[[float, float], float]
) -> dict[str, Any]:
    """Return the end of an attempt that was asked to stop and obeyed."""
    if pulse.stopping is StopReason.TIMEOUT:
        return outcomes.timed_out(execution, pulse.clock(), draw)
    if pulse.stopping is StopReason.CANCEL:
        return {"status": Status.CANCELLED}
    return outcomes.drained(execution, pulse.clock())


def _finish(
    execution: JobExecution,
    claim: Claim,
    pulse: Pulse,
    outcome: dict[str, Any],
    following: Callable[[], Claim | None],
) -> Claim | None:
    """Write the end and claim what follows: together, as a commit costs more than all else of a short run."""
    now, outcome = pulse.clock(), outcome | pulse.unwritten()
    try:
        with transaction.atomic():
            is_ours = end(execution, claim, outcome, now)
            claimed = following()
    except (
        DatabaseError
    ):  # above all: another worker took what the next run needs, which must not undo this end
        execution.refresh_from_db()
        is_ours, claimed = end(execution, claim, outcome, now), None
    if is_ours:
        logger.info(
            "%s: execution %s %s",
            execution.job_name,
            execution.pk,
            execution.status,
            extra={"action": "execution_ended"},
        )
    else:
        _tell_late(execution, outcome, now)
    return claimed


def _tell_late(execution: JobExecution, outcome: dict[str, Any], now: datetime) -> None:
    """Keep in the log that there was a result, of a run that was taken from us."""
    late = gettext_noop("Attempt %(attempt)s was taken over; its late result, %(status)s, is not kept.")
    params = {"attempt": execution.attempt, "status": Status(outcome["status"]).label}
    ExecutionLog.objects.create(
        execution=execution, at=now, level=logging.WARNING, **log_lines.worded(late, params)
    )
    logger.warning(
        "%s: execution %s was taken from us; its late result %s is not kept",
        execution.job_name,
        execution.pk,
        outcome["status"],
        extra={"action": "late_result"},
    )


def end(execution: JobExecution, claim: Claim, outcome: dict[str, Any], now: datetime) -> bool:
    """Give the row up with `outcome`, if the claim still holds it; a cancelled run is never tried again."""
    is_waiting = outcome["status"] in (Status.QUEUED, Status.RETRY_WAIT)
    now = max(now, execution.started_at or now)  # the clock may have been set back
    released = outcome | {"token": None, "sent_at": None}
    if not is_waiting:
        released |= {"completed_at": now, "holds_slot": False}
        return execution.change(
            only_from=(Status.RUNNING,), held_by=claim.token, **released
        ) or execution.change(
            only_from=(Status.CANCELLING,),
            held_by=claim.token,
            **released | outcomes.too_late(execution, outcome),
        )
    if attempts.give_back(execution, released, only_from=(Status.RUNNING,), held_by=claim.token, now=now):
        return True
    cancelled = {"status": Status.CANCELLED, "token": None, "completed_at": now, "holds_slot": False}
    return execution.change(only_from=(Status.CANCELLING,), held_by=claim.token, **cancelled)
