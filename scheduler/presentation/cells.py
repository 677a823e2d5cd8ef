"""Pieces of HTML that lists, pages and the dashboard share; scheduler/admin.css dresses them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from scheduler.models import JobExecution, Status
from scheduler.presentation import words
from scheduler.ticks import COUNT_LIMIT

if TYPE_CHECKING:
    from django.utils.functional import Promise

NOTHING = mark_safe('<span class="moo-quiet">–</span>')

TONES = {
    Status.QUEUED: "wait",
    Status.RUNNING: "busy",
    Status.RETRY_WAIT: "wait",
    Status.CANCELLING: "warn",
    Status.COMPLETED: "good",
    Status.FAILED: "bad",
    Status.TIMED_OUT: "bad",
    Status.CANCELLED: "calm",
    Status.SKIPPED: "calm",
}


def pill(text: str | Promise, tone: str) -> SafeString:
    return format_html('<span class="moo-pill moo-{}">{}</span>', tone, text)


def status(execution: JobExecution) -> SafeString:
    return pill(Status(execution.status).label, TONES[Status(execution.status)])


def running_status(execution: JobExecution) -> SafeString:
    """Return the status, and beside it whether the run takes unusually long (R33)."""
    if not execution.is_running_long:
        return status(execution)
    return format_html("{} {}", status(execution), pill(_("running long"), "warn"))


def moment(at: datetime | None, now: datetime) -> SafeString:
    """Return the time with its distance under it and the exact second as a tooltip."""
    if at is None:
        return NOTHING
    return format_html(
        '<time class="moo-stack" datetime="{}" title="{}"><span>{}</span><small>{}</small></time>',
        at.isoformat(),
        words.exact(at),
        words.clock(at, now),
        words.distance(at, now),
    )


def age(at: datetime, now: datetime) -> SafeString:
    """Return only the distance, with the exact second as a tooltip."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), words.exact(at), words.distance(at, now)
    )


def progress(execution: JobExecution, now: datetime) -> SafeString:
    """Return the bar of an active execution; it moves without a figure while the run has given none."""
    percent = execution.progress_percent
    done = ""
    if execution.progress_done is not None:
        done = number_format(execution.progress_done, use_l10n=True, force_grouping=True)
        if execution.progress_total:
            total = number_format(execution.progress_total, use_l10n=True, force_grouping=True)
            done = _("%(done)s of %(total)s") % {"done": done, "total": total}
    text = " · ".join(
        part for part in (done, execution.progress_text, words.remaining(execution, now)) if part
    )
    return format_html(
        '<div class="moo-progress{}" title="{}"><div class="moo-bar" role="progressbar" aria-valuemin="0"'
        ' aria-valuemax="100"{}><i style="width:{}%"></i></div><small>{}</small></div>',
        "" if percent is not None else " moo-unknown",
        text,
        format_html(' aria-valuenow="{}"', percent) if percent is not None else "",
        percent if percent is not None else 100,
        text,
    )


def execution_url(pk: int) -> str:
    return reverse("admin:scheduler_jobexecution_change", args=[pk])


def execution_link(pk: int) -> SafeString:
    return format_html('<a href="{}">{}</a>', execution_url(pk), _("execution %(pk)s") % {"pk": pk})


def job_url(pk: int) -> str:
    return reverse("admin:scheduler_job_change", args=[pk])


def counts(execution: JobExecution) -> SafeString:
    """Return what the run did to the data, without the zeros."""
    figures = [
        (execution.rows_fetched, _("fetched"), "fetched"),
        (execution.rows_inserted, _("new"), "new"),
        (execution.rows_updated, _("changed"), "changed"),
        (execution.rows_unchanged, _("same"), "same"),
    ]
    order = pgettext("how many rows, and what was done to them", "<b>{n}</b> {what}")
    shown = [
        (kind, format_html(order, n=number_format(n, force_grouping=True), what=what))
        for n, what, kind in figures
        if n
    ]
    if not shown:
        return NOTHING
    return format_html(
        '<span class="moo-counts">{}</span>',
        format_html_join(" ", '<span class="moo-count-{}">{}</span>', shown),
    )


def ticks(execution: JobExecution, now: datetime) -> SafeString:
    """Return the tick, or the range of ticks a skipped row stands for (R3)."""
    if execution.scheduled_for is None:
        return NOTHING
    if execution.scheduled_until is None:
        return moment(execution.scheduled_for, now)
    return format_html(
        '<span class="moo-stack"><span>{}</span><small>{}</small></span>',
        ngettext("%(n)s tick", "%(n)s ticks", execution.tick_count) % {"n": tick_count(execution)},
        _("%(first)s to %(last)s")
        % {
            "first": words.clock(execution.scheduled_for, now),
            "last": words.clock(execution.scheduled_until, now),
        },
    )


def tick_count(execution: JobExecution) -> str:
    """Return how many ticks were skipped; counting stopped at the limit (R22)."""
    shown = number_format(execution.tick_count, force_grouping=True)
    return f"{shown}+" if execution.tick_count >= COUNT_LIMIT else shown


def button(label: str | Promise, url: str, *, icon: str, tone: str = "", primary: bool = False) -> SafeString:
    """Return a button that POSTs to `url` from inside the form of a list; never a link."""
    return format_html(
        '<button type="submit" formmethod="post" formaction="{}" class="moo-button {} {}" title="{}">'
        '<span class="material-symbols-outlined" aria-hidden="true">{}</span><span class="moo-label">{}</span></button>',
        url,
        tone,
        "moo-primary" if primary else "",
        label,
        icon,
        label,
    )
