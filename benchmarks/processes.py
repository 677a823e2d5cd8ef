"""Real processes of the site on the scratch database, which end with the benchmark however it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from scheduler.models import SchedulerProcess

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 30


@contextmanager
def run_scheduler(workers: int) -> Iterator[psutil.Process]:
    """Run `manage.py runscheduler`; it is past its first pass when this yields its process."""
    with (
        tempfile.TemporaryFile("w+") as log,
        _started(
            "manage.py", "runscheduler", "--workers", str(workers), "--die-with-parent", log=log.fileno()
        ) as process,
    ):
        try:
            wait_for(SchedulerProcess.objects.filter(pid=process.pid).exists)
        except TimeoutError:
            log.seek(0)
            raise RuntimeError(f"runscheduler did not start:\n{log.read()}") from None
        yield psutil.Process(process.pid)


@contextmanager
def run_poller() -> Iterator[Callable[[], float]]:
    """Run the peer of the idle scheduler; yield what ends it and returns its CPU seconds a minute."""
    with _started("-m", "benchmarks.poller", log=subprocess.DEVNULL) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()  # its first look

        def finish() -> float:
            return float(process.communicate()[0])

        yield finish


@contextmanager
def _started(*arguments: str, log: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"LOG_LEVEL": "INFO"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if log == subprocess.DEVNULL else log,
        stderr=log,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def wait_for(check: Callable[[], bool], seconds: float = READY_SECONDS) -> None:
    """Return as soon as `check` is true. Raises TimeoutError."""
    ends_at = time.monotonic() + seconds
    while not check():
        if time.monotonic() > ends_at:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.05)


def cpu_seconds(process: psutil.Process) -> float:
    """Return what the process and all its descendants have used so far, in user and in system mode."""
    family = [process, *process.children(recursive=True)]
    return float(sum(sum(member.cpu_times()[:2]) for member in family))


def resident_bytes(process: psutil.Process) -> int:
    """Return what the process and all its descendants hold in memory, shared pages counted for each."""
    return sum(member.memory_info().rss for member in [process, *process.children(recursive=True)])
