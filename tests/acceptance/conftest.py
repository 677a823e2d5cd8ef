from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Command


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    """Return a function that starts `manage.py` without a key and with a SQLite file of its own, empty at first."""
    started: list[Command] = []

    def start(*arguments: str, **environment: str) -> Command:
        own = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "JQUANTS_API_KEY": ""}
        started.append(Command(*arguments, **own | environment))
        return started[-1]

    yield start
    for one in started:
        one.close()
