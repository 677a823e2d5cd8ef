"""What can go wrong between us and J-Quants.

JQuantsError
├── AccessError            403 whose text says nothing we know
│   ├── ApiKeyError        401, 403: key missing, wrong, expired
│   ├── PlanError          403: the plan lacks the endpoint
│   └── UnknownPathError   403, 404: no such path (J-Quants has no 404 of its own)
├── WindowError            400: dates outside what the plan covers
├── ParameterError         400: anything else about the question
├── TooLargeError          413
├── RateLimitError         429
├── ServerError            5xx
├── UnreachableError       no connection, or it broke before an answer
│   └── TimedOutError
└── MalformedError         an answer that is not what the API promises
    ├── UnreadableError    cut, wrongly compressed or not JSON: another try may help
    └── PagingLoopError    a pagination_key that was there before
"""

import re
from datetime import date
from typing import ClassVar


class JQuantsError(Exception):
    """A question that J-Quants did not answer; str() is one English sentence and its circumstances.

    `path` is the endpoint ("" before any request), `status` the HTTP status if there was an answer,
    `server_message` J-Quants' own words, `detail` what we saw ourselves, `retry_after` the seconds
    the server asked us to wait. None of them holds the API key: the client masks it.
    """

    code: ClassVar[str] = "error"
    summary: ClassVar[str] = "J-Quants could not be read"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        *,
        path: str = "",
        status: int | None = None,
        server_message: str = "",
        detail: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__()  # without arguments, so that errors can be pickled and copied
        self.path = path
        self.status = status
        self.server_message = server_message
        self.detail = detail
        self.retry_after = retry_after

    def __str__(self) -> str:
        sentence = f"{self.summary}: {self.detail}" if self.detail else self.summary
        circumstances = [
            f"GET {self.path}" if self.path else "",
            f"status {self.status}" if self.status else "",
            f"J-Quants says: {self.server_message}" if self.server_message else "",
        ]
        told = "; ".join(filter(None, circumstances))
        return f"{sentence} [{told}]" if told else sentence

    @property
    def params(self) -> dict[str, str]:
        """Values for the sentence of jquants.messages that belongs to `code`."""
        return {"path": self.path, "status": str(self.status or ""), "detail": self.detail}


class AccessError(JQuantsError):
    code = "access"
    summary = "J-Quants refuses access; check the API key, the plan and the base URL"


class ApiKeyError(AccessError):
    code = "api_key"
    summary = (
        "J-Quants does not accept the API key; copy it again from https://jpx-jquants.com/dashboard/api-keys"
    )


class PlanError(AccessError):
    code = "plan"
    summary = "The J-Quants plan does not include this endpoint; choose a higher plan or disable the job"


class UnknownPathError(AccessError):
    code = "unknown_path"
    summary = "J-Quants does not know this path; check the base URL, which ends in /v2"


class WindowError(JQuantsError):
    """Dates outside the plan's window, whose edges move with every day."""

    code = "window"
    summary = "The dates are outside what the J-Quants plan covers; ask for dates inside it"

    @property
    def first(self) -> date | None:
        """First day the plan covers, or None where the server did not say."""
        return _window(self.server_message)[0]

    @property
    def last(self) -> date | None:
        """Last day the plan covers, or None where the window is open."""
        return _window(self.server_message)[1]

    @property
    def params(self) -> dict[str, str]:
        return super().params | {"window": f"{self.first or '?'} ~ {self.last or ''}".rstrip()}


class ParameterError(JQuantsError):
    """What is wrong only J-Quants' own words tell."""

    code = "refused_parameter"
    summary = "J-Quants refuses the parameters; correct what its message names"

    @property
    def params(self) -> dict[str, str]:
        return super().params | {"said": self.server_message or "-"}


class TooLargeError(JQuantsError):
    code = "too_large"
    summary = "The answer is too large for J-Quants; ask for one day or one code at a time"


class RateLimitError(JQuantsError):
    code = "rate_limit"
    summary = (
        "J-Quants refuses more requests for now; wait, and check that the plan is set right "
        "and that no other program uses the key"
    )
    retryable = True


class ServerError(JQuantsError):
    code = "server"
    summary = "J-Quants has trouble answering; try again later"
    retryable = True


class UnreachableError(JQuantsError):
    code = "unreachable"
    summary = "J-Quants cannot be reached; check the network and the base URL"
    retryable = True


class TimedOutError(UnreachableError):
    code = "no_answer"
    summary = "J-Quants did not answer in time; try again later"


class MalformedError(JQuantsError):
    code = "malformed"
    summary = "J-Quants answered something unexpected; look whether its API has changed"


class UnreadableError(MalformedError):
    code = "unreadable"
    summary = "The answer of J-Quants arrived damaged; try again later"
    retryable = True


class PagingLoopError(MalformedError):
    code = "paging_loop"
    summary = "J-Quants sends the same page key again and again; try again later"


# What says nothing of how another day would fare.
OF_ONE_QUESTION = (ParameterError, TooLargeError, MalformedError)


def error_for(
    status: int, server_message: str, *, path: str, retry_after: float | None = None
) -> JQuantsError:
    """Return the error that an answer other than 200 and 210 means."""
    kind = _kind(status, server_message.lower())
    return kind(path=path, status=status, server_message=server_message, retry_after=retry_after)


_KINDS: dict[int, type[JQuantsError]] = {
    401: ApiKeyError,
    404: UnknownPathError,
    413: TooLargeError,
    429: RateLimitError,
}


def _kind(status: int, message: str) -> type[JQuantsError]:
    if status in {400, 403} and (kind := _kind_by_text(message)):
        return kind
    if status in _KINDS:
        return _KINDS[status]
    if status == 403:
        return AccessError
    if 400 <= status < 500:
        return ParameterError
    return ServerError if status >= 500 else MalformedError


def _kind_by_text(message: str) -> type[JQuantsError] | None:
    """Tell apart what J-Quants gives one status: only the text names the reason."""
    if "covers the following" in message:
        return WindowError
    if "subscription" in message or "no approval received" in message:
        return PlanError
    if "api key" in message or "invalid or expired" in message:
        return ApiKeyError
    if "endpoint does not exist" in message or message.strip(" .") == "forbidden":
        return UnknownPathError
    return None


_DAY = r"(\d{4}[-/.]?\d{1,2}[-/.]?\d{1,2})?"
_WINDOW = re.compile(rf"covers the following[^~〜～\d]*{_DAY}\s*[~〜～]\s*{_DAY}", re.IGNORECASE)
_DAY_PARTS = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})")


def _window(message: str) -> tuple[date | None, date | None]:
    match = _WINDOW.search(message)
    return (_day(match[1]), _day(match[2])) if match else (None, None)


def _day(text: str | None) -> date | None:
    match = _DAY_PARTS.fullmatch(text or "")
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
