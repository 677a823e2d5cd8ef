"""The main job for a newcomer: stand-in, scheduler, first data with progress, then the site."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from jquants.models import DailyQuote, ListedCompany, TradingDay
from scheduler import control, rescue
from scheduler.audit import Actor
from scheduler.errors import AlreadyRunning
from scheduler.models import Job, JobExecution, SchedulerProcess, Status
from scheduler.watch import Watch

LOGIN = "demo"
FIRST = ("trading_calendar", "listed_companies", "daily_quotes")  # the calendar says which days to ask for
STOP_SECONDS = 10.0


class DemoError(Exception):
    """The demo cannot start or go on; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Api:
    """Where the data comes from."""

    base_url: str
    key: str
    plan: str
    is_standin: bool

    def apply(self) -> None:
        """Have this process, which serves the site, go by it too: its pages tell of the plan and the rate limit."""
        for name, value in self.environment().items():
            setattr(settings, name, value)

    def environment(self) -> dict[str, str]:
        return {"JQUANTS_BASE_URL": self.base_url, "JQUANTS_API_KEY": self.key, "JQUANTS_PLAN": self.plan}


# --- children -------------------------------------------------------------------------------------


@contextmanager
def _child(*arguments: str, output: int | IO[str], **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command of ours until the block ends; it ends by itself when this process is killed."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments, "--die-with-parent"],
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=None if output == subprocess.PIPE else output,
        text=True,
        start_new_session=True,  # Ctrl-C is ours to handle
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def api() -> Iterator[Api]:
    """Yield the real API when a key is set, else a stand-in on this machine."""
    if settings.JQUANTS_API_KEY:
        yield Api(
            settings.JQUANTS_BASE_URL, settings.JQUANTS_API_KEY, settings.JQUANTS_PLAN, is_standin=False
        )
        return
    key, plan = "standin", "standard"
    with _child(
        "jquantsstandin", "--port", "0", "--plan", plan, "--key", key, output=subprocess.PIPE
    ) as process:
        base_url = process.stdout.readline().strip() if process.stdout else ""
        if not base_url:
            raise DemoError(_("The stand-in did not start; the lines above say why."))
        yield Api(base_url, key, plan, is_standin=True)


@dataclass(frozen=True)
class Scheduler:
    """The scheduler of the demo, whose log is at `log`."""

    process: subprocess.Popen[str]
    log: Path

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def check(self) -> None:
        """Raise DemoError where it has ended before us."""
        if not self.is_alive():
            raise DemoError(
                _("The demo's scheduler has ended; start the demo again. Its log is %(path)s.")
                % {"path": self.log}
            )


@contextmanager
def scheduler(api: Api) -> Iterator[Scheduler]:
    """Run a scheduler of our own on this database."""
    for other in SchedulerProcess.objects.alive(timezone.now()):
        name = f"{other.host}:{other.pid}"
        if other.host != socket.gethostname() or not rescue.is_gone(name):
            raise DemoError(
                _("A scheduler is running on this database already (%(name)s); stop it first.")
                % {"name": name}
            )
        other.delete()
    folder = settings.BASE_DIR / "var"
    folder.mkdir(exist_ok=True)
    path = folder / "demo-scheduler.log"
    with path.open("w") as log, _child("runscheduler", output=log, **api.environment()) as process:
        yield Scheduler(process, path)


# --- first data -----------------------------------------------------------------------------------


def fetch_first(console: Console, scheduler: Scheduler) -> list[JobExecution]:
    """Fetch what is missing, with progress; return the executions as they ended. Raises DemoError."""
    ended: list[JobExecution] = []
    for name in FIRST:
        job = Job.objects.filter(job_type=name).order_by("pk").first()
        if job is None:
            raise DemoError(
                _("There is no job of the type “%(name)s”; add one in the admin.") % {"name": name}
            )
        with Watch([_queued(job)], console) as watch:
            if not watch.wait(as_long_as=scheduler.is_alive):
                scheduler.check()
            ended += watch.executions
    return ended


def _queued(job: Job) -> JobExecution:
    try:
        return control.run_now(job, Actor.on_command_line())
    except AlreadyRunning as busy:  # from last time
        return busy.execution


def summary(executions: list[JobExecution]) -> Table:
    """Return the table of what is stored and what the executions did."""
    table = Table(title=_("What is stored now"))
    for heading in (
        _("data set"),
        _("rows"),
        _("from"),
        _("to"),
        _("execution"),
        _("fetched"),
        _("new"),
        _("changed"),
        _("unchanged"),
    ):
        is_text = heading in (_("data set"), _("execution"))
        table.add_column(heading, justify="left" if is_text else "right", no_wrap=True)
    for run in executions:
        rows, first, last = _stored(run.job_type)
        counts = (run.rows_fetched, run.rows_inserted, run.rows_updated, run.rows_unchanged)
        table.add_row(
            run.job_name,
            f"{rows:,}",
            first,
            last,
            str(Status(run.status).label),
            *(f"{count:,}" for count in counts),
        )
    return table


def _stored(job_type: str) -> tuple[int, str, str]:
    """Return the number of stored rows of a data set, and its first and last day."""
    rows, field = {
        "trading_calendar": (TradingDay.objects.all(), "date"),
        "listed_companies": (ListedCompany.objects.all(), "last_seen_on"),
        "daily_quotes": (DailyQuote.objects.all(), "date"),
    }[job_type]
    days = rows.aggregate(first=Min(field), last=Max(field))
    return rows.count(), str(days["first"] or "-"), str(days["last"] or "-")


# --- the site -------------------------------------------------------------------------------------


def login() -> str:
    """Make sure that the demo's account exists; return its password, the same each time on this machine."""
    password = salted_hmac("jquants.demo", LOGIN).hexdigest()[:12]
    user, _is_new = get_user_model().objects.get_or_create(
        username=LOGIN, defaults={"is_staff": True, "is_superuser": True}
    )
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    return password


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is inherited
        """Say nothing: the terminal shows the address."""


class Server(ThreadedWSGIServer):
    """The site's, which ends with DemoError once the scheduler has ended: its pages would promise what nobody does."""

    def __init__(self, port: int, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        super().__init__(("127.0.0.1", port), QuietHandler)

    def service_actions(self) -> None:
        """Look after the scheduler; called twice a second."""
        super().service_actions()
        self._scheduler.check()


def bind(port: int, scheduler: Scheduler) -> Server:
    """Return the site's server on `port`, or on a free one when that is taken."""
    for candidate in (port, 0):
        try:
            server = Server(candidate, scheduler)
        except OSError:
            if candidate == 0:
                raise
            continue
        server.set_app(get_wsgi_application())
        return server
    raise AssertionError("unreachable")


def serve(server: Server) -> None:
    """Serve until Ctrl-C, which is raised here. Raises DemoError."""
    try:
        server.serve_forever()
    finally:
        server.server_close()
