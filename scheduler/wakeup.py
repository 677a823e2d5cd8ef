"""Wake schedulers that sleep: NOTIFY and LISTEN on PostgreSQL; elsewhere their poll finds the work (R19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    import psycopg

CHANNEL = "scheduler_wakeup"


def notify() -> None:
    """Wake every scheduler once the current transaction commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


class Listener:
    """A connection of its own that becomes readable when somebody called `notify`. Never used on SQLite."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None

    def fileno_or_none(self) -> int | None:
        """Return what to wait on, connecting when needed; None where there is nothing to listen to."""
        if connection.vendor != "postgresql":
            return None
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        return self._connection.fileno()

    def _connect(self) -> psycopg.Connection:
        import psycopg

        parameters = connection.get_connection_params()
        for name in ("cursor_factory", "context"):
            parameters.pop(name, None)
        listening = psycopg.connect(**parameters, autocommit=True)
        listening.execute(f"LISTEN {CHANNEL}")
        return listening

    def drain(self) -> None:
        """Forget the notifications that have arrived."""
        if self._connection is not None:
            list(self._connection.notifies(timeout=0))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
