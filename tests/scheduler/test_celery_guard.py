"""The guard over a run in a process of a Celery worker."""

from __future__ import annotations

import os
import signal
from uuid import uuid4

import pytest
from pytest_django import Settings

from scheduler.claim import Claim
from scheduler.models import JobExecution
from scheduler.pulse import Pulse, StopReason

pytest.importorskip("celery", reason="Celery is an extra and is not installed")


def test_r32_process_that_does_not_stop_is_killed_even_if_its_end_cannot_be_written(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scheduler.executors.celery import _guard

    settings.SCHEDULER_KILL_AFTER_SECONDS = 0
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append((pid, number)))
    pulse = Pulse(Claim(2**31, uuid4(), timeout_seconds=1))  # there is no such row
    pulse.stop(StopReason.TIMEOUT)
    with pytest.raises(JobExecution.DoesNotExist):
        _guard(pulse)
    assert killed == [(os.getpid(), signal.SIGKILL)]
