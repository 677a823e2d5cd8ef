from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from scheduler import ticks
from scheduler.models import Job, JobExecution, SchedulerProcess, Status, Trigger
from scheduler.models.process import Role

ClientWho = Callable[..., Client]
MakeExecution = Callable[..., JobExecution]


@pytest.fixture(autouse=True)
def _only_the_jobs_of_the_test(db: None) -> None:
    Job.objects.all().delete()


@pytest.fixture
def client_who(db: None) -> ClientWho:
    """Return a function that logs a member of staff in who holds the named permissions of the scheduler."""

    def log_in(*codenames: str) -> Client:
        user = get_user_model().objects.create_user(f"taro-{'-'.join(codenames)}", is_staff=True)
        found = Permission.objects.filter(content_type__app_label="scheduler", codename__in=codenames)
        assert len(found) == len(codenames)
        user.user_permissions.set(found)
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def make_execution() -> MakeExecution:
    """Return a function that saves an execution of a job in any status."""

    def make(job: Job, status: Status = Status.COMPLETED, **fields: Any) -> JobExecution:
        moment = timezone.now()
        ended: dict[str, Any] = {"started_at": moment, "completed_at": moment}
        held: dict[str, Any] = {
            "started_at": moment,
            "heartbeat_at": moment,
            "token": "0" * 32,
            "holds_slot": True,
        }
        defaults: dict[str, Any] = {
            Status.QUEUED: {"holds_slot": True},
            Status.RUNNING: held,
            Status.CANCELLING: held,
            Status.RETRY_WAIT: {"holds_slot": True},
            Status.SKIPPED: {"completed_at": moment, "scheduled_for": moment},
        }.get(status, ended)
        execution = ticks.new_run(job, Trigger.MANUAL, moment, status=status, **(defaults | fields))
        execution.save()
        return execution

    return make


@pytest.fixture
def alive(db: None) -> SchedulerProcess:
    """A scheduler that was heard of just now."""
    return SchedulerProcess.register(Role.SCHEDULER, timezone.now())
