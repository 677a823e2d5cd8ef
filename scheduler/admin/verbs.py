"""What the buttons do: call one verb of `scheduler.control` and put into words what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduler import archive, control
from scheduler import messages as sentences
from scheduler.audit import Actor, Channel
from scheduler.errors import (
    AlreadyRunning,
    InvalidParameters,
    JobArchived,
    NotArchived,
    NotCancellable,
    SchedulerError,
    StillActive,
    Unavailable,
)
from scheduler.models import Job, JobExecution, Status
from scheduler.presentation.cells import execution_link, job_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from django.contrib.auth.models import User

RUN, CHANGE, DELETE, CANCEL, PAUSE = (
    "scheduler.run_job",
    "scheduler.change_job",
    "scheduler.delete_job",
    "scheduler.cancel_jobexecution",
    "scheduler.pause_scheduler",
)


def actor(request: HttpRequest) -> Actor:
    return Actor(cast("User", request.user), Channel.ADMIN)


def require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def back(request: HttpRequest, fallback: str) -> HttpResponse:
    """Return to the page the button was on, told by the form's `next`, if that is a page of ours."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = fallback
    return HttpResponseRedirect(target)


@dataclass(frozen=True)
class Outcome:
    """What a verb did, in a sentence with links; `execution` is the one it started."""

    level: int
    text: SafeString
    execution: JobExecution | None = None


def reason(request: HttpRequest) -> str:
    """Return the reason somebody typed, as far as it fits; NUL, which PostgreSQL refuses, is left out."""
    return request.POST.get("reason", "").replace("\x00", "").strip()[:200]


def job_link(job: Job) -> SafeString:
    return format_html('<a href="{}">{}</a>', job_url(job.pk), job.name)


def run(
    request: HttpRequest, job: Job, *, parameters: Mapping[str, Any] | None = None, reason: str = ""
) -> Outcome:
    """Queue a run of `job`."""
    try:
        queued = control.run_now(job, actor(request), parameters=parameters, reason=reason)
    except SchedulerError as error:
        return Outcome(messages.ERROR, refusal(job, error))
    text = _("“{job}” is queued as {execution}.")
    if not job.is_enabled:
        text = _("“{job}” is queued as {execution}. The job itself stays disabled.")
    return Outcome(
        messages.SUCCESS, format_html(text, job=job_link(job), execution=execution_link(queued.pk)), queued
    )


def switch(request: HttpRequest, job: Job, *, enabled: bool) -> Outcome:
    """Enable or disable `job`."""
    try:
        is_new = control.set_enabled(job, enabled, actor(request))
    except (JobArchived, Unavailable) as error:
        return Outcome(messages.ERROR, refusal(job, error))
    if not is_new:
        text = _("“{job}” is enabled already.") if enabled else _("“{job}” is disabled already.")
        return Outcome(messages.INFO, format_html(text, job=job_link(job)))
    text = _("“{job}” is enabled.") if enabled else _("“{job}” is disabled. A run in progress goes on.")
    return Outcome(messages.SUCCESS, format_html(text, job=job_link(job)))


def put_away(request: HttpRequest, job: Job) -> Outcome:
    """Archive `job`."""
    if not archive.archive(job, actor(request)):
        return Outcome(messages.INFO, format_html(_("“{job}” is archived already."), job=job_link(job)))
    text = _("“{job}” is archived: nothing of it starts, a run in progress goes on, its history stays.")
    return Outcome(messages.SUCCESS, format_html(text, job=job_link(job)))


def restore(request: HttpRequest, job: Job) -> Outcome:
    """Take `job` out of the archive."""
    if not archive.restore(job, actor(request)):
        return Outcome(messages.INFO, format_html(_("“{job}” is not archived."), job=job_link(job)))
    text = _("“{job}” is restored. It stays disabled until you enable it.")
    return Outcome(messages.SUCCESS, format_html(text, job=job_link(job)))


def purge(request: HttpRequest, job: Job) -> Outcome:
    """Delete `job` for good."""
    try:
        archive.purge(job, actor(request))
    except (NotArchived, StillActive) as error:
        return Outcome(messages.ERROR, refusal(job, error))
    return Outcome(messages.SUCCESS, format_html(_("“{job}” is deleted for good."), job=job.name))


def cancel(request: HttpRequest, execution: JobExecution, *, reason: str = "") -> Outcome:
    """Cancel a waiting execution, ask a running one to stop."""
    try:
        control.cancel(execution, actor(request), reason=reason)
    except NotCancellable:
        execution.refresh_from_db()
        level, text = (
            messages.WARNING,
            _("{execution} of “{job}” cannot be cancelled: it has ended ({status})."),
        )
    else:
        level, text = messages.SUCCESS, _("{execution} of “{job}” is cancelled.")
        if execution.status == Status.CANCELLING:
            text = _("{execution} of “{job}” is asked to stop, and stopped by force if it does not.")
    return Outcome(
        level,
        format_html(
            text,
            execution=execution_link(execution.pk),
            job=execution.job_name,
            status=Status(execution.status).label,
        ),
    )


def cancel_active(request: HttpRequest, job: Job) -> list[Outcome]:
    """Cancel whatever of `job` is waiting or running."""
    active = job.executions.active().order_by("pk")
    nothing = Outcome(messages.INFO, format_html(_("“{job}” has nothing to cancel."), job=job_link(job)))
    return [cancel(request, execution) for execution in active] or [nothing]


def tell(request: HttpRequest, outcomes: Iterable[Outcome]) -> None:
    """Say what happened: one message a level, one line an outcome."""
    by_level: dict[int, list[SafeString]] = {}
    for outcome in outcomes:
        by_level.setdefault(outcome.level, []).append(outcome.text)
    for level, lines in by_level.items():
        messages.add_message(
            request, level, format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))
        )


def refusal(job: Job, error: SchedulerError) -> SafeString:
    """Return why a run was refused, and what to do, with a link where there is something to see."""
    if isinstance(error, AlreadyRunning):
        return format_html(
            _("“{job}” is running or queued already, as {execution}, and its rules allow one run at a time."),
            job=job_link(job),
            execution=execution_link(error.execution.pk),
        )
    if isinstance(error, InvalidParameters):
        return format_html(
            ngettext(
                "“{job}” was not started: a parameter does not fit its type. {errors} Correct it in the job.",
                "“{job}” was not started: {n} parameters do not fit its type. {errors} Correct them in the job.",
                len(error.errors),
            ),
            job=job_link(job),
            n=len(error.errors),
            errors=" ".join(f"{name}: {' '.join(texts)}" for name, texts in error.errors.items()),
        )
    return format_html(
        _("“{job}” was refused: {why}"),
        job=job_link(job),
        why=sentences.render(error.code, error.params) or str(error),
    )
