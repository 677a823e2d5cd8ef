"""The per-minute limits of a key, and the five minutes of refusal for those who ignore one of them.

https://jpx-jquants.com/en/spec/rate-limits
"""

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Final, NamedTuple

WINDOW_SECONDS: Final = 60.0
BLOCK_SECONDS: Final = 300.0
TOLERATED: Final = 2  # times the limit asked for within the window, refused requests included


class Bucket(NamedTuple):
    """A limit of its own that some endpoints share; `is_apart` when the plan's does not count them too."""

    name: str
    per_minute: int
    is_apart: bool = False


class RequestLimit:
    """Counts in a sliding window, the strictest reading of "per minute"."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = Lock()
        self._accepted: deque[float] = deque()
        self._asked: deque[float] = deque()
        self._blocked_until = float("-inf")

    def is_blocked(self) -> bool:
        return self._clock() < self._blocked_until

    def admit(self) -> bool:
        """Whether a request that arrives now is answered."""
        with self._lock:
            now = self._clock()
            if now < self._blocked_until:
                return False
            for times in (self._accepted, self._asked):
                while times and times[0] <= now - WINDOW_SECONDS:
                    times.popleft()
            self._asked.append(now)
            if len(self._accepted) < self._per_minute:
                self._accepted.append(now)
                return True
            if len(self._asked) > TOLERATED * self._per_minute:
                self._blocked_until = now + BLOCK_SECONDS
            return False


class Limits:
    """The plan's limit and those of the buckets; `instead` replaces them all."""

    def __init__(self, per_minute: int, clock: Callable[[], float], *, instead: int | None = None) -> None:
        self._clock = clock
        self._instead = instead
        self._lock = Lock()
        self._plan = self._limit(per_minute)
        self._buckets: dict[str, RequestLimit] = {}

    def admit(self, bucket: Bucket | None = None) -> bool:
        """Whether a request that arrives now is answered. Whoever is blocked by one limit is by all."""
        limits = self._counting(bucket)
        if any(limit.is_blocked() for limit in (self._plan, *self._buckets.values())):
            return False
        return all(limit.admit() for limit in limits)

    def _counting(self, bucket: Bucket | None) -> list[RequestLimit]:
        if bucket is None:
            return [self._plan]
        with self._lock:
            if bucket.name not in self._buckets:
                self._buckets = {**self._buckets, bucket.name: self._limit(bucket.per_minute)}
        own = self._buckets[bucket.name]
        return [own] if bucket.is_apart else [own, self._plan]

    def _limit(self, per_minute: int) -> RequestLimit:
        return RequestLimit(per_minute if self._instead is None else self._instead, self._clock)
