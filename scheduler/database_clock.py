"""The clock of the database, the only one that all machines have in common.

Who is judged by silence writes its time, and who judges reads it: a machine whose own clock is wrong is neither taken
for dead nor for alive.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

SKEW_SECONDS = 2.0  # between the clock of a process and the database's, from which it matters (R16)
KEEP_SECONDS = 10.0  # for how long a measured difference counts


def database_now() -> datetime:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            moment: datetime = cursor.fetchone()[0]
            return moment.astimezone(UTC)
        cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)


def offset_seconds(clock: Callable[[], datetime]) -> float:
    """Return by how much `clock` is ahead of the database's, behind when negative; a query.

    The time that the query takes is not counted: what is left is wrong for sure.
    """
    before = clock()
    theirs = database_now()
    after = clock()
    return round((max(before - theirs, timedelta(0)) + min(after - theirs, timedelta(0))).total_seconds(), 3)


@dataclass(frozen=True)
class _Difference:
    """By how much the clock of this machine was ahead, and when that was measured, by it and by a steady clock."""

    seconds: float
    wall: datetime
    steady: float

    @classmethod
    def measure(cls) -> _Difference:
        return cls(offset_seconds(timezone.now), timezone.now(), time.monotonic())

    @property
    def still_counts(self) -> bool:
        """Whether it is new enough, and the clock has not been set since."""
        passed = time.monotonic() - self.steady
        drift = (timezone.now() - self.wall).total_seconds() - passed
        return passed < KEEP_SECONDS and abs(drift) < SKEW_SECONDS


_difference: _Difference | None = None  # of the one clock that the process has


def database_time(moment: datetime) -> datetime:
    """Return `moment`, as the clock of this machine told it, by the database's clock; a query every ten seconds.

    A difference that does not matter (R16) is left as it is.
    """
    global _difference
    if _difference is None or not _difference.still_counts:
        _difference = _Difference.measure()
    if abs(_difference.seconds) <= SKEW_SECONDS:
        return moment
    return moment - timedelta(seconds=_difference.seconds)
