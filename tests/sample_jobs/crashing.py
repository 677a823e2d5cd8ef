"""Kill a process at a named point of the engine, once: the engine itself knows nothing of it.

A test sets CRASH_AT to the names of points, joined by commas, CRASH_MARKS to a folder, and CRASH_WHOLE when the
power fails for all processes of the group rather than for the one at the point. Loaded by the schedulers, by the
processes they fork and by Celery's, as each of them loads this app.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce, wraps
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Point:
    """Right before or right after a call of a function of the engine."""

    module: str
    function: str  # or "Class.method"
    is_after: bool = True


POINTS = {
    # in the scheduler
    "batch before commit": Point("scheduler.batch", "_insert"),
    "batch after commit": Point("scheduler.batch", "dispatch"),
    "dispatch before commit": Point("scheduler.dispatch", "_start"),
    "dispatch after commit": Point("scheduler.dispatch", "_dispatch"),
    "claim before commit": Point("scheduler.claim", "claim_next"),
    "claim after commit": Point("scheduler.executors.embedded", "claim"),
    "after spawn": Point("scheduler.executors.embedded", "EmbeddedExecutor._submit"),
    "drain": Point("scheduler.executors.embedded", "EmbeddedExecutor.drain"),
    "rescue before commit": Point("scheduler.rescue", "_after_loss"),
    "rescue after commit": Point("scheduler.rescue", "lose"),
    "before message": Point("scheduler.executors.celery", "CeleryExecutor._send", is_after=False),
    "after message": Point("scheduler.executors.celery", "CeleryExecutor._send"),
    # where the run is performed
    "next claim before commit": Point("scheduler.executors.child", "claim_next"),
    "next claim after commit": Point("scheduler.executors.child", "announce", is_after=False),
    "message claimed": Point("scheduler.tasks", "claim"),
    "before perform": Point("scheduler.runner", "_perform", is_after=False),
    "inside perform": Point("tests.sample_jobs.jobs", "Nothing.perform"),
    "before finish": Point("scheduler.runner", "_finish", is_after=False),
    "after finish": Point("scheduler.runner", "_finish"),
}


def arm() -> None:
    """Put the crashes that are asked for in their places."""
    for name in filter(None, os.environ.get("CRASH_AT", "").split(",")):
        *path, attribute = POINTS[name].function.split(".")
        owner: Any = reduce(getattr, path, import_module(POINTS[name].module))
        setattr(owner, attribute, _crashing(getattr(owner, attribute), name))


def _crashing(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if not POINTS[name].is_after:
            crash(name)
        result = function(*args, **kwargs)
        if POINTS[name].is_after:
            crash(name)
        return result

    return wrapped


def crash(name: str) -> None:
    """End at once, as by a power cut; the processes that come here later find the mark and live."""
    try:
        (Path(os.environ["CRASH_MARKS"]) / name).touch(exist_ok=False)
    except FileExistsError:
        return
    if "CRASH_WHOLE" in os.environ:
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
