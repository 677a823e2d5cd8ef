"""What a child process makes of the signals of its parent."""

from __future__ import annotations

import signal
from multiprocessing import Pipe
from uuid import uuid4

import pytest

from scheduler.claim import Claim
from scheduler.errors import Interrupted
from scheduler.executors.child import Child
from scheduler.pulse import Pulse, StopReason


@pytest.mark.parametrize(("seconds", "reason"), [(0, StopReason.TIMEOUT), (3600, StopReason.DRAIN)])
def test_r32_run_that_kept_its_own_thread_from_asking_has_timed_out(seconds: int, reason: StopReason) -> None:
    """A library that never lets go of the interpreter lock, or a database that does not answer, keeps the beat away."""
    child = Child(Pipe()[0], "worker")
    child.pulse = Pulse(Claim(1, uuid4(), timeout_seconds=seconds))
    child.pulse.performing = True
    with pytest.raises(Interrupted):
        child._interrupt(signal.SIGTERM, None)
    assert child.pulse.stopping is reason
