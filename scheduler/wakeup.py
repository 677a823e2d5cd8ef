"""Wake schedulers that sleep, so that "run now" starts at once and not with the next poll (R19).

PostgreSQL: NOTIFY and LISTEN. SQLite: `PRAGMA data_version`, which tells without a lock whether somebody
else has written.
"""

from __future__ import annotations

import sqlite3
import time
from multiprocessing.connection import Connection, wait
from selectors import EVENT_READ, PollSelector
from typing import Any, Protocol, TypeAlias

import psycopg
from django.db import connection

CHANNEL = "scheduler_wakeup"
SQLITE_LOOK_SECONDS = 0.05

Source: TypeAlias = "Connection[Any, Any] | int"


def notify() -> None:
    """Wake every scheduler once the current transaction commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


class Listener(Protocol):
    def wait(self, sources: list[Source], timeout: float) -> list[Any]:
        """Wait for one of `sources`, for somebody's change, or for `timeout` seconds; return the ready sources."""

    def close(self) -> None: ...


def listener() -> Listener:
    """Return the listener that fits the database."""
    return PostgresListener() if connection.vendor == "postgresql" else SQLiteListener()


class PostgresListener:
    """A connection of its own that becomes readable when somebody called `notify`."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None

    def wait(self, sources: list[Source], timeout: float) -> list[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
            return wait(sources, 0)  # what came before we listened is for the next pass to find
        ready = wait([*sources, self._connection.fileno()], timeout)
        list(self._connection.notifies(timeout=0))  # forget what has arrived
        return ready

    def _connect(self) -> psycopg.Connection:
        parameters = connection.get_connection_params()
        for name in ("cursor_factory", "context"):
            parameters.pop(name, None)
        listening = psycopg.connect(**parameters, autocommit=True)
        listening.execute(f"LISTEN {CHANNEL}")
        return listening

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class SQLiteListener:
    """Looks twenty times a second whether another connection has committed since the last wait.

    It asks Django's connection, which must be kept open: versions of two connections do not compare.
    """

    def __init__(self) -> None:
        self._seen: int | None = None

    def wait(self, sources: list[Source], timeout: float) -> list[Any]:
        ends_at = time.monotonic() + timeout
        connection.ensure_connection()
        with connection.wrap_database_errors, PollSelector() as selector:
            database = (
                connection.connection.cursor()
            )  # for all looks, as the selector: to make them costs more
            for source in sources:
                selector.register(source, EVENT_READ)
            while True:
                has_changed, remaining = self._has_changed(database), ends_at - time.monotonic()
                seconds = 0.0 if has_changed else min(SQLITE_LOOK_SECONDS, remaining)
                ready = [key.fileobj for key, _events in selector.select(seconds)]
                if ready or has_changed or remaining <= SQLITE_LOOK_SECONDS:
                    return ready

    def _has_changed(self, database: sqlite3.Cursor) -> bool:
        ((version,),) = database.execute("PRAGMA data_version")
        has_changed = bool(version != self._seen)
        self._seen = version
        return has_changed

    def close(self) -> None:
        """Forget the version, which the next connection counts anew."""
        self._seen = None
