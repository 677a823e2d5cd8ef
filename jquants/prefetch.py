"""Fetch the next partitions in a thread while the caller stores the one before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, Full, Queue
from types import TracebackType
from typing import Generic, Self, TypeVar

from django.db import connections

from scheduler.errors import Interrupted

Item = TypeVar("Item")
Answer = TypeVar("Answer")

DEPTH = 5  # answers that wait to be stored, where they are small
PATIENCE = 0.1  # seconds between looks at whether to stop
LONGEST_GOODBYE = 1.0  # seconds; a request on its way cannot be broken off, and is not waited for


@dataclass(frozen=True)
class _Failure:
    """What `ask` raised; an answer may be an exception too."""

    error: BaseException


class FetchAhead(Generic[Item, Answer]):
    """Call `ask` for each of `items` in a thread, at most DEPTH ahead of who iterates over the answers.

    The thread touches the database only through what `ask` itself uses, and closes its connections.
    `check_stop` is called while waiting for an answer and may raise; `idle` where none comes for a moment.
    The thread waits while the answers that the reader has not dealt with `weigh` `most` or more together: memory
    holds that much and one answer. Leaving the `with` stops the thread.
    """

    def __init__(
        self,
        check_stop: Callable[[], None],
        *,
        idle: Callable[[], None] = lambda: None,
        weigh: Callable[[Answer], int] = lambda answer: 0,
        most: int = 1,
    ) -> None:
        self._check_stop = check_stop
        self._idle = idle
        self._weigh = weigh
        self._most = most
        self._weight = 0  # of what the reader has not dealt with
        self._being_read = 0  # of that, the answer it came for last
        self._lighter = threading.Condition()
        self._stopped = threading.Event()
        self._answers: Queue[tuple[Item, Answer] | _Failure] = Queue(DEPTH)
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(LONGEST_GOODBYE)

    def wait(self, seconds: float) -> None:
        """Sleep in the thread; raises Interrupted as soon as nobody wants its answers any more."""
        if self._stopped.wait(seconds):
            raise Interrupted

    def each(self, ask: Callable[[Item], Answer], items: Sequence[Item]) -> Iterator[tuple[Item, Answer]]:
        """Yield each item with its answer, in order; what `ask` raises is raised here, at its item."""
        self._thread = threading.Thread(
            target=self._work, args=(ask, items), name="jquants-fetch", daemon=True
        )
        self._thread.start()
        for _ in items:
            yield self._next()  # without a name: it is the reader's alone

    def _next(self) -> tuple[Item, Answer]:
        with self._lighter:
            self._weight -= self._being_read
            self._being_read = 0
            self._lighter.notify()
        while True:
            self._check_stop()
            try:
                answered = self._answers.get(timeout=PATIENCE)
            except Empty:
                self._idle()
                continue
            if isinstance(answered, _Failure):
                raise answered.error
            self._being_read = self._weigh(answered[1])
            return answered

    def _work(self, ask: Callable[[Item], Answer], items: Sequence[Item]) -> None:
        try:
            for item in items:
                self._await_room()
                if self._stopped.is_set():
                    return
                self._fetch(ask, item)
        except BaseException as error:  # raised again where the answers are read
            self._put(_Failure(error))
        finally:
            connections.close_all()

    def _await_room(self) -> None:
        with self._lighter:
            while self._weight >= self._most and not self._stopped.is_set():
                self._lighter.wait(PATIENCE)

    def _fetch(self, ask: Callable[[Item], Answer], item: Item) -> None:
        """Hand an answer on; no reference to it stays here."""
        answer = ask(item)
        with self._lighter:
            self._weight += self._weigh(answer)
        self._put((item, answer))

    def _put(self, answered: tuple[Item, Answer] | _Failure) -> None:
        while not self._stopped.is_set():
            try:
                self._answers.put(answered, timeout=PATIENCE)
            except Full:
                continue
            return
