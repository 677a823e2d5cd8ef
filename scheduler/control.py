"""What a person can do to jobs and executions, the same from the admin, the command line and JSON.

Each verb returns at once (nothing ever runs in a request), and writes its audit row in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from scheduler import audit, idempotency, job_types, ticks, wakeup
from scheduler.audit import Actor, Channel
from scheduler.calendars import UnknownCalendar
from scheduler.errors import AlreadyRunning, JobArchived, NotCancellable, Unavailable
from scheduler.models import Job, JobExecution, OverlapPolicy, SchedulerSettings, SkipReason, Status, Trigger
from scheduler.models.status import ACTIVE, HELD, WAITING
from scheduler.schedules import InvalidSchedule

_TRIGGERS = {Channel.ADMIN: Trigger.MANUAL, Channel.COMMAND: Trigger.MANUAL, Channel.API: Trigger.API}


def run_now(
    job: Job,
    actor: Actor,
    *,
    parameters: Mapping[str, Any] | None = None,
    reason: str = "",
    idempotency_key: str | None = None,
    trigger: Trigger | None = None,
    now: datetime | None = None,
) -> JobExecution:
    """Queue a run of `job` and return it; allowed on a disabled job, never touches its ticks (R2, R44).

    `trigger` is by default the channel's. Backfills of a job that allows one run at a time wait for one another.
    `parameters` are laid over the job's own. Raises JobArchived, InvalidParameters, UnknownJobType, Unavailable,
    AlreadyRunning where the overlap policy forbids a second run (R27), IdempotencyConflict when the key came with
    another request (R45).
    """
    now, asked = now or timezone.now(), dict(parameters or {})
    digest = idempotency.digest(job, asked, reason) if idempotency_key else None
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if idempotency_key and (earlier := idempotency.started_by(actor, idempotency_key, digest, now)):
            return earlier
        merged = _accepted(job, asked)
        if job.overlap_policy == OverlapPolicy.REPLACE:
            replace_active(job, now)
        run = ticks.new_run(
            job,
            trigger or _TRIGGERS[actor.channel],
            now,
            parameters=merged,
            requested_by=actor.user,
            request_reason=reason,
            idempotency_key=idempotency_key,
            request_digest=digest,
            holds_slot=job.overlap_policy == OverlapPolicy.FORBID and trigger != Trigger.BACKFILL,
        )
        if not ticks.insert_run(run):
            if idempotency_key:  # the same key may have come for another job in this moment
                idempotency.started_by(actor, idempotency_key, digest, now)
            if active := job.executions.active().order_by("-holds_slot", "-pk").first():
                raise AlreadyRunning(active)
            run.save(force_insert=True)  # what held the slot has ended in this moment
        audit.record(actor, job, "audit_run_now", execution=run.pk, why=reason)
        wakeup.notify()
    return run


def _accepted(job: Job, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a run that is asked for now. Raises what keeps the job from running."""
    _require_current(job)
    merged: dict[str, Any] = job.parameters | dict(asked)
    job_types.get(job.job_type).clean_parameters(merged)
    _require_available(job)
    return merged


def _require_available(job: Job) -> None:
    """Raise Unavailable, with what its type says, where the job cannot work now."""
    if job.type is not None and (why := job.type.unavailable()):
        raise Unavailable(why)


def _require_current(job: Job) -> None:
    """Raise JobArchived unless the job is in use."""
    if job.archived_at is not None:
        raise JobArchived(job=job.name)


def _locked(job: Job) -> Job:
    """Return the job as it is now, locked. Raises JobArchived."""
    locked = Job.objects.select_for_update().get(pk=job.pk)
    _require_current(locked)
    return locked


def replace_active(job: Job, now: datetime) -> None:
    """End what is active of `job`, in a transaction: waiting runs at once, held ones by asking them to stop."""
    # Locked, so that none moves from one status to the next behind our back.
    for execution in job.executions.active().exclude(status=Status.CANCELLING).select_for_update():
        _stop(execution, now, reason_code="replaced", reason_params={})


def set_enabled(
    job: Job, enabled: bool, actor: Actor, *, also_run: bool = False, now: datetime | None = None
) -> bool:
    """Enable or disable `job`; False when it was so already. A run in progress goes on (R42).

    Enabling moves the cursor to the first tick after now; the ticks meanwhile become one skipped(disabled)
    range (R23). `also_run` queues one run at once. Raises Unavailable where the type says that it cannot work, or its
    schedule cannot be computed.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = _locked(job)
        changed = locked.is_enabled != enabled
        changed_fields: tuple[str, ...] = ("is_enabled", "next_run_at", "updated_at")
        if changed:
            if enabled:
                _require_available(locked)
                _begin_after(locked, now)
                changed_fields += locked.end_quarantine()
            locked.is_enabled = enabled
            locked.save(update_fields=changed_fields)
            audit.record(actor, locked, "audit_enabled" if enabled else "audit_disabled")
            wakeup.notify()
    job.refresh_from_db()
    if enabled and also_run:
        run_now(job, actor, now=now)
    return changed


def _begin_after(job: Job, now: datetime) -> None:
    """Set `next_run_at` to the first tick after `now`; record what passed while it was disabled. The caller saves."""
    _record_passed(job, now)
    try:
        job.next_run_at = _next_tick(job, now)
    except (InvalidSchedule, UnknownCalendar) as error:
        raise Unavailable(job.schedule_in_words()) from error


def _next_tick(job: Job, now: datetime) -> datetime | None:
    """Return the first tick after `now`, None when the job runs only by hand. Raises InvalidSchedule, UnknownCalendar.

    After a clock was set back, ticks later than `now` have their rows already: they are not promised again (R41).
    """
    return job.next_tick_after(max(now, ticks.last_accounted(job) or now))


def _record_passed(job: Job, now: datetime) -> None:
    """Record the ticks of `job` that are due as skipped (R23)."""
    if job.next_run_at is None or job.next_run_at > now:
        return
    try:
        passed = ticks.ticks_between(job, job.next_run_at, now)
    except (InvalidSchedule, UnknownCalendar):  # of what cannot be computed, one tick is known
        passed = ticks.TickRange(job.next_run_at, job.next_run_at, 1)
    if passed is not None:
        ticks.record_skipped(job, passed, _why_passed(job), now)


def _why_passed(job: Job) -> SkipReason:
    """Return why ticks of `job` that are due have not run until now."""
    if not job.is_enabled:
        return SkipReason.DISABLED
    if job.quarantined_since is not None:
        return SkipReason.QUARANTINED
    is_paused = SchedulerSettings.objects.filter(is_enabled=False).exists()
    return SkipReason.PAUSED if is_paused else SkipReason.MISSED


def calendar_changed(name: str, now: datetime) -> int:
    """Move the cursors of the jobs that follow the calendar `name` to its days as they are now (R11).

    Call it in the transaction that changes the days. A tick that is due stays promised. Returns how many moved.
    """
    moved = 0
    for job in Job.objects.select_for_update().filter(calendar=name, next_run_at__gt=now):
        try:
            cursor = _next_tick(job, now)
        except (InvalidSchedule, UnknownCalendar):  # the job's own trouble, which its next pass tells (R18)
            continue
        if cursor != job.next_run_at:
            moved += Job.objects.filter(pk=job.pk, next_run_at=job.next_run_at).update(next_run_at=cursor)
    return moved


def save_definition(job: Job, fields: set[str], actor: Actor, *, now: datetime | None = None) -> None:
    """Save the edited `fields` of an existing, validated `job`; nothing the scheduler writes is touched.

    A changed schedule starts a new schedule version with its cursor after now; what passed of the old one is recorded
    as skipped (R23), and a quarantine ends. `is_enabled` goes through `set_enabled`.
    """
    now = now or timezone.now()
    with transaction.atomic():
        before = _locked(job)
        columns = fields - set(Job.RUNTIME_FIELDS) - {"is_enabled"}
        if columns & set(Job.SCHEDULE_FIELDS):
            _record_passed(before, now)
            job.schedule_version = before.schedule_version + 1
            for name in set(Job.SCHEDULE_FIELDS) - columns:  # as somebody else may have saved them meanwhile
                setattr(job, name, getattr(before, name))
            job.__dict__.pop("parsed_schedule", None)
            job.next_run_at = _next_tick(job, now)
            columns |= {"schedule_version", "next_run_at", *job.end_quarantine()}
        if columns:
            job.save(update_fields=[*columns, "updated_at"])
            if before.overlap_policy == OverlapPolicy.ALLOW != job.overlap_policy:
                _one_at_a_time(job)
            audit.record(actor, job, "audit_changed", fields=", ".join(sorted(fields - {"is_enabled"})))
            wakeup.notify()
        if "is_enabled" in fields:
            set_enabled(job, job.is_enabled, actor, now=now)


def _one_at_a_time(job: Job) -> None:
    """Have the runs that were allowed side by side respect a policy that ends this (R26).

    Those that wait do so for one another. The one that started last holds the slot: it likely ends last.
    """
    job.executions.waiting().update(needs_slot=True)
    newest = job.executions.held().order_by("-started_at", "-pk").values("pk")[:1]
    if not job.executions.filter(holds_slot=True).exists():
        job.executions.held().filter(pk__in=newest).update(holds_slot=True, needs_slot=True)


def set_scheduler_enabled(
    enabled: bool, actor: Actor, *, reason: str = "", now: datetime | None = None
) -> bool:
    """Resume or pause the whole scheduler; False when it was so already. What runs goes on."""
    now = now or timezone.now()
    with transaction.atomic():
        SchedulerSettings.load()
        switches = SchedulerSettings.objects.select_for_update().get()
        if switches.is_enabled == enabled:
            return False
        if enabled:
            switches.is_enabled, switches.resumed_at = True, now
        else:
            switches.pause(now)
            switches.paused_reason, switches.paused_by = reason, actor.user
        switches.save()
        audit.record(actor, switches, "audit_resumed" if enabled else "audit_paused", why=reason)
        wakeup.notify()
    return True


def cancel(execution: JobExecution, actor: Actor, *, reason: str = "", now: datetime | None = None) -> None:
    """Cancel a waiting execution at once, ask a running one to stop (R34). A second time changes nothing (R35).

    Raises NotCancellable when it has ended.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = JobExecution.objects.select_for_update().get(pk=execution.pk)
        if locked.status not in ACTIVE:
            raise NotCancellable(execution=locked.pk, status=locked.status)
        if locked.status != Status.CANCELLING:
            _stop(locked, now, reason_code="cancelled_by", reason_params={"by": actor.name, "why": reason})
            audit.record(actor, locked, "audit_cancelled", why=reason)
            wakeup.notify()
    execution.refresh_from_db()


def _stop(execution: JobExecution, now: datetime, **why: Any) -> None:
    """Take the execution from whichever active status it is in towards `cancelled`."""
    if execution.change(
        only_from=WAITING,
        status=Status.CANCELLED,
        completed_at=now,
        holds_slot=False,
        cancel_requested_at=now,
        **why,
    ):
        return
    execution.change(only_from=HELD, status=Status.CANCELLING, cancel_requested_at=now, **why)
