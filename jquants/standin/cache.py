"""The latest answers, as long as they fit."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class ByteCache(Generic[T]):
    """Least recently used entries go when the sum of sizes (in bytes) exceeds `capacity`."""

    def __init__(self, capacity: int, size: Callable[[T], int]) -> None:
        self._capacity = capacity
        self._size = size
        self._lock = Lock()
        self._entries: OrderedDict[Hashable, T] = OrderedDict()
        self._total = 0

    def get_or_make(self, key: Hashable, make: Callable[[], T]) -> T:
        """Two threads may make the same entry at once; the later one is kept."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key]
        entry = make()
        with self._lock:
            self._put(key, entry)
        return entry

    def _put(self, key: Hashable, entry: T) -> None:
        if (old := self._entries.pop(key, None)) is not None:
            self._total -= self._size(old)
        self._entries[key] = entry
        self._total += self._size(entry)
        while self._total > self._capacity and len(self._entries) > 1:
            _, oldest = self._entries.popitem(last=False)
            self._total -= self._size(oldest)
