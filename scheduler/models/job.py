from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from scheduler import calendars, job_types, messages
from scheduler.calendars import UnknownCalendar
from scheduler.errors import InvalidParameters, UnknownJobType
from scheduler.models.due import NOT_QUARANTINED, JobQuerySet
from scheduler.models.policies import MissedPolicy, OrphanPolicy, OverlapPolicy
from scheduler.presentation import words
from scheduler.schedules import InvalidSchedule, Schedule, parse
from scheduler.schedules.trading import TradingSchedule

MOST = MaxValueValidator(2_147_483_647)  # what every database keeps; 68 years of seconds
LONGEST_DAYS = 36_500  # a century, which dates can be counted back by


class Job(models.Model):
    """What to run, when, and by which rules.

    People edit the definition; the scheduler alone writes `last_run_at`, `next_run_at` and the quarantine.
    Both sides save named fields, so neither overwrites the other.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.TextField(_("description"), blank=True)
    job_type = models.CharField(_("type"), max_length=100)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    schedule = models.CharField(
        _("schedule"),
        max_length=200,
        blank=True,
        help_text=_(
            "Five cron fields: minute, hour, day, month, weekday. Or trading days: @trading 16:45, "
            "@trading-week 4 18:00, @trading-month -1 18:00. Empty: runs only by hand."
        ),
    )
    timezone = models.CharField(_("time zone"), max_length=64, default="Asia/Tokyo")
    calendar = models.CharField(
        _("calendar"),
        max_length=50,
        blank=True,
        help_text=_("Whose open days decide. With a cron schedule, ticks on closed days are skipped."),
    )
    is_enabled = models.BooleanField(_("enabled"), default=False)
    archived_at = models.DateTimeField(_("archived at"), null=True, editable=False)
    schedule_version = models.PositiveIntegerField(_("version of the schedule"), default=1, editable=False)
    overlap_policy = models.CharField(
        _("when the last run is still active"),
        max_length=20,
        choices=OverlapPolicy.choices,
        default=OverlapPolicy.FORBID,
    )
    missed_policy = models.CharField(
        _("when ticks were missed"),
        max_length=20,
        choices=MissedPolicy.choices,
        default=MissedPolicy.RUN_ONCE,
    )
    max_catchup = models.PositiveIntegerField(
        _("ticks to catch up at most"), default=5, validators=[MinValueValidator(1), MOST]
    )
    start_deadline_seconds = models.PositiveIntegerField(
        _("start deadline (seconds)"),
        null=True,
        blank=True,
        validators=[MOST],
        help_text=_("A tick older than this is never run. Empty: no deadline."),
    )
    timeout_seconds = models.PositiveIntegerField(
        _("time limit (seconds)"),
        default=3600,
        validators=[MinValueValidator(1), MOST],
        help_text=_("An attempt that runs longer is stopped."),
    )
    warn_after_seconds = models.PositiveIntegerField(
        _("warn after (seconds)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MOST],
        help_text=_(
            "A run that takes longer is reported once. Empty: three times what the last 30 runs took, "
            "5 minutes at least; an hour as long as there were none."
        ),
    )
    max_retries = models.PositiveIntegerField(_("retries"), default=3, validators=[MOST])
    retry_backoff_seconds = models.PositiveIntegerField(
        _("retry after (seconds)"),
        default=30,
        validators=[MOST],
        help_text=_("Doubles with every attempt, up to an hour; the actual wait is random below that."),
    )
    retry_timeouts = models.BooleanField(
        _("try again after a timeout"),
        default=False,
        help_text=_("Otherwise a run that reaches its time limit has ended."),
    )
    orphan_policy = models.CharField(
        _("when its worker dies"),
        max_length=20,
        choices=OrphanPolicy.choices,
        default=OrphanPolicy.REQUEUE,
        help_text=_("Let it fail if the work must not be done twice."),
    )
    keep_days = models.PositiveIntegerField(
        _("days to keep executions"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_DAYS)],
        help_text=_("Empty: as the whole scheduler does. Failed ones may be kept longer."),
    )
    keep_runs = models.PositiveIntegerField(
        _("executions to keep at least"),
        null=True,
        blank=True,
        validators=[MOST],
        help_text=_("The newest ones, however old. Empty: as the whole scheduler does."),
    )
    tags = models.JSONField(_("tags"), default=list, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    # To the second: of many short runs, one a second is noted.
    last_run_at = models.DateTimeField(_("last run"), null=True, editable=False)
    next_run_at = models.DateTimeField(_("next run"), null=True, editable=False)
    quarantined_since = models.DateTimeField(_("quarantined since"), null=True, editable=False)
    quarantined_until = models.DateTimeField(_("quarantined until"), null=True, editable=False)
    quarantine_error = models.TextField(_("why it is quarantined"), blank=True, editable=False)
    quarantine_count = models.PositiveIntegerField(_("failed passes in a row"), default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = JobQuerySet.as_manager()

    # What decides the ticks: a change of any of these starts a new schedule version.
    SCHEDULE_FIELDS = ("schedule", "timezone", "calendar")
    # What no form writes, but the scheduler and the verbs.
    RUNTIME_FIELDS = (
        "archived_at",
        "last_run_at",
        "next_run_at",
        "schedule_version",
        "quarantined_since",
        "quarantined_until",
        "quarantine_error",
        "quarantine_count",
    )

    class Meta:
        db_table = "jobs"
        ordering = ["name"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        permissions = [("run_job", _("Can run a job now"))]
        indexes = [
            models.Index(fields=["next_run_at", "id"], condition=Q(is_enabled=True), name="jobs_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(overlap_policy__in=OverlapPolicy.values), name="jobs_overlap_policy_known"
            ),
            models.CheckConstraint(
                condition=Q(missed_policy__in=MissedPolicy.values), name="jobs_missed_policy_known"
            ),
            models.CheckConstraint(
                condition=Q(orphan_policy__in=OrphanPolicy.values), name="jobs_orphan_policy_known"
            ),
            models.CheckConstraint(
                condition=Q(max_catchup__gte=1, timeout_seconds__gte=1, warn_after_seconds__gte=1),
                name="jobs_limits_positive",
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None) | Q(is_enabled=False), name="jobs_archived_is_off"
            ),
            models.CheckConstraint(
                condition=Q(schedule="", next_run_at=None) | ~Q(schedule=""),
                name="jobs_manual_has_no_next_run",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new job gets its first cursor here, so that no restart can postpone it (R24)."""
        self.__dict__.pop("parsed_schedule", None)
        if self._state.adding and self.next_run_at is None:
            self.next_run_at = self.next_tick_after(timezone.now())
        super().save(*args, **kwargs)

    @property
    def type(self) -> type[job_types.JobType] | None:
        """The job type, or None when no installed app provides it (R43)."""
        try:
            return job_types.get(self.job_type)
        except UnknownJobType:
            return None

    @cached_property
    def parsed_schedule(self) -> Schedule | None:
        """The schedule, or None when the job runs only by hand. Raises InvalidSchedule, UnknownCalendar."""
        return self._parse() if self.schedule else None

    def _parse(self, now: datetime | None = None) -> Schedule:
        calendar = calendars.source(self.calendar) if self.calendar else None
        return parse(self.schedule, timezone=self.timezone, calendar=calendar, now=now)

    def opening(self) -> Callable[[datetime], bool]:
        """Return what tells of a tick whether the calendar is open on its day (R12).

        Always, for schedules that follow the calendar themselves. Asks the calendar once, so use it for one decision.
        """
        if not self.calendar or isinstance(self.parsed_schedule, TradingSchedule):
            return lambda tick: True
        days, zone = calendars.get(self.calendar), ZoneInfo(self.timezone)
        return lambda tick: days.is_open(tick.astimezone(zone).date())

    def end_quarantine(self) -> tuple[str, ...]:
        """Let the scheduler try again at the next tick; return the names of the fields to save."""
        for name, value in NOT_QUARANTINED.items():
            setattr(self, name, value)
        return tuple(NOT_QUARANTINED)

    def trading_date(self, tick: datetime) -> date | None:
        """The trading day that a tick belongs to; None for cron schedules (R10)."""
        schedule = self.parsed_schedule
        return schedule.trading_date(tick) if schedule else None

    def schedule_in_words(self) -> str:
        """Return the schedule as a sentence in the active language."""
        language = "ja" if (get_language() or "").startswith("ja") else "en"
        try:
            schedule = self.parsed_schedule
        except InvalidSchedule as error:
            return error.message(language)
        except UnknownCalendar as error:
            return messages.render(error.code, error.params)
        return schedule.describe(language) if schedule else str(_("Only by hand"))

    def next_tick_after(self, moment: datetime) -> datetime | None:
        """Return the first tick after `moment` in UTC; None when the job runs only by hand."""
        schedule = self.parsed_schedule
        return schedule.next_after(moment) if schedule else None

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        if self.timezone not in available_timezones():
            errors["timezone"] = _("“%(zone)s” is not a time zone; use a name such as Asia/Tokyo.") % {
                "zone": self.timezone
            }
        elif self.calendar and self.calendar not in calendars.names():
            unknown = UnknownCalendar(self.calendar)
            errors["calendar"] = messages.render(unknown.code, unknown.params)
        elif self.schedule:
            self._clean_schedule(errors)
        self._clean_type(errors)
        if not isinstance(self.tags, list) or not all(isinstance(tag, str) for tag in self.tags):
            errors["tags"] = _('Tags are a list of texts, such as ["prices", "daily"].')
        if errors:
            raise ValidationError(errors)

    def _clean_schedule(self, errors: dict[str, Any]) -> None:
        try:
            self.schedule = self._parse(timezone.now()).text
        except InvalidSchedule as error:
            errors["schedule"] = error.message("ja" if (get_language() or "").startswith("ja") else "en")

    def _clean_type(self, errors: dict[str, Any]) -> None:
        if self.type is None:
            errors["job_type"] = _("“%(slug)s” is not a job type; known are: %(known)s.") % {
                "slug": self.job_type,
                "known": words.listed(job_type.slug for job_type in job_types.all_types()),
            }
            return
        if not isinstance(self.parameters, dict):
            errors["parameters"] = _("Parameters are an object, such as {}.")
            return
        try:
            self.type.clean_parameters(self.parameters)
        except InvalidParameters as error:
            errors["parameters"] = [
                f"{name}: {text}" for name, texts in error.errors.items() for text in texts
            ]
