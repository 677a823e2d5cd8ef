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

DEPTH = 2  # answers that wait to be stored; each is a whole market's day in memory
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
    After a large answer the thread waits until the reader comes for the next one: memory holds one of those.
    Leaving the `with` stops the thread.
    """

    def __init__(
        self,
        check_stop: Callable[[], None],
        *,
        idle: Callable[[], None] = lambda: None,
        is_large: Callable[[Answer], bool] = lambda answer: False,
    ) -> None:
        self._check_stop = check_stop
        self._idle = idle
        self._is_large = is_large
        self._visits = 0  # of the reader, who has dealt with all answers but the last it came for
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
        self._visits += 1
        while True:
            self._check_stop()
            try:
                answered = self._answers.get(timeout=PATIENCE)
            except Empty:
                self._idle()
                continue
            if isinstance(answered, _Failure):
                raise answered.error
            return answered

    def _work(self, ask: Callable[[Item], Answer], items: Sequence[Item]) -> None:
        try:
            for number, item in enumerate(items, 1):
                if self._fetch(ask, item):
                    self._await_reader(number)
        except BaseException as error:  # raised again where the answers are read
            self._put(_Failure(error))
        finally:
            connections.close_all()

    def _fetch(self, ask: Callable[[Item], Answer], item: Item) -> bool:
        """Hand an answer on; return whether it is a large one. No reference to it stays here."""
        answer = ask(item)
        self._put((item, answer))
        return self._is_large(answer)

    def _await_reader(self, number: int) -> None:
        """Wait until the reader has dealt with the first `number` answers."""
        while self._visits <= number and not self._stopped.wait(PATIENCE):
            pass

    def _put(self, answered: tuple[Item, Answer] | _Failure) -> None:
        while not self._stopped.is_set():
            try:
                self._answers.put(answered, timeout=PATIENCE)
            except Full:
                continue
            return
