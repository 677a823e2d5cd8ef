"""The per-minute limit of a key, and the five minutes of refusal for those who ignore it (fact sheet 1.4)."""

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Final

WINDOW_SECONDS: Final = 60.0
BLOCK_SECONDS: Final = 300.0
TOLERATED: Final = 2  # times the limit asked for within the window, refused requests included


class RequestLimit:
    """Counts in a sliding window, the strictest reading of "per minute"."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = Lock()
        self._accepted: deque[float] = deque()
        self._asked: deque[float] = deque()
        self._blocked_until = float("-inf")

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
