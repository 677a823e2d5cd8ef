"""Who performs executions. The row is the truth with each of them: they differ in how a claim is made."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any, Protocol


class Executor(Protocol):
    """What the scheduler process asks of an executor."""

    @property
    def busy(self) -> Sized:
        """What is being performed by this process."""
        ...

    @property
    def has_room(self) -> bool:
        """Whether a run that comes now could start."""
        ...

    def start(self) -> None: ...

    def work(self, now: datetime, *, only: int | None = None) -> None:
        """See to it that what may start now starts; `only` restricts to one execution."""

    def collect(self, now: datetime) -> bool:
        """Take note of what has ended; return whether there is room since."""
        ...

    def enforce(self) -> None:
        """Stop by force what does not stop when asked (R32)."""

    def waitables(self) -> Iterable[Connection[Any, Any] | int]:
        """Return what becomes readable when `collect` has something to do."""
        ...

    def retire(self) -> None:
        """Start nothing more."""

    def drain(self) -> None:
        """Ask every run of this process to stop (R38)."""

    def stop(self, now: datetime) -> None:
        """End at once; what was still held is queued again."""
