"""Decoded days on their way from a fetch to the database: some of them in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from jquants.datasets.table import Packed

MOST_ROWS = 20_000  # of days that are stored together; a day may have more
MOST_SECONDS = 2.0  # that a day waits for the next ones


class Batch:
    """Gather tables and `store` them together: at first one, then two, then four ...

    All days share the pages of an index by issue, and each transaction writes those pages once. That the first
    goes alone shows a person that something comes, and lets a run that fails at a later table always get on.
    Leaving the `with` stores what is left, whatever the reason: it was asked for and it came.
    """

    def __init__(
        self, store: Callable[[Sequence[Packed]], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._size = 1
        self._tables: list[Packed] = []
        self._since = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.flush()

    def __len__(self) -> int:
        return len(self._tables)

    def add(self, table: Packed) -> None:
        if not self._tables:
            self._since = self._clock()
        self._tables.append(table)
        if self._is_full():
            self.flush()
            self._size *= 2

    def flush(self) -> None:
        """Store what is held; should that fail, it is held no more."""
        tables, self._tables = self._tables, []
        if tables:
            self._store(tables)

    def _is_full(self) -> bool:
        return (
            len(self._tables) >= self._size
            or sum(table.row_count for table in self._tables) >= MOST_ROWS
            or self._clock() - self._since >= MOST_SECONDS
        )
