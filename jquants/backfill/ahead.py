"""Prepare the next parts in a thread while the caller stores those before."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

Part = TypeVar("Part")


class Ahead(Generic[Part]):
    """Iterate over `parts` in a thread, which must not touch the database.

    It waits while what is not `done` and one more like the last may weigh more than `most`, so that memory stays
    bounded; a part that weighs more is on its own. What `parts` raises is raised in its place.
    Who reads holds less than half of `most` when asking for the next. Leaving the `with` waits for the thread.
    """

    def __init__(self, parts: Iterator[Part], *, weigh: Callable[[Part], int], most: int) -> None:
        self._parts = parts
        self._weigh = weigh
        self._most = most
        self._changed = threading.Condition()
        self._ready: deque[Part] = deque()
        self._weight = self._last = 0
        self._is_stopped = self._is_ended = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="jquants-ahead", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        self._thread.join()

    def __iter__(self) -> Iterator[Part]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ready or self._is_ended)
                if not self._ready:
                    break
                part = self._ready.popleft()
            yield part
        if self._error is not None:
            raise self._error

    def done(self, part: Part) -> None:
        """Note that `part` is not held any more."""
        with self._changed:
            self._weight -= self._weigh(part)
            self._changed.notify_all()

    def _work(self) -> None:
        try:
            while self._may_go_on():
                self._add(next(self._parts))
        except StopIteration:
            pass
        except BaseException as error:  # raised again where the parts are read
            self._error = error
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()

    def _may_go_on(self) -> bool:
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_stopped or not self._weight or self._weight + self._last <= self._most
            )
            return not self._is_stopped

    def _add(self, part: Part) -> None:
        with self._changed:
            self._last = self._weigh(part)
            self._weight += self._last
            self._ready.append(part)
            self._changed.notify_all()
