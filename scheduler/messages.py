"""Sentences about executions, stored as a code with parameters and worded in the reader's language.

An app adds its own with `register`; `render` is what the admin, the command line and JSON show.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_sentences: dict[str, str | Promise] = {}
_words: set[str] = set()


def register(sentences: Mapping[str, str | Promise], *, words: Iterable[str] = ()) -> None:
    """Add sentences by code; each may name its parameters as %(name)s.

    `words` names parameters that are words of the app: stored as in its source, translated where they are told.

    Raises ValueError for a code that has another sentence: an execution would be told with the wrong one.
    """
    if taken := [code for code, text in sentences.items() if _sentences.get(code, text) is not text]:
        raise ValueError(f"these codes have a sentence already, choose others: {', '.join(taken)}")
    _sentences.update(sentences)
    _words.update(words)


def render(code: str, params: Mapping[str, Any]) -> str:
    """Return the sentence of `code` in the active language, or "" when no app knows the code."""
    sentence = _sentences.get(code)
    if sentence is None:
        return ""
    try:
        return str(sentence) % {
            name: gettext(value) if name in _words and value and isinstance(value, str) else value
            for name, value in params.items()
        }
    except (KeyError, TypeError, ValueError):
        return str(sentence)  # stored by an older version with other parameters


register(
    {
        "already_running": _("The job is running or queued already (execution %(execution)s)."),
        "audit_archived": _("Archived."),
        "audit_cancelled": _("Cancelled. %(why)s"),
        "audit_changed": _("Changed %(fields)s."),
        "audit_deleted": _("Deleted for good, with its history."),
        "audit_disabled": _("Disabled."),
        "audit_enabled": _("Enabled."),
        "audit_paused": _("Paused the scheduler. %(why)s"),
        "audit_pruned": _("Deleted %(executions)s old executions and %(lines)s log lines."),
        "audit_purge_begun": _("Began to delete it for good, with its history."),
        "audit_restored": _("Restored from the archive."),
        "audit_resumed": _("Resumed the scheduler. %(why)s"),
        "audit_run_now": _("Run now: execution %(execution)s. %(why)s"),
        "cancelled_by": _("Cancelled by %(by)s. %(why)s"),
        "cancel_too_late": _("Cancelled by %(by)s, but it ended before it could be stopped."),
        "cancel_too_late_failed": _(
            "Cancelled by %(by)s, but it failed before it could be stopped: %(error)s"
        ),
        "clock_jumped_ahead": _(
            "The clock of %(process)s jumped ahead by %(seconds)s seconds, or its machine slept. "
            "Ticks in between were handled as missed."
        ),
        "clock_set_back": _(
            "The clock of %(process)s was set back by %(seconds)s seconds. No tick runs twice because of it."
        ),
        "drained": _("Interrupted by a shutdown of the scheduler; queued again without counting an attempt."),
        "gave_way": _("Lets a live run go first; continues in %(seconds)s seconds."),
        "job_archived": _("The job “%(job)s” is archived. Restore it first."),
        "not_archived": _("Only an archived job can be deleted for good. Archive “%(job)s” first."),
        "replaced": _("Cancelled because the next run of the job replaces it."),
        "replaced_too_late": _(
            "The next run of the job was to replace it, but it ended before it could be stopped."
        ),
        "retrying": _("Attempt %(attempt)s failed: %(error)s Next try in %(seconds)s seconds."),
        "snoozed": _("Waiting; continues in %(seconds)s seconds."),
        "snoozed_too_long": _("Gave up after waiting %(hours)s hours: %(why)s"),
        "still_active": _(
            "“%(job)s” cannot be deleted while its execution %(execution)s is active. Let it end, or cancel it."
        ),
        "timed_out": _("Stopped because it ran longer than its limit of %(seconds)s seconds."),
        "unavailable": "%(why)s",  # the type words it
        "unknown_calendar": _("“%(name)s” is not a calendar. Choose one of those known: %(known)s."),
        "unknown_job_type": _(
            "No installed app provides the job type “%(job_type)s”. Install the app that does, or disable the job."
        ),
        "unresolved": _(
            "No worker knows its type “%(job_type)s”; it has been waiting for more than %(minutes)s minutes. "
            "Install the app that provides it, or cancel the execution."
        ),
        "worker_lost": _("Its worker %(worker)s died or was silent for too long."),
        "worker_lost_not_again": _(
            "Its worker %(worker)s died or was silent for too long; the job is not to be tried again then."
        ),
        "worker_lost_too_late": _(
            "Its worker %(worker)s died or was silent for too long; it is past its start deadline."
        ),
        "worker_lost_for_good": _(
            "Its worker %(worker)s died or was silent for too long; no attempts are left."
        ),
    }
)
