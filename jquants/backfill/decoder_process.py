"""The process behind jquants.backfill.decoder; its argument is the descriptor of its end of the pipe.

Caller -> process: a Task. Process -> caller, each with the number of the task: the paths of files, beside the task's, in
which a day lies decoded; then whether all days do. What does not fit is not told of: the caller reads it again itself, and
meets its error.
"""

from __future__ import annotations

import marshal
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from jquants.backfill.decoder import Task

MOST_ROWS = 150_000  # that lie decoded: a month of quotes, not of minutes; a day may have more
PATIENCE = 0.02  # seconds between looks at whether the caller has come on


def main() -> None:
    """Serve until the caller is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the caller decides
    pipe: Connection[Any, Any] = Connection(int(sys.argv[1]))
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    django.setup()  # a task names what Django has to know
    threading.Thread(target=_listen, args=(pipe, tasks), daemon=True).start()
    while True:
        task = tasks.get()
        pipe.send((task.number, _is_decoded(pipe, task)))


def _listen(pipe: Connection[Any, Any], tasks: queue.SimpleQueue[Task]) -> None:
    """Take tasks; when the caller is gone, however it went, end at once."""
    try:
        while True:
            tasks.put(pipe.recv())
    except (EOFError, OSError):
        pass
    finally:
        os._exit(0)


def _is_decoded(pipe: Connection[Any, Any], task: Task) -> bool:
    """Tell of each day as soon as it is decoded; return whether that is all of them."""
    from jquants.memory import collection_paused

    try:
        with collection_paused():
            for path in _decoded(task):
                pipe.send((task.number, path))
    except Exception:
        return False
    return True


def _decoded(task: Task) -> Iterator[Path]:
    """Yield where each of the days lies; not far ahead of the caller, who removes what it has stored.

    Raises what keeps a day from being decoded.
    """
    from jquants import bulk, datasets
    from jquants.datasets.table import decode

    dataset = next(each for each in datasets.ALL if each.slug == task.dataset)
    lying: dict[Path, int] = {}
    for day, rows in bulk.read(dataset, task.path):
        if day not in task.days:
            continue
        lying[path := task.path.with_name(f"decoded-{len(lying)}")] = len(rows)
        with path.open("wb") as file:
            marshal.dump(tuple(decode(dataset, rows, day=day).packed()), file)
        del rows  # a day of minutes is hundreds of megabytes
        yield path
        while sum(count for path, count in lying.items() if path.exists()) > MOST_ROWS:
            time.sleep(PATIENCE)


if __name__ == "__main__":
    main()
