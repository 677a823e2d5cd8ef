"""/healthz and /readyz: right, cheap, and open to whoever watches."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from scheduler import health, probes
from scheduler.health import Readiness
from scheduler.models import SchedulerProcess
from scheduler.models.process import Role


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_readiness", Readiness())


@pytest.fixture
def unapplied(db: None) -> str:
    """A migration of ours that the database lacks."""
    MigrationRecorder(connection).record_unapplied("scheduler", "0001_initial")
    return "scheduler.0001_initial"


def test_healthz_asks_no_database(client: Client) -> None:  # the test may not use one
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_readyz_is_ready_with_database_migrations_and_scheduler(client: Client) -> None:
    SchedulerProcess.register(Role.SCHEDULER, timezone.now())
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "scheduler": "ok"}},
    )


@pytest.mark.django_db
def test_readyz_names_the_missing_scheduler(client: Client) -> None:
    SchedulerProcess.register(Role.SCHEDULER, timezone.now() - timedelta(minutes=1))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "failing",
        "checks": {
            "database": "ok",
            "migrations": "ok",
            "scheduler": "None was heard of lately; start manage.py runscheduler.",
        },
    }


def test_readyz_names_the_missing_migration(client: Client, unapplied: str) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {
        "database": "ok",
        "migrations": f"Run manage.py migrate: {unapplied}.",
    }


@pytest.mark.django_db
def test_readyz_names_the_database_and_none_of_its_secrets(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise OperationalError("password authentication failed for user hanako")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "It does not answer; the log has the reason."}
    assert caplog.records[0].action == "not_ready"  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_migrations_are_looked_at_once_a_minute(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    readiness = Readiness()
    readiness.check(now)
    with django_assert_num_queries(2):
        readiness.check(now + health.KEEP - timedelta(seconds=1))


def test_migrations_are_looked_at_again_after_a_minute(now: datetime, unapplied: str) -> None:
    readiness = Readiness()
    assert readiness.check(now)["migrations"] != "ok"
    MigrationRecorder(connection).record_applied("scheduler", "0001_initial")
    assert readiness.check(now + health.KEEP - timedelta(seconds=1))["migrations"] != "ok"
    assert readiness.check(now + health.KEEP)["migrations"] == "ok"


def test_migrations_are_looked_at_again_after_the_clock_was_set_back(now: datetime, unapplied: str) -> None:
    readiness = Readiness()
    readiness.check(now)
    MigrationRecorder(connection).record_applied("scheduler", "0001_initial")
    assert readiness.check(now - timedelta(days=1))["migrations"] == "ok"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_take_no_other_methods(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_probes_are_answered_without_https(client: Client, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    assert client.get("/healthz").status_code == 200
