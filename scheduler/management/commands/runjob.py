from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console

from scheduler import control
from scheduler.audit import Actor
from scheduler.errors import AlreadyRunning, InvalidParameters, JobArchived, Unavailable, UnknownJobType
from scheduler.executors.embedded import EmbeddedExecutor
from scheduler.messages import render
from scheduler.models import Job, JobExecution, SchedulerProcess, SchedulerSettings, Status
from scheduler.models.process import Role
from scheduler.service import Scheduler
from scheduler.watch import Watch


def parameter(text: str) -> tuple[str, str]:
    """Parse NAME=VALUE."""
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise ArgumentTypeError(_("“%(text)s” is not NAME=VALUE, such as date=2026-11-20.") % {"text": text})
    return name, value


class Command(BaseCommand):
    help = _("Run a job now: queue it, and with --wait follow it to its end.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", metavar="SLUG", help=_("the name of the job"))
        parser.add_argument(
            "--param",
            action="append",
            type=parameter,
            default=[],
            metavar="NAME=VALUE",
            help=_("a parameter of the job; may be repeated"),
        )
        parser.add_argument(
            "--wait",
            action="store_true",
            help=_(
                "show progress; exit status 0 only when it completed. Runs it here when no scheduler is alive"
            ),
        )

    def handle(self, *, job: str, param: list[tuple[str, str]], wait: bool, **options: Any) -> None:
        run = self._queue(self._find(job), dict(param))
        self.stdout.write(_("%(job)s: execution %(id)s is queued.") % {"job": run.job_name, "id": run.pk})
        if not SchedulerSettings.load().is_enabled:
            self.stderr.write(_("The scheduler is paused; nothing starts until it is resumed."))
        is_somebody_there = SchedulerProcess.objects.alive(timezone.now()).exists()
        if wait:
            self._follow(run, is_somebody_there)
        elif not is_somebody_there:
            self.stderr.write(
                _("No scheduler is alive, so it stays queued: start `manage.py runscheduler`, or use --wait.")
            )

    def _find(self, name: str) -> Job:
        job = Job.objects.filter(name=name).first() or Job.objects.current().filter(job_type=name).first()
        if job is None:
            known = ", ".join(Job.objects.current().values_list("name", flat=True))
            raise CommandError(
                _("There is no job “%(name)s”. Jobs are: %(known)s.") % {"name": name, "known": known or "-"}
            )
        return job

    def _queue(self, job: Job, parameters: dict[str, str]) -> JobExecution:
        try:
            return control.run_now(job, Actor.on_command_line(), parameters=parameters)
        except InvalidParameters as error:
            lines = [
                " ".join(texts) if name == NON_FIELD_ERRORS else f"{name}: {' '.join(texts)}"
                for name, texts in error.errors.items()
            ]
            raise CommandError("\n".join(lines)) from error
        except (AlreadyRunning, JobArchived, Unavailable, UnknownJobType) as error:
            raise CommandError(render(error.code, error.params)) from error

    def _follow(self, run: JobExecution, is_somebody_there: bool) -> None:
        console = Console(file=sys.stdout)
        with Watch([run], console) as watch:
            if is_somebody_there:
                watch.wait()
            else:
                Scheduler(executor=EmbeddedExecutor(1), role=Role.COMMAND, only=run.pk).run(
                    until=watch.update, in_a_hurry=True
                )
        run.refresh_from_db()
        if run.is_active:  # Ctrl-C while it ran here
            control.cancel(run, Actor.on_command_line())
        self._report(run)

    def _report(self, run: JobExecution) -> None:
        text = _(
            "%(job)s: %(status)s; %(fetched)s fetched, %(inserted)s inserted, %(updated)s updated, %(unchanged)s unchanged."
        ) % {
            "job": run.job_name,
            "status": Status(run.status).label,
            "fetched": run.rows_fetched,
            "inserted": run.rows_inserted,
            "updated": run.rows_updated,
            "unchanged": run.rows_unchanged,
        }
        if run.status == Status.COMPLETED:
            self.stdout.write(text)
            return
        raise CommandError(f"{text} {run.reason}")
