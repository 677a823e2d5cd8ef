"""What an attempt has come to, as the fields of its execution's row."""

from __future__ import annotations

import logging
import random
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from scheduler import job_types, messages
from scheduler.errors import Snoozed
from scheduler.masking import mask
from scheduler.models import JobExecution, Status

logger = logging.getLogger(__name__)

LONGEST_BACKOFF_SECONDS = 3600.0
MOST_DOUBLINGS = 12  # after which even a second is longer than that; a float ends at 1023
LONGEST_WAIT_SECONDS = 7 * 24 * 3600.0  # whatever a server or a type asks for
ERROR_LIMIT = 10_000  # characters of a stored error


def snoozed(execution: JobExecution, wish: Snoozed, now: datetime) -> dict[str, Any]:
    """Return a further attempt, not charged for, unless the run has waited too long already (R31)."""
    since = execution.snoozed_since or now
    limit = job_types.get(execution.job_type).max_snooze_seconds
    params = _fit(wish.params)
    if now - since > timedelta(seconds=limit):
        code, told = "waited_too_long", dict[str, Any](hours=limit // 3600)
        if wish.code != "snoozed":  # which says only that it continues
            code, told["why"] = "snoozed_too_long", messages.nested(wish.code, params)
        return {
            "status": Status.FAILED,
            "error_message": messages.render(code, told),
            "reason_code": code,
            "reason_params": told,
        }
    return {
        "status": Status.RETRY_WAIT,
        "available_at": _after(now, wish.seconds),
        "attempt": execution.attempt - 1,
        "snoozed_since": since,
        "reason_code": wish.code,
        "reason_params": params | {"seconds": round(wish.seconds)},
    }


def timed_out(
    execution: JobExecution, now: datetime, draw: Callable[[float, float], float] = random.uniform
) -> dict[str, Any]:
    """Return the end of an attempt that reached its time limit; a further one where the job says so (R30)."""
    then = {"status": Status.TIMED_OUT}
    if execution.retry_timeouts:
        then = _again(execution, now, _backoff_seconds(execution, draw), otherwise=Status.TIMED_OUT)
    return then | {"reason_code": "timed_out", "reason_params": {"seconds": execution.timeout_seconds}}


def drained(execution: JobExecution, now: datetime) -> dict[str, Any]:
    """Return the fields of a run that a shutdown puts back into the queue, uncharged (R38)."""
    return {
        "status": Status.QUEUED,
        "attempt": execution.attempt - 1,
        "available_at": now,
        "reason_code": "drained",
        "reason_params": {},
    }


def failed(
    execution: JobExecution, error: BaseException, now: datetime, draw: Callable[[float, float], float]
) -> dict[str, Any]:
    """Return a further attempt where one is left and may help, else the failure (R30)."""
    logger.warning(
        gettext_noop("attempt %(attempt)s failed"),
        {"attempt": execution.attempt},
        exc_info=error,
        extra={"action": "attempt_failed"},
    )
    code, params = _worded(error)
    fields: dict[str, Any] = {
        "error_message": mask(str(error) or type(error).__name__)[:ERROR_LIMIT],
        "traceback": mask("".join(traceback.format_exception(error))),
        "reason_code": code,
        "reason_params": params,
    }
    if not getattr(error, "retryable", True):
        return fields | {"status": Status.FAILED}
    asked = getattr(error, "retry_after", None)  # what the server asked for wins
    wait = asked if isinstance(asked, int | float) else _backoff_seconds(execution, draw)
    return fields | _again(execution, now, wait, otherwise=Status.FAILED)


def too_late(execution: JobExecution, outcome: dict[str, Any]) -> dict[str, Any]:
    """Return the note of a run that ended by itself while it was being cancelled: its result is true (R35)."""
    if outcome["status"] == Status.CANCELLED:
        return {}
    execution.refresh_from_db(fields=["reason_code", "reason_params"])
    if outcome["status"] == Status.COMPLETED:
        code = "replaced_too_late" if execution.reason_code == "replaced" else "cancel_too_late"
        return {"reason_code": code, "reason_params": execution.reason_params}
    if execution.reason_code == "replaced":  # by the scheduler, which waits for no answer
        return {}
    code, params = outcome.get("reason_code", ""), outcome.get("reason_params", {})
    known = messages.render(code, params)
    why = messages.nested(code, params) if known else outcome.get("error_message", "")
    return {
        "reason_code": "cancel_too_late_failed",
        "reason_params": execution.reason_params | {"error": why},
    }


def _again(execution: JobExecution, now: datetime, seconds: float, *, otherwise: Status) -> dict[str, Any]:
    """Return a further attempt in `seconds`, where one is left and its deadline allows it, else the end."""
    available_at = _after(now, seconds)
    if execution.attempt > execution.max_retries or not execution.may_start_at(available_at):
        return {"status": otherwise}
    return {"status": Status.RETRY_WAIT, "available_at": available_at}


def _after(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=max(0.0, min(seconds, LONGEST_WAIT_SECONDS)))


def _worded(error: BaseException) -> tuple[str, dict[str, Any]]:
    """Return the code and the parameters of the error's sentence, made fit to be kept.

    Errors of other libraries have attributes of these names too, which mean something else.
    """
    code, params = getattr(error, "code", None), getattr(error, "params", {})
    if not isinstance(code, str) or not isinstance(params, Mapping):
        return "", {}
    return code, _fit(params)


def _fit(params: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the parameters of a sentence as JSON and the database can keep them, without secrets."""
    return {str(name): _fit_value(value) for name, value in params.items()}


def _fit_value(value: object) -> Any:
    match value:
        case int() | float() | None:
            return value
        case Mapping():
            return _fit(value)
        case list():
            return [_fit_value(each) for each in value]
    return mask(str(value))


def _backoff_seconds(execution: JobExecution, draw: Callable[[float, float], float]) -> float:
    """Full jitter below base x 2^n, capped."""
    doublings = min(execution.attempt - 1, MOST_DOUBLINGS)
    return draw(0, min(LONGEST_BACKOFF_SECONDS, execution.retry_backoff_seconds * 2.0**doublings))
