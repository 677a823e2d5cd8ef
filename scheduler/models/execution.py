from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scheduler import messages
from scheduler.models.policies import OrphanPolicy
from scheduler.models.queue import ORDER, JobExecutionQuerySet
from scheduler.models.status import ACTIVE, HELD, SkipReason, Status, Trigger
from scheduler.statements import Given, Statement, column, updating


class JobExecution(models.Model):
    """One request to execute a job: the queue, the truth and the history in one row.

    Every change of status is a compare-and-set from a named prior status (semantics, section 14); once a
    worker holds the row, only the holder of its `token` writes to it (R37).
    """

    # Each index costs every run three writes, so the two foreign keys have none but those below.
    job = models.ForeignKey(
        "scheduler.Job", models.PROTECT, related_name="executions", db_index=False, verbose_name=_("job")
    )
    trigger = models.CharField(_("started by"), max_length=20, choices=Trigger.choices)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("requested by"),
    )
    request_reason = models.CharField(_("why it was requested"), max_length=200, blank=True)
    idempotency_key = models.CharField(_("idempotency key"), max_length=255, null=True, blank=True)  # noqa: DJ001 - unique where given
    request_digest = models.CharField(_("digest of the request"), max_length=64, null=True, editable=False)  # noqa: DJ001 - only beside a key

    scheduled_for = models.DateTimeField(_("scheduled for"), null=True, blank=True)
    trading_date = models.DateField(_("trading date"), null=True, blank=True)
    scheduled_until = models.DateTimeField(_("last tick of the range"), null=True, blank=True)
    tick_count = models.PositiveIntegerField(_("ticks"), default=1)
    skip_reason = models.CharField(
        _("why it was skipped"), max_length=20, choices=SkipReason.choices, blank=True
    )

    # The snapshot: editing the job never changes a run that exists (R4).
    job_name = models.CharField(_("job name"), max_length=100)
    job_type = models.CharField(_("type"), max_length=100)
    parameters = models.JSONField(_("parameters"), default=dict)
    schedule_version = models.PositiveIntegerField(_("version of the schedule"))
    code_version = models.CharField(_("version of the code"), max_length=50)
    timeout_seconds = models.PositiveIntegerField(_("time limit (seconds)"))
    warn_after_seconds = models.PositiveIntegerField(  # None: from the job's history, once it matters (R33)
        _("warn after (seconds)"), null=True, blank=True
    )
    max_retries = models.PositiveIntegerField(_("retries"))
    retry_backoff_seconds = models.PositiveIntegerField(_("retry after (seconds)"))
    retry_timeouts = models.BooleanField(_("try again after a timeout"), default=False)
    orphan_policy = models.CharField(
        _("when its worker dies"), max_length=20, choices=OrphanPolicy.choices, default=OrphanPolicy.REQUEUE
    )
    needs_slot = models.BooleanField(_("one run at a time"), default=True)

    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.QUEUED)
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    holds_slot = models.BooleanField(_("holds the job's slot"), default=False)
    # While it is held: which of the places of its type it has, for types that admit only some at a time.
    type_slot = models.PositiveSmallIntegerField(
        _("place of its type"), null=True, blank=True, editable=False
    )
    available_at = models.DateTimeField(_("may start at"))
    sent_at = models.DateTimeField(_("message sent at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("must start before"), null=True, blank=True)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    worker = models.CharField(_("worker"), max_length=255, blank=True)
    token = models.UUIDField(_("token"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last heard of"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    warn_at = models.DateTimeField(_("reported as long after"), null=True, blank=True)
    warned_at = models.DateTimeField(_("reported as long at"), null=True, blank=True)
    snoozed_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    cancel_requested_at = models.DateTimeField(_("cancel requested at"), null=True, blank=True)

    reason_code = models.CharField(_("reason"), max_length=50, blank=True)
    reason_params = models.JSONField(_("details of the reason"), default=dict)
    error_message = models.TextField(_("error"), blank=True)
    traceback = models.TextField(_("traceback"), blank=True)

    progress_done = models.PositiveBigIntegerField(_("done"), null=True, blank=True)
    progress_total = models.PositiveBigIntegerField(_("of"), null=True, blank=True)
    progress_text = models.CharField(_("doing"), max_length=200, blank=True)
    rows_fetched = models.PositiveBigIntegerField(_("fetched"), default=0)
    rows_inserted = models.PositiveBigIntegerField(_("inserted"), default=0)
    rows_updated = models.PositiveBigIntegerField(_("updated"), default=0)
    rows_unchanged = models.PositiveBigIntegerField(_("unchanged"), default=0)
    is_counted = models.BooleanField(_("counted in the daily totals"), default=False, editable=False)

    created_at = models.DateTimeField(_("queued at"))
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = JobExecutionQuerySet.as_manager()

    class Meta:
        db_table = "job_executions"
        ordering = ["-id"]
        verbose_name = _("execution")
        verbose_name_plural = _("executions")
        permissions = [("cancel_jobexecution", _("Can cancel an execution"))]
        indexes = [
            models.Index(fields=["job", "-id"], name="job_executions_history"),
            models.Index(
                *ORDER,
                "available_at",
                condition=Q(token=None, completed_at=None),
                name="job_executions_queue",
            ),
            models.Index(
                fields=["heartbeat_at"],
                condition=Q(status__in=["running", "cancelling"]),
                name="job_executions_held",
            ),
            models.Index(fields=["status", "-id"], name="job_executions_by_status"),
            models.Index(
                fields=["job", "completed_at"],
                condition=Q(completed_at__isnull=False),
                name="job_executions_ended",
            ),
            models.Index(
                fields=["completed_at"],
                condition=Q(is_counted=False, completed_at__isnull=False),
                name="job_executions_uncounted",
            ),
            models.Index(
                fields=["job"],
                condition=Q(trigger="schedule", status="queued", holds_slot=False),
                name="job_executions_backlog",
            ),
            models.Index(
                fields=["requested_by"],
                condition=Q(requested_by__isnull=False),
                name="job_executions_requested",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["job", "scheduled_for"],
                condition=Q(trigger="schedule"),
                name="job_executions_tick_once",
            ),
            models.UniqueConstraint(
                fields=["job"], condition=Q(holds_slot=True), name="job_executions_one_slot"
            ),
            models.UniqueConstraint(
                fields=["job_type", "type_slot"],
                condition=Q(status__in=["running", "cancelling"], type_slot__isnull=False),
                name="job_executions_type_slot",
            ),
            models.UniqueConstraint(
                fields=["requested_by", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="job_executions_idempotent",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="job_executions_status_known"),
            models.CheckConstraint(
                condition=~Q(trigger="schedule") | Q(scheduled_for__isnull=False),
                name="job_executions_tick_has_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["running", "cancelling"],
                    token__isnull=False,
                    started_at__isnull=False,
                    heartbeat_at__isnull=False,
                )
                | (~Q(status__in=["running", "cancelling"]) & Q(token__isnull=True)),
                name="job_executions_held_by_token",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["completed", "failed", "timed_out", "cancelled", "skipped"],
                    completed_at__isnull=False,
                    holds_slot=False,
                )
                | (
                    ~Q(status__in=["completed", "failed", "timed_out", "cancelled", "skipped"])
                    & Q(completed_at__isnull=True)
                ),
                name="job_executions_end_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="skipped", started_at__isnull=True) & ~Q(skip_reason="")
                | ~Q(status="skipped") & Q(skip_reason=""),
                name="job_executions_skip_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True)
                | Q(completed_at__isnull=True)
                | Q(completed_at__gte=F("started_at")),
                name="job_executions_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_name} #{self.pk}"

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_running_long(self) -> bool:
        """Whether it was reported as running long, and still runs (R33)."""
        return self.warned_at is not None and self.status in HELD

    def may_start_at(self, moment: datetime) -> bool:
        """Whether an attempt at `moment` would be within the start deadline (R21)."""
        return self.expires_at is None or moment <= self.expires_at

    @property
    def reason(self) -> str:
        """Why the row is in its status, in the active language; "" when there is nothing to say."""
        if self.skip_reason:
            return str(SkipReason(self.skip_reason).label)
        earlier = (
            "" if self.status in HELD else self.error_message
        )  # of an attempt that is over, while the next one runs
        return messages.render(self.reason_code, self.reason_params) or earlier

    @property
    def duration(self) -> timedelta | None:
        """How long the last attempt took; None while it has not ended or when it never started."""
        if self.started_at is None or self.completed_at is None:
            return None
        return self.completed_at - self.started_at

    @property
    def progress_percent(self) -> int | None:
        """0 to 100; None when the run has not said how much there is to do."""
        if not self.progress_total or self.progress_done is None:
            return None
        return min(100, 100 * self.progress_done // self.progress_total)

    def remaining(self, now: datetime) -> timedelta | None:
        """How long the run may still take, should it go on as fast as so far; None where that cannot be told."""
        if not (self.progress_total and self.progress_done and self.started_at):
            return None
        left = max(0, self.progress_total - self.progress_done)
        return max(timedelta(), now - self.started_at) / self.progress_done * left

    def change(self, *, only_from: tuple[Status, ...], held_by: UUID | None = None, **fields: Any) -> bool:
        """Write `fields` if the row is still in one of `only_from` and, where given, carries the token `held_by`.

        Returns False, with nothing written, when somebody else changed it first.
        """
        change = _change(tuple(fields), only_from, held_by is not None)
        if not change.count(pk=self.pk, held_by=held_by, updated_at=timezone.now(), **fields):
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        return True


@lru_cache(maxsize=256)
def _change(names: tuple[str, ...], only_from: tuple[Status, ...], is_held: bool) -> Statement:
    """Return the statement that writes the fields called `names` as JobExecution.change does."""
    fields = {name: column(JobExecution, name) for name in ("updated_at", *names)}
    rows = JobExecution.objects.filter(pk=Given("pk", column(JobExecution, "pk")), status__in=only_from)
    if is_held:
        rows = rows.filter(token=Given("held_by", column(JobExecution, "token")))
    return Statement(*updating(rows, {name: Given(name, field) for name, field in fields.items()}))
