"""How many requests a minute J-Quants allows, and who may send one now (R28).

The promise: in no 60 seconds, however they are cut, does the server see more requests than a bucket
allows, though a request reaches it some unknown time after we let it go. So a bucket of N has N slots;
a request takes one when it is let go and gives it back a full window after its *answer*, which is
after its arrival. Two requests through one slot are thus more than a window apart at the server.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

WINDOW = 60.0  # seconds the server counts over; fixed or sliding is not documented
MARGIN = 1.0  # seconds on top: clocks of two machines differ a little
LATEST_ARRIVAL = 60.0  # seconds within which a request has reached the server, or never will
# A process that dies before the answer never reports it: its slot comes back by itself after this.
LEASE = LATEST_ARRIVAL + WINDOW + MARGIN

NOBODY_KNOWS = 0.5  # seconds to wait where every slot is with a request still unanswered

FIRST_PAUSE = 60.0  # seconds, after a 429 that does not say how long
BLOCK_PAUSE = 310.0  # seconds: J-Quants refuses everything for about five minutes
BLOCK_MEMORY = 300.0  # seconds in which another 429 means that we are blocked
LONGEST_PAUSE = 3600.0  # seconds: an odd Retry-After must not stop us for ever


class Bucket(NamedTuple):
    """A group of endpoints counted together, and how many requests a minute it allows."""

    name: str
    limit: int

    @property
    def headroom(self) -> int:
        """How many of its requests a minute are kept for live jobs: a backfill never gets them (R29)."""
        return max(1, self.limit // HEADROOM_SHARE)


HEADROOM_SHARE = 5  # one request in so many

# https://jpx-jquants.com/en/spec/rate-limits
PLAN_LIMITS = {"free": 5, "light": 60, "standard": 120, "premium": 500}
OWN_CAPS = {
    "/fins/summary": Bucket("fins_summary", 60),
    "/fins/details": Bucket("fins_details", 60),
}
MINUTE_AND_TICK = Bucket("minute_and_tick", 60)
TDNET = Bucket("tdnet", 100)
PLAN_BUCKET = "plan"


def buckets_for(path: str, plan: str) -> list[Bucket]:
    """Name the buckets a request for `path` counts in; ValueError for an unknown plan."""
    if plan not in PLAN_LIMITS:
        raise ValueError(f"{plan!r} is no J-Quants plan; use one of {', '.join(PLAN_LIMITS)}")
    if path.startswith("/td/"):
        return [TDNET]
    if path in {"/equities/bars/minute", "/equities/trades"}:
        return [MINUTE_AND_TICK]
    own = [OWN_CAPS[path]] if path in OWN_CAPS else []
    return [Bucket(PLAN_BUCKET, PLAN_LIMITS[plan]), *own]


def every_bucket(plan: str) -> list[Bucket]:
    """Return all buckets that requests of a plan may count in; KeyError for an unknown plan."""
    return [Bucket(PLAN_BUCKET, PLAN_LIMITS[plan]), *OWN_CAPS.values(), MINUTE_AND_TICK, TDNET]


def pause_end(previous_end: float | None, now: float, asked: float | None) -> float:
    """Return until when everybody waits after a 429 at `now`.

    `asked` is the server's Retry-After. A 429 during a pause was on its way when the pause began and
    tells nothing new; one soon after a pause means the five-minute block.
    """
    running_end = now + pause_left(previous_end, now)
    if asked is not None:
        return max(running_end, now + min(asked, LONGEST_PAUSE))
    if running_end > now:
        return running_end
    was_paused_lately = previous_end is not None and 0.0 <= now - previous_end < BLOCK_MEMORY
    return now + (BLOCK_PAUSE if was_paused_lately else FIRST_PAUSE)


def pause_left(end: float | None, now: float) -> float:
    """Return the seconds of a pause still to wait; one too long to be ours was set by a wrong clock."""
    left = 0.0 if end is None else end - now
    return left if 0.0 < left <= LONGEST_PAUSE else 0.0


class RateLimiter(Protocol):
    """Whoever sends asks `reserve` first, and calls `sent` when the answer or the failure is there."""

    def reserve(self, path: str) -> float:
        """Count a request and return 0.0, or return the seconds to wait before asking again."""

    def sent(self, path: str) -> None:
        """Tell that the reserved request has ended, so that its window counts from now; others may learn it later."""

    def pause(self, seconds: float | None) -> None:
        """Make everybody wait after a 429; None where the server did not say how long."""

    def give_back(self) -> None:
        """Let others have what is held for requests to come, and learn what has ended: none will be sent soon."""


class MemoryRateLimiter:
    """A limiter for the threads of one process: of a script that has the key to itself, and no database."""

    def __init__(self, plan: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        buckets_for("", plan)
        self._plan = plan
        self._clock = clock
        self._lock = threading.Lock()
        self._slots: dict[str, _Slots] = {}
        self._pause_end: float | None = None

    def reserve(self, path: str) -> float:
        with self._lock:
            now = self._clock()
            slots = [self._of(bucket) for bucket in buckets_for(path, self._plan)]
            wait = max(pause_left(self._pause_end, now), *(each.wait(now) for each in slots))
            if wait <= 0.0:
                for each in slots:
                    each.take()
            return wait

    def sent(self, path: str) -> None:
        with self._lock:
            now = self._clock()
            for bucket in buckets_for(path, self._plan):
                self._of(bucket).give_back(now)

    def pause(self, seconds: float | None) -> None:
        with self._lock:
            self._pause_end = pause_end(self._pause_end, self._clock(), seconds)

    def give_back(self) -> None:
        """Nothing is held: a reservation costs nothing here."""

    def _of(self, bucket: Bucket) -> "_Slots":
        return self._slots.setdefault(bucket.name, _Slots(bucket.limit))


class _Slots:
    """The slots of one bucket: how many are on their way, and when each answered one is free again."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._on_their_way = 0
        self._free_at: deque[float] = deque()

    def wait(self, now: float) -> float:
        while self._free_at and self._free_at[0] <= now:
            self._free_at.popleft()
        if self._on_their_way + len(self._free_at) < self._limit:
            return 0.0
        return self._free_at[0] - now if self._free_at else NOBODY_KNOWS

    def take(self) -> None:
        self._on_their_way += 1

    def give_back(self, now: float) -> None:
        self._on_their_way -= 1
        self._free_at.append(now + WINDOW + MARGIN)
