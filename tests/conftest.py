from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone, translation

from scheduler import database_clock
from scheduler.audit import Actor, Channel
from scheduler.models import Job

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # a Friday, 17:00 in Tokyo


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep SQLite's test database in a file: threads and processes share it as they do in real life."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """Forget the language that a test has activated."""
    yield
    translation.deactivate()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def set_database_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Return a function that sets the clock of the database ahead of ours."""

    def set_clock(ahead: timedelta) -> None:
        monkeypatch.setattr(database_clock, "database_now", lambda: timezone.now() + ahead)
        monkeypatch.setattr(database_clock, "_difference", None)

    return set_clock


@pytest.fixture
def person(db: None) -> User:
    """Somebody who may do everything."""
    return get_user_model().objects.create_superuser("hanako", password="secret-of-hanako")


@pytest.fixture
def actor(person: User) -> Actor:
    return Actor(person, Channel.ADMIN)


@pytest.fixture
def make_job(db: None) -> Callable[..., Job]:
    """Return a function that saves a job of a sample type; a given next_run_at is its cursor."""

    def make(job_type: str = "nothing", **fields: Any) -> Job:
        parameters = fields.pop("parameters", None)
        job = Job(
            job_type=job_type,
            **{"name": f"a job {Job.objects.count()}", "schedule": "0 6 * * *", "is_enabled": True} | fields,
        )
        defaults = job.type.default_parameters if job.type else {}
        job.parameters = defaults if parameters is None else parameters
        job.save()
        return job

    return make


class Command:
    """A real process of ours on the test database, by default a `manage.py` command."""

    def __init__(
        self, *arguments: str, program: tuple[str, ...] = (sys.executable, "manage.py"), **environment: str
    ) -> None:
        self.process = subprocess.Popen(
            [*program, *arguments],
            cwd=ROOT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "DATABASE_URL": database_url(),
                "PYTHONUNBUFFERED": "1",
            }
            | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.output = ""

    def wait_for(self, text: str, seconds: float = 20) -> str:
        """Read the output until it contains `text`; fail loudly when it does not in time."""
        pipe: IO[bytes] = self.process.stdout  # type: ignore[assignment]
        ends_at = time.monotonic() + seconds
        while text not in self.output:
            remaining = ends_at - time.monotonic()
            if remaining <= 0 or not select.select([pipe], [], [], remaining)[0]:
                raise AssertionError(f"no {text!r} within {seconds} s in:\n{self.output}")
            chunk = os.read(pipe.fileno(), 65536).decode()
            if not chunk:
                raise AssertionError(f"ended without {text!r}:\n{self.output}")
            self.output += chunk
        return self.output

    def ended(self, seconds: float = 20) -> int:
        """Wait for the end; return the exit status."""
        output, _ = self.process.communicate(timeout=seconds)
        self.output += output.decode()
        return self.process.returncode

    def kill(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)

    def close(self) -> None:
        """Kill the process and its group if it still runs; close the pipes."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def database_url() -> str:
    """Return the URL of the test database, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return f"postgresql://{database['USER']}:@/{database['NAME']}?host={database['OPTIONS']['host']}"


@pytest.fixture
def command(transactional_db: None) -> Iterator[Callable[..., Command]]:
    """Return a function that starts `manage.py` with arguments; whatever still runs at the end is killed.

    The jobs that migrate created are off, lest one of them comes due at the hour at which the tests run.
    """
    started: list[Command] = []
    Job.objects.update(is_enabled=False, next_run_at=None)

    def start(*arguments: str, **options: Any) -> Command:
        started.append(Command(*arguments, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


def eventually(check: Callable[[], Any], seconds: float = 20) -> Any:
    """Return what `check` returns as soon as it is true; fail when it never is."""
    ends_at = time.monotonic() + seconds
    while not (result := check()):
        if time.monotonic() > ends_at:
            raise AssertionError(f"never true within {seconds} s")
        time.sleep(0.02)
    return result
