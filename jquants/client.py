"""J-Quants over HTTP: a question in, all its rows or one error of jquants.errors out."""

import logging
import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3

from jquants.answers import (
    Page,
    Row,
    clock_offset_seconds,
    decoded,
    message_of,
    object_of,
    page_of,
    retry_after_seconds,
    text_of,
)
from jquants.errors import (
    JQuantsError,
    MalformedError,
    PagingLoopError,
    ParameterError,
    RateLimitError,
    TimedOutError,
    UnreachableError,
    UnreadableError,
    error_for,
)
from jquants.ratelimit import RateLimiter
from jquants.transport import BASE_URL, PIECE, Session, checked_key, checked_url, keyless, save

__all__ = ["BASE_URL", "Client", "Page", "Row"]

T = TypeVar("T")


class Collection(Protocol):
    """What can be extended by rows."""

    def __len__(self) -> int: ...

    def extend(self, rows: list[Row], /) -> None: ...


Gatherer = TypeVar("Gatherer", bound=Collection)

logger = logging.getLogger(__name__)

BACKOFF_BASE = 1.0  # seconds
BACKOFF_CAP = 60.0  # seconds
LONGEST_RETRY_AFTER = 600.0  # seconds; who is told to wait longer is better asked again by a later job
QUOTED = 200  # characters of an answer that an error shows at most
# What follows the question mark of an address: a file's proves there that it may be read.
SIGNATURE = re.compile(r"""(?<=\?)[^\s"'<>?]*=[^\s"'<>]*""")


class Client:
    """Ask J-Quants, a page at a time, within its rate limit, again where that helps.

    A client belongs to one thread. It sleeps through `wait`, between requests only: for the rate limit,
    before another try, and after a 429. `wait` may raise to give up; nothing here catches it.
    Timeouts are in seconds; `read_timeout` counts from one byte to the next.
    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str = BASE_URL,
        limiter: RateLimiter,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        max_attempts: int = 5,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api_key = checked_key(api_key)
        self._base_url = checked_url(base_url)
        self._limiter = limiter
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._max_attempts = max_attempts
        self._wait = wait
        self._session = Session(api_key, self._base_url)
        self.clock_offset_seconds: float | None = None  # ours minus the server's, at its last answer

    def __repr__(self) -> str:
        return f"<Client of {self._base_url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a later question opens new ones."""
        self._session.close()
        self._limiter.give_back()

    def rows(self, path: str, /, **params: str) -> list[Row]:
        """Return the rows of all pages of `path`; raises JQuantsError. For many rows, see `gather`."""
        return self.gather(list[Row], path, **params)

    def gather(self, new: Callable[[], Gatherer], path: str, /, **params: str) -> Gatherer:
        """Return a `new` collection that was extended by the rows of each page of `path`; raises JQuantsError.

        How long the key of a next page is good is not told. Where a later page is refused, perhaps as we waited
        long for the rate limit, all are asked for once more.
        """
        found = new()
        try:
            return self._extended(found, path, params)
        except ParameterError as error:
            if not len(found):
                raise
            logger.warning(
                "A later page was refused, starting anew: %(error)s",
                {"error": error},
                extra={"action": "pages_anew"},
            )
            found = new()  # what came before is let go
        return self._extended(found, path, params)

    def _extended(self, found: Gatherer, path: str, params: dict[str, str]) -> Gatherer:
        for page in self.pages(path, **params):
            found.extend(page.rows)
        return found

    def pages(self, path: str, /, **params: str) -> Iterator[Page]:
        """Yield page after page of `path`, e.g. "/equities/bars/daily"; raises JQuantsError.

        An error may come after pages were yielded: whoever stores, stores after the last one.
        """
        query, seen = dict(params), set[str]()
        while True:
            page = self._ask(path, query, page_of)
            if page.next_key in seen:
                raise PagingLoopError(path=path, status=200, detail=self._quoted(page.next_key))
            yield page
            if not page.next_key:
                return
            seen.add(page.next_key)
            query = {**params, "pagination_key": page.next_key}

    def download(self, path: str, query: dict[str, str], target: Path, *, most_bytes: int) -> None:
        """Put the file that `path` gives a signed address for into `target`, in pieces; raises JQuantsError.

        The address is good once and for some minutes, so every try asks for one of its own. It is a secret too, and
        is opened without the key.
        """
        self._tried(path, lambda: self._download(path, query, target, most_bytes))

    def _download(self, path: str, query: dict[str, str], target: Path, most_bytes: int) -> None:
        address = _address(path, self._attempt(path, query, object_of))
        timeout = (self._connect_timeout, self._read_timeout)
        try:
            with keyless() as session, session.get(address, stream=True, timeout=timeout) as response:
                if response.status_code != 200:
                    raise UnreadableError(
                        path=path, detail=f"the file's address answers {response.status_code}"
                    )
                save(response, target, path, most_bytes)
        except requests.RequestException as exc:
            raise self._translated(exc, path) from None

    def document(self, path: str, /, **params: str) -> dict[str, Any]:
        """Return the object that `path` answers where it has no rows, e.g. "/td/files"; raises JQuantsError."""
        return self._ask(path, params, object_of)

    def _ask(self, path: str, query: dict[str, str], read: Callable[[object], T]) -> T:
        return self._tried(path, lambda: self._attempt(path, query, read))

    def _tried(self, path: str, attempt_once: Callable[[], T]) -> T:
        for attempt in range(1, self._max_attempts):
            try:
                return attempt_once()
            except JQuantsError as error:
                if not error.retryable or (error.retry_after or 0.0) > LONGEST_RETRY_AFTER:
                    raise
                delay = _delay(error, attempt)
                logger.warning(
                    "J-Quants request failed, trying again: %(error)s",
                    {"error": error},
                    extra={"action": "jquants_retry", "attempt": attempt, "delay_seconds": delay},
                )
            if delay > 0.0:
                self._wait(delay)
        return attempt_once()

    def _attempt(self, path: str, query: dict[str, str], read: Callable[[object], T]) -> T:
        while (delay := self._limiter.reserve(path)) > 0.0:
            logger.info(
                "Waiting %(seconds).1f s for the rate limit",
                {"seconds": delay},
                extra={"action": "jquants_rate_limit_wait"},
            )
            self._wait(delay)
        response, body = self._send(path, query)
        if response.status_code == 200:
            return self._answer(path, body, read)
        if response.status_code == 210:  # outside the serving hours, or an unknown code
            if "pagination_key" in query:
                raise UnreadableError(path=path, status=210, detail="a later page has no content")
            return read({"data": []})
        error = self._refusal(path, response, body)
        if isinstance(error, RateLimitError):
            self._limiter.pause(error.retry_after)
        raise error

    def _send(self, path: str, query: dict[str, str]) -> tuple[requests.Response, bytes]:
        """Return the answer and its body, in large pieces: requests itself reads 10 KB at a time."""
        timeout = (self._connect_timeout, self._read_timeout)
        try:
            response = self._session.get(self._base_url + path, params=query, timeout=timeout, stream=True)
            body = b"".join(response.iter_content(PIECE))
        except requests.RequestException as exc:
            # Without the cause: it may quote what the server sent, key and all. Its root is in the detail.
            raise self._translated(exc, path) from None
        finally:
            self._limiter.sent(path)
        self.clock_offset_seconds = clock_offset_seconds(response, datetime.now(UTC))
        return response, body

    def _answer(self, path: str, body: bytes, read: Callable[[object], T]) -> T:
        try:
            answer = decoded(body)
        except ValueError as exc:
            detail = f"the body is not JSON: {self._quoted(text_of(body))}"
            raise UnreadableError(path=path, status=200, detail=detail) from exc
        try:
            return read(answer)
        except ValueError as exc:
            detail = f"{exc}: {self._quoted(text_of(body))}"
            raise MalformedError(path=path, status=200, detail=detail) from exc

    def _refusal(self, path: str, response: requests.Response, body: bytes) -> JQuantsError:
        return error_for(
            response.status_code,
            self._quoted(message_of(response, body)),
            path=path,
            retry_after=retry_after_seconds(response),
        )

    def _translated(self, exc: requests.RequestException, path: str) -> JQuantsError:
        root = _root(exc)
        detail = self._quoted(f"{type(root).__name__}: {root}")
        if isinstance(exc, requests.ConnectTimeout):
            return TimedOutError(path=path, detail=f"no connection within {self._connect_timeout:g} s")
        # A timeout amid the body comes as a ConnectionError around urllib3's own.
        if isinstance(exc, requests.Timeout) or isinstance(
            root, TimeoutError | urllib3.exceptions.TimeoutError
        ):
            return TimedOutError(path=path, detail=f"nothing arrived for {self._read_timeout:g} s")
        if isinstance(
            exc, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError
        ):
            return UnreadableError(path=path, detail=detail)
        return UnreachableError(path=path, detail=detail)

    def _quoted(self, text: str) -> str:
        """Return the beginning of foreign text, fit for an error: the only way into one.

        The key, and what signs an address, is masked before the text is cut, so that no half of it stays.
        """
        plain = "".join(letter if letter.isprintable() else " " for letter in text)
        plain = SIGNATURE.sub("[signature]", plain.replace(self._api_key, "[API key]"))
        masked = " ".join(plain.split())
        return masked if len(masked) <= QUOTED else masked[: QUOTED - 1] + "…"


def _address(path: str, answer: dict[str, Any]) -> str:
    """Return the address of a file; raises MalformedError where there is none."""
    address = answer.get("url")
    try:
        is_address = isinstance(address, str) and urlsplit(address).scheme in {"http", "https"}
    except ValueError:
        is_address = False
    if not is_address:
        raise MalformedError(path=path, status=200, detail='the object has no "url"')
    return str(address)


_jitter = random.SystemRandom()


def _delay(error: JQuantsError, attempt: int) -> float:
    """Return the seconds before another try: full jitter, so that clients do not return together (R30)."""
    if isinstance(error, RateLimitError):
        return 0.0  # the limiter makes everybody wait, us too
    if error.retry_after is not None:
        return error.retry_after
    return _jitter.uniform(0.0, min(BACKOFF_CAP, BACKOFF_BASE * 2 ** (attempt - 1)))


def _root(exc: BaseException) -> BaseException:
    """Return the innermost reason: requests and urllib3 wrap it up to four times."""
    inner: object = exc.__cause__ or getattr(exc, "reason", None)
    inner = inner or next((arg for arg in exc.args if isinstance(arg, BaseException)), None)
    return _root(inner) if isinstance(inner, BaseException) else exc
