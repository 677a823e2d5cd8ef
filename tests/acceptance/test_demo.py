"""`manage.py demo` as a newcomer meets it: the first data, the site, and an end without leftovers."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from django.db import connection
from django.db.models import Model

from jquants.demo import DemoError, Scheduler, bind, serve
from jquants.models import (
    Coverage,
    CoverageStatus,
    DailyQuote,
    DataSource,
    ListedCompany,
    ListedCompanyHistory,
    TradingDay,
)
from scheduler.models import Job, JobExecution, SchedulerProcess, Status
from tests.acceptance.processes import descendants_of, is_alive, is_listening
from tests.conftest import Command, eventually

Start = Callable[..., Command]

READY = "Ctrl-C ends it"
SECONDS = 60  # until the first data are there, on a busy machine
DATA = (TradingDay, ListedCompany, ListedCompanyHistory, DailyQuote)

REFUSE = {
    "sqlite": "CREATE TRIGGER {table}_kept_{verb} BEFORE {verb} ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} is rewritten'); END",
    "postgresql": "CREATE TRIGGER {table}_kept_{verb} BEFORE {verb} ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()",
}
REFUSAL = """CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'rewritten'; END $$"""


@contextmanager
def rows_kept() -> Iterator[None]:
    """Make the database itself refuse every update and every deletion of a row of data."""
    tables = [(model._meta.db_table, verb) for model in DATA for verb in ("UPDATE", "DELETE")]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(REFUSAL)
        for table, verb in tables:
            cursor.execute(REFUSE[connection.vendor].format(table=table, verb=verb))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("DROP FUNCTION refuse_rewriting CASCADE")
            else:
                for table, verb in tables:
                    cursor.execute(f"DROP TRIGGER {table}_kept_{verb}")


def content(model: type[Model]) -> set[tuple[object, ...]]:
    """Return all rows with all their columns."""
    return set(model._default_manager.values_list())


def executions() -> dict[str, JobExecution]:
    """Return the newest execution of each job, all completed."""
    newest = {run.job_type: run for run in JobExecution.objects.order_by("pk")}
    assert {name: run.status for name, run in newest.items()} == dict.fromkeys(
        ("trading_calendar", "listed_companies", "daily_quotes"), Status.COMPLETED
    )
    return newest


# --- --once ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_demo_fetches_the_market_and_the_next_time_only_what_is_new(command: Start) -> None:
    first = command("demo", "--once", JQUANTS_API_KEY="")
    assert first.ended(SECONDS) == 0, first.output
    executions()
    quotes = Coverage.objects.filter(dataset="daily_quotes", status=CoverageStatus.FETCHED).order_by("day")
    stored = {each.day: each.rows for each in quotes if each.day}
    assert TradingDay.objects.count() > 365
    assert ListedCompany.objects.listed().count() >= 4_000
    assert len(stored) >= 5
    assert DailyQuote.objects.count() == sum(stored.values()) >= 20_000
    for model, name in (
        (TradingDay, "trading_calendar"),
        (ListedCompany, "listed_companies"),
        (DailyQuote, "daily_quotes"),
    ):
        assert re.search(rf"{name}\W+{model._default_manager.count():,}\W.*completed", first.output), (
            first.output
        )

    newest, missed = max(stored), stored[max(stored)]
    before = {model: content(model) for model in DATA}
    DailyQuote.objects.filter(date=newest).delete()
    quotes.filter(day=newest).delete()
    kept = content(DailyQuote)
    with rows_kept():
        second = command("demo", "--once", JQUANTS_API_KEY="")
        assert second.ended(SECONDS) == 0, second.output
    ran = executions()
    counts = {name: (run.rows_fetched, run.rows_inserted, run.rows_updated) for name, run in ran.items()}
    assert counts == {
        "trading_calendar": (len(before[TradingDay]), 0, 0),
        "listed_companies": (0, 0, 0),
        "daily_quotes": (missed, missed, 0),
    }
    assert content(DailyQuote) > kept
    assert {row[1:] for row in content(DailyQuote)} == {row[1:] for row in before[DailyQuote]}  # but for ids
    assert all(content(model) == before[model] for model in DATA if model is not DailyQuote)
    assert {each.day: each.rows for each in quotes.all()} == stored


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_demo_with_a_key_uses_the_api_that_the_settings_name(command: Start) -> None:
    Job.objects.filter(job_type="daily_quotes").update(parameters={"days": 1})
    standin = command("jquantsstandin", "--plan", "light", "--key", "our-own-key")
    base_url = standin.wait_for("/v2\n").splitlines()[0]
    environment = {
        "JQUANTS_API_KEY": "our-own-key",
        "JQUANTS_BASE_URL": base_url,
        "JQUANTS_PLAN": "light",
    }
    demo = command("demo", "--once", **environment)
    assert demo.ended(SECONDS) == 0, demo.output
    assert f"Fetching from {base_url}" in demo.output
    assert "our-own-key" not in demo.output
    executions()
    assert DataSource.objects.get().base_url == base_url
    assert DailyQuote.objects.values("date").distinct().count() == 1


# --- the site ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """A demo that serves."""

    demo: Command
    port: int
    password: str
    family: list[int]

    @classmethod
    def of(cls, demo: Command) -> Site:
        output = demo.wait_for(READY, SECONDS)
        found = re.search(r"http://127\.0\.0\.1:(\d+)/ .*login: demo .*password: (\S+)", output)
        assert found, output
        return cls(demo, int(found[1]), found[2], descendants_of(demo.process.pid))

    def dashboard(self) -> str:
        """Log in as a browser does; return the page one lands on."""
        address = f"http://127.0.0.1:{self.port}"
        with requests.Session() as browser:
            browser.headers["Accept-Language"] = "en"
            form = browser.get(f"{address}/", timeout=20)
            assert "/admin/login/" in form.url
            answer = browser.post(
                form.url,
                data={
                    "username": "demo",
                    "password": self.password,
                    "csrfmiddlewaretoken": browser.cookies["csrftoken"],
                    "next": "/admin/",
                },
                headers={"Referer": form.url},
                timeout=20,
            )
        assert (answer.status_code, answer.url) == (200, f"{address}/admin/")
        return answer.text

    def assert_gone(self) -> None:
        """Fail unless the site's port and every process that the demo started are gone soon."""
        assert len(self.family) >= 4  # the stand-in, the scheduler, its fork server, its workers
        eventually(lambda: not any(is_alive(pid) for pid in self.family), seconds=10)
        assert not is_listening(self.port)


def test_demo_serves_and_leaves_nothing_behind_however_it_ends(newcomer: Start) -> None:
    stopped = newcomer("demo")
    stopped.wait_for("daily_quotes", SECONDS)
    family = descendants_of(stopped.process.pid)
    stopped.kill(signal.SIGTERM)
    assert stopped.ended() == 130
    assert stopped.output.endswith("Stopped.\n")
    assert "Traceback" not in stopped.output
    assert not any(is_alive(pid) for pid in family)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        site = Site.of(newcomer("demo", "--port", str(port)))
    assert site.port != port
    page = site.dashboard()
    assert "Stand-in data" in page
    assert re.search(r"Listed issues.*?\b4,\d{3}\b", page, re.DOTALL)
    assert "No scheduler is running" not in page
    site.demo.kill(signal.SIGKILL)
    site.demo.process.wait()

    again = Site.of(newcomer("demo", "--port", str(port)))
    site.assert_gone()
    assert (again.port, again.password) == (port, site.password)
    assert re.search(r"daily_quotes.*completed\W+0\W+0\W+0\W+0\b", again.demo.output)
    os.killpg(again.demo.process.pid, signal.SIGINT)  # as a terminal does
    assert again.demo.ended() == 0
    again.assert_gone()


def test_demo_whose_scheduler_is_killed_ends_and_says_so(newcomer: Start) -> None:
    demo = newcomer("demo")
    demo.wait_for("daily_quotes", SECONDS)
    family = descendants_of(demo.process.pid)
    (scheduler,) = [pid for pid in family if is_running(pid, "runscheduler")]
    os.kill(scheduler, signal.SIGKILL)
    assert demo.ended() == 1
    assert "CommandError: The demo's scheduler has ended; start the demo again. Its log is " in demo.output
    assert "Traceback" not in demo.output
    eventually(lambda: not any(is_alive(pid) for pid in family), seconds=10)


def is_running(pid: int, command: str) -> bool:
    return command.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


def test_site_of_the_demo_ends_with_the_scheduler(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], text=True) as process:
        process.wait()
    server = bind(0, Scheduler(process, tmp_path / "log"))
    with pytest.raises(DemoError, match="has ended"):
        serve(server)


# --- what keeps it from starting ---------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_demo_beside_a_scheduler_is_one_clear_line(command: Start) -> None:
    scheduler = command("runscheduler")
    scheduler.wait_for("scheduler started")
    eventually(SchedulerProcess.objects.exists)
    demo = command("demo", "--once", JQUANTS_API_KEY="")
    assert demo.ended() == 1
    assert demo.output.splitlines() == [
        f"CommandError: A scheduler is running on this database already "
        f"({SchedulerProcess.objects.get()}); stop it first."
    ]
    assert is_alive(scheduler.process.pid)


@pytest.mark.parametrize("folder", ["missing", "/proc"])
def test_demo_without_a_writable_database_is_one_clear_line(
    newcomer: Start, tmp_path: Path, folder: str
) -> None:
    path = tmp_path / folder / "db.sqlite3"  # an absolute folder stands for itself
    demo = newcomer("demo", "--once", DATABASE_URL=f"sqlite:///{path}")
    assert demo.ended() == 1
    (line,) = demo.output.splitlines()
    assert f"The database {path} cannot be used: unable to open database file" in line
