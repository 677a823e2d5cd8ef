from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from scheduler.models import Job, JobExecution


@pytest.fixture
def client(person: User) -> APIClient:
    """Asks as somebody who may do everything, in English."""
    return client_of(person)


@pytest.fixture
def client_with(db: None) -> Callable[..., APIClient]:
    """Return a function that makes a client whose user has just the named permissions."""

    def make(*codenames: str) -> APIClient:
        user = get_user_model().objects.create_user(f"user {User.objects.count()}")
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        assert user.user_permissions.count() == len(codenames)
        return client_of(user)

    return make


@pytest.fixture
def make_run(make_job: Callable[..., Job]) -> Callable[..., JobExecution]:
    """Return a function that queues a run of `job`, of a new one without it."""

    def make(job: Job | None = None, **fields: Any) -> JobExecution:
        from scheduler import ticks
        from scheduler.models import Trigger
        from tests.conftest import NOW

        run = ticks.new_run(job or make_job(), fields.pop("trigger", Trigger.MANUAL), NOW, **fields)
        run.save()
        return run

    return make


def client_of(user: User) -> APIClient:
    client = APIClient(headers={"Accept": "application/json", "Accept-Language": "en"})
    client.force_authenticate(user)
    return client
