"""The process behind jquants.backfill.decoder; its argument is the descriptor of its end of the pipe.

Caller -> process: an Order. Process -> caller, with the number of the order: the path of each file, beside the ordered one, in
which a day lies decoded; then whether all days were. What does not fit is not told of: the caller reads it again itself, and meets its error.
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
    from jquants.backfill.decoder import Order

MOST_ROWS = 150_000  # that lie decoded: a month of quotes, not of minutes; a day may have more
PATIENCE = 0.02  # seconds between looks at whether the caller has come on


def main() -> None:
    """Serve until the caller is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the caller decides
    pipe: Connection[Any, Any] = Connection(int(sys.argv[1]))
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    django.setup()  # an order names what Django has to know
    threading.Thread(target=_listen, args=(pipe, orders), daemon=True).start()
    while True:
        order = orders.get()
        pipe.send((order.number, _is_decoded(pipe, order)))


def _listen(pipe: Connection[Any, Any], orders: queue.SimpleQueue[Order]) -> None:
    """Take orders; when the caller is gone, however it went, end at once."""
    try:
        while True:
            orders.put(pipe.recv())
    except (EOFError, OSError):
        pass
    finally:
        os._exit(0)


def _is_decoded(pipe: Connection[Any, Any], order: Order) -> bool:
    """Tell of each day as soon as it is decoded; return whether that is all of them."""
    from jquants.memory import collection_paused

    try:
        with collection_paused():
            for path in _decoded(order):
                pipe.send((order.number, path))
    except Exception:
        return False
    return True


def _decoded(order: Order) -> Iterator[Path]:
    """Yield where each of the days lies; not far ahead of the caller, who removes what it has stored.

    Raises what keeps a day from being decoded.
    """
    from jquants import bulk, datasets
    from jquants.datasets.table import decode

    dataset = next(each for each in datasets.ALL if each.slug == order.dataset)
    lying: dict[Path, int] = {}
    for number, (day, rows) in enumerate(bulk.read(dataset, order.path)):
        if day not in order.days:
            continue
        lying[path := order.path.with_name(f"decoded-{number}")] = len(rows)
        with path.open("wb") as file:
            marshal.dump(decode(dataset, rows, day=day).packed(), file, 2)  # back references take longer
        del rows  # a day of minutes is hundreds of megabytes
        yield path
        while sum(count for path, count in lying.items() if path.exists()) > MOST_ROWS:
            time.sleep(PATIENCE)


if __name__ == "__main__":
    main()
