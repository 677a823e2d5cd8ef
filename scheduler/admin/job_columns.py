"""The columns of the job list, made for one request: they know the reader's permissions and one `now`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from scheduler.admin import verbs
from scheduler.dashboard import last_results
from scheduler.models import Job, JobExecution, Status
from scheduler.models.status import HELD
from scheduler.presentation import cells, words

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


def with_last_result(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Add the key of each job's last result."""
    return jobs.annotate(last_result_id=Subquery(last_results().values("pk")[:1]))


def attach_newest(jobs: Iterable[Job]) -> None:
    """Set `last_result` and `active_run` (or None) on jobs of `with_last_result`, in two queries for all.

    Active runs are few and found by their status; a subquery a job would read the whole history of idle jobs.
    """
    rows: list[Any] = list(jobs)
    executions = JobExecution.objects.defer("traceback", "parameters")
    active = {execution.job_id: execution for execution in executions.active().order_by("pk")}
    results = executions.in_bulk({job.last_result_id for job in rows if job.last_result_id})
    for job in rows:
        job.last_result = results.get(job.last_result_id)
        job.active_run = active.get(job.pk)


class JobButtons:
    """The buttons of a job, each only where its permission is held and it would do something."""

    def __init__(self, user: AbstractBaseUser | AnonymousUser) -> None:
        has: Callable[[str], bool] = user.has_perm  # type: ignore[union-attr]
        self.may_run, self.may_change, self.may_cancel = has(verbs.RUN), has(verbs.CHANGE), has(verbs.CANCEL)

    def of(self, job: Any) -> list[SafeString]:
        """Return the buttons of a job that `attach_newest` has seen."""
        if job.archived_at:
            return [*self._restore(job)]
        buttons = []
        active = job.active_run
        if self.may_cancel and active is not None and active.status != Status.CANCELLING:
            buttons.append(cells.button(_("Cancel"), _verb("cancel", job), icon="stop", tone="moo-warn"))
        elif self.may_run and job.type is not None and active is None:
            buttons.append(cells.button(_("Run now"), _verb("run", job), icon="play_arrow", primary=True))
        if self.may_change and job.is_enabled:
            buttons.append(cells.button(_("Disable"), _verb("disable", job), icon="toggle_on"))
        elif self.may_change:
            buttons.append(cells.button(_("Enable"), _verb("enable", job), icon="toggle_off"))
        return buttons

    def on_page(self, job: Any) -> list[SafeString]:
        """Return those of its own page, where there is more room."""
        buttons = self.of(job)
        if self.may_change and not job.archived_at:
            buttons.append(cells.button(_("Archive"), _verb("archive", job), icon="archive"))
        return buttons

    def _restore(self, job: Job) -> Iterator[SafeString]:
        if self.may_change:
            yield cells.button(_("Restore"), _verb("restore", job), icon="unarchive")


def _verb(verb: str, job: Job) -> str:
    return reverse(f"admin:scheduler_job_{verb}", args=[job.pk])


class JobColumns:
    def __init__(self, request: HttpRequest, now: datetime | None = None) -> None:
        self.now = now or timezone.now()
        self.buttons_of = JobButtons(request.user).of

    def all(self) -> tuple[Callable[[Any], Any], ...]:
        return (
            self.name,
            self.enabled,
            self.schedule,
            self.next_run,
            self.last_result,
            self.running,
            self.buttons,
        )

    @admin.display(description=_("job"), ordering="name")
    def name(self, job: Job) -> SafeString:
        label = job.type.label if job.type else _("type “%(slug)s” is not installed") % {"slug": job.job_type}
        tone = "" if job.type else "moo-text-bad"
        return format_html(
            '<span class="moo-stack" data-key="job-{}"><b>{}</b><small class="{}">{}</small></span>',
            job.pk,
            job.name,
            tone,
            label,
        )

    @admin.display(description=_("state"), ordering="is_enabled")
    def enabled(self, job: Job) -> SafeString:
        if job.archived_at:
            return cells.pill(_("archived"), "calm")
        if not job.is_enabled:
            return cells.pill(_("disabled"), "calm")
        if job.quarantined_until and job.quarantined_until > self.now:
            return format_html(
                '<span title="{}">{}</span>', job.quarantine_error, cells.pill(_("quarantined"), "bad")
            )
        return cells.pill(_("enabled"), "good")

    @admin.display(description=_("schedule"))
    def schedule(self, job: Job) -> SafeString:
        zone = (
            "" if job.timezone == timezone.get_default_timezone_name() or not job.schedule else job.timezone
        )
        return format_html(
            '<span class="moo-stack" title="{}"><span>{}</span><small>{}</small></span>',
            job.schedule,
            job.schedule_in_words(),
            zone,
        )

    @admin.display(description=_("next run"), ordering="next_run_at")
    def next_run(self, job: Job) -> SafeString:
        return cells.moment(job.next_run_at if job.is_enabled else None, self.now)

    @admin.display(description=_("last result"), ordering="last_result_id")
    def last_result(self, job: Any) -> SafeString:
        last: JobExecution | None = job.last_result
        if last is None:
            return cells.NOTHING
        ended = last.completed_at or last.created_at
        return format_html(
            '<a class="moo-stack" href="{}" title="{}">{}<small>{}</small></a>',
            cells.execution_url(last.pk),
            last.reason,
            cells.status(last),
            cells.age(ended, self.now),
        )

    @admin.display(description=_("running"))
    def running(self, job: Any) -> SafeString:
        active: JobExecution | None = job.active_run
        if active is None:
            return cells.NOTHING
        since = active.started_at or active.created_at
        return format_html(
            '<a class="moo-running" href="{}"><span>{} <small>{}</small></span>{}</a>',
            cells.execution_url(active.pk),
            cells.running_status(active),
            words.span(self.now - since),
            cells.progress(active, self.now) if active.status in HELD else "",
        )

    @admin.display(description=_("actions"))
    def buttons(self, job: Job) -> SafeString:
        return format_html(
            '<span class="moo-buttons">{}</span>',
            format_html_join("", "{}", ((button,) for button in self.buttons_of(job))),
        )
