"""What the scheduler raises. The message of each defaults to its docstring.

An exception of any app steers the retries of its run with two attributes: `retryable` (False: never try
again) and `retry_after` (seconds to wait before the next try). `code` and `params` name a translated
sentence of `scheduler.messages`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.models import JobExecution


class SchedulerError(Exception):
    """The scheduler refused."""

    code = "error"

    def __init__(self, message: str = "", **params: Any) -> None:
        self.params = params
        super().__init__(message or (type(self).__doc__ or "").strip())


class AlreadyRunning(SchedulerError):
    """The job is running or queued already, and its overlap policy forbids a second run (R27)."""

    code = "already_running"

    def __init__(self, execution: JobExecution) -> None:
        self.execution = execution
        super().__init__(execution=execution.pk, job=execution.job_name)


class JobArchived(SchedulerError):
    """The job is archived: it neither runs nor changes until it is restored (R42)."""

    code = "job_archived"


class NotArchived(SchedulerError):
    """Only an archived job can be deleted for good (R42)."""

    code = "not_archived"


class StillActive(SchedulerError):
    """The job has a run that waits or runs, so it cannot be deleted (R42)."""

    code = "still_active"


class InvalidParameters(SchedulerError):
    """The parameters do not fit the job type."""

    code = "invalid_parameters"
    retryable = False

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{field}: {' '.join(texts)}" for field, texts in self.errors.items()))


class NotCancellable(SchedulerError):
    """The execution has ended, so it cannot be cancelled."""

    code = "not_cancellable"


class UnknownJobType(SchedulerError):
    """No installed app registers this job type (R43)."""

    code = "unknown_job_type"
    retryable = False


class Unavailable(SchedulerError):
    """Nothing of this job type can work now."""

    code = "unavailable"

    def __init__(self, why: str) -> None:
        super().__init__(why, why=why)


class IdempotencyConflict(SchedulerError):
    """This idempotency key was used with another request within the last 24 hours (R45)."""

    code = "idempotency_conflict"


# The next two are no errors, and a job's `except Exception` must not swallow them.
class Interrupted(BaseException):
    """Raised inside `perform` when the run was asked to stop."""


class Snoozed(BaseException):
    """Raised by `run.snooze`: continue later without using up an attempt (R31)."""

    def __init__(self, seconds: float, code: str, params: dict[str, Any]) -> None:
        self.seconds = seconds
        self.code = code
        self.params = params
        super().__init__(f"snoozed for {seconds:g} seconds: {code}")
