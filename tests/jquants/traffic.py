"""Simulated minutes of requests, and what the server would have counted."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from jquants.ratelimit import RateLimiter

WINDOW = 60.0  # seconds; the server's, not ours


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Request:
    """Seconds until a worker wants to send, until it reached the server, until it was answered."""

    worker: int
    after: float
    travels: float
    answered_after: float
    dies: bool = False  # its process is killed before the answer


class Traffic:
    """Workers that obey a limiter each, one request at a time, on one clock."""

    def __init__(self, clock: Clock, limiters: list[RateLimiter], path: str) -> None:
        self.arrivals: list[float] = []
        self._clock = clock
        self._limiters = limiters
        self._path = path
        self._under_way: list[tuple[float, int]] = []

    def run(self, requests: Iterable[Request]) -> None:
        for request in requests:
            self._pass(request.after)
            self._let_finish(request.worker)
            limiter = self._limiters[request.worker]
            while (wait := limiter.reserve(self._path)) > 0.0:
                self._pass(wait)
            arrival = self._clock.now + request.travels
            self.arrivals.append(arrival)
            if not request.dies:
                heapq.heappush(self._under_way, (arrival + request.answered_after, request.worker))

    def most_in_a_window(self) -> int:
        """Return the most requests the server saw in 60 seconds, both ends counted."""
        arrivals = sorted(self.arrivals)
        return max(sum(start <= each <= start + WINDOW for each in arrivals) for start in arrivals)

    def _pass(self, seconds: float) -> None:
        until = self._clock.now + seconds
        while self._under_way and self._under_way[0][0] <= until:
            self._finish()
        self._clock.now = until

    def _let_finish(self, worker: int) -> None:
        while any(worker == busy for _, busy in self._under_way):
            self._finish()

    def _finish(self) -> None:
        end, worker = heapq.heappop(self._under_way)
        self._clock.now = max(self._clock.now, end)
        self._limiters[worker].sent(self._path)
