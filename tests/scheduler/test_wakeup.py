"""Waiting for somebody's change."""

from __future__ import annotations

import os

import pytest
from django.db import DatabaseError, connection

from scheduler.models import SchedulerSettings
from scheduler.wakeup import SQLiteListener

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL notifies"),
]


def test_ready_source_is_returned_at_once() -> None:
    reading, writing = os.pipe()
    listener = SQLiteListener()
    listener.wait([], 0)
    os.write(writing, b"x")
    assert listener.wait([reading], 30) == [reading]
    for end in (reading, writing):
        os.close(end)


def test_nothing_is_returned_when_the_time_is_over() -> None:
    listener = SQLiteListener()
    listener.wait([], 0)
    assert listener.wait([], 0.01) == []


def test_broken_connection_is_told_as_every_error_of_the_database() -> None:
    """So that the scheduler rides it out (R39)."""
    SchedulerSettings.load()
    connection.connection.close()
    with pytest.raises(DatabaseError):
        SQLiteListener().wait([], 0)
    connection.close()
