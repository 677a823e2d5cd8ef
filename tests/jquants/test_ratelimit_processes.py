"""The limiter in the database, asked by real processes at once."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import ROOT, database_url

WORKERS = 3


class Worker:
    """A process that reserves as soon as it is released, until it is refused."""

    def __init__(self, path: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.jquants.ratelimit_worker", "premium", "made-up-key", path],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_url()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def is_ready(self) -> bool:
        return self.process.stdout is not None and self.process.stdout.readline() == "ready\n"

    def release(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def granted(self) -> int:
        return int(self.process.communicate(timeout=60)[0])


@pytest.fixture
def start(transactional_db: None) -> Iterator[Callable[[str], Worker]]:
    started: list[Worker] = []

    def start(path: str) -> Worker:
        started.append(Worker(path))
        return started[-1]

    yield start
    for worker in started:
        with worker.process:  # closes the pipes and waits
            worker.process.kill()


@pytest.mark.parametrize(("path", "limit"), [("/equities/bars/daily", 500), ("/fins/summary", 60)])
def test_r28_processes_at_once_are_granted_the_limit_together(
    start: Callable[[str], Worker], path: str, limit: int
) -> None:
    workers = [start(path) for _ in range(WORKERS)]
    assert all(worker.is_ready() for worker in workers)

    for worker in workers:
        worker.release()

    assert sum(worker.granted() for worker in workers) == limit
