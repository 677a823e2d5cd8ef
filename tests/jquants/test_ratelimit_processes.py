"""The limiter in the database, asked by real processes at once."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from jquants.standin import StandinServer
from tests.conftest import ROOT, database_url

WORKERS = 3
SPEED = 30  # simulated seconds in a real one; more, and a busy machine outruns the limiter's patience
KEY = "made-up-key"


class Worker:
    """A process that starts to reserve, or to ask, as soon as it is released."""

    def __init__(self, module: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.jquants.{module}", *arguments],
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

    def said(self) -> str:
        return str(self.process.communicate(timeout=60)[0]).strip()


@pytest.fixture
def start(transactional_db: None) -> Iterator[Callable[..., Worker]]:
    started: list[Worker] = []

    def start(module: str, *arguments: str) -> Worker:
        started.append(Worker(module, *arguments))
        return started[-1]

    yield start
    for worker in started:
        with worker.process:  # closes the pipes and waits
            worker.process.kill()


@pytest.mark.parametrize(("path", "limit"), [("/equities/bars/daily", 500), ("/fins/summary", 60)])
def test_r28_processes_at_once_are_granted_the_limit_together(
    start: Callable[..., Worker], path: str, limit: int
) -> None:
    workers = [start("ratelimit_worker", "premium", KEY, path) for _ in range(WORKERS)]
    assert all(worker.is_ready() for worker in workers)

    for worker in workers:
        worker.release()

    assert sum(int(worker.said()) for worker in workers) == limit


def test_r28_two_machines_with_one_key_never_meet_a_429(start: Callable[..., Worker]) -> None:
    """Live jobs and backfills of two machines ask for three times what a minute allows."""
    begin = time.time()
    statuses: list[str] = []

    def clock() -> float:
        return begin + (time.time() - begin) * SPEED

    with StandinServer(plan="light", key=KEY, clock=clock, log=statuses.append) as server:
        hurried = (str(begin), str(SPEED))
        workers = [
            start("ratelimit_client", server.base_url, "light", KEY, "45", *hurried, kind)
            for kind in ("live", "backfill") * 2
        ]
        assert all(worker.is_ready() for worker in workers)
        for worker in workers:
            worker.release()
        assert [worker.said() for worker in workers] == ["done"] * 4

    assert clock() - begin > 120.0  # more than one window was needed
    assert len(statuses) == 180
    assert not [line for line in statuses if " 429 " in line]
