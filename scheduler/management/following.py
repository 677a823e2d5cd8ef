"""Follow an execution to its end on the command line."""

from __future__ import annotations

import sys
from contextlib import suppress

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console

from scheduler import control
from scheduler.audit import Actor
from scheduler.errors import NotCancellable
from scheduler.executors.embedded import EmbeddedExecutor
from scheduler.models import JobExecution, SchedulerProcess, SchedulerSettings, Status
from scheduler.models.process import Role
from scheduler.service import Scheduler
from scheduler.watch import Watch


def announce(command: BaseCommand, run: JobExecution, *, wait: bool) -> None:
    """Say that `run` is queued and what may keep it there; with `wait` follow it."""
    command.stdout.write(_("%(job)s: execution %(id)s is queued.") % {"job": run.job_name, "id": run.pk})
    if not SchedulerSettings.load().is_enabled:
        command.stderr.write(_("The scheduler is paused; nothing starts until it is resumed."))
    if wait:
        follow(command, run)
    elif not _is_scheduler_alive():
        command.stderr.write(
            _("No scheduler is alive, so it stays queued: start `manage.py runscheduler`, or use --wait.")
        )


def follow(command: BaseCommand, run: JobExecution) -> None:
    """Show the progress of `run` until it ends; run it here when no scheduler is alive (any more).

    Raises CommandError.
    """
    with Watch([run], Console(file=sys.stdout)) as watch:
        if not _wait(watch, run):
            Scheduler(executor=EmbeddedExecutor(1), role=Role.COMMAND, only=run.pk).run(
                until=watch.update, in_a_hurry=True
            )
    run.refresh_from_db()
    if run.is_active:  # Ctrl-C while it ran here
        with suppress(NotCancellable):  # it has ended in this moment
            control.cancel(run, Actor.on_command_line())
        run.refresh_from_db()
    _report(command, run)


def _wait(watch: Watch, run: JobExecution) -> bool:
    """Watch until `run` has ended; False when there is no scheduler that could run it."""
    try:
        return watch.wait(as_long_as=_is_scheduler_alive)
    except KeyboardInterrupt:
        text = _("%(job)s: execution %(id)s goes on without being watched.")
        raise CommandError(text % {"job": run.job_name, "id": run.pk}, returncode=130) from None


def _is_scheduler_alive() -> bool:
    return SchedulerProcess.objects.alive(timezone.now()).exists()


def _report(command: BaseCommand, run: JobExecution) -> None:
    text = _(
        "%(job)s: %(status)s; %(fetched)s fetched, %(inserted)s inserted, %(updated)s updated, %(unchanged)s unchanged."
    ) % {
        "job": run.job_name,
        "status": Status(run.status).label,
        "fetched": f"{run.rows_fetched:,}",
        "inserted": f"{run.rows_inserted:,}",
        "updated": f"{run.rows_updated:,}",
        "unchanged": f"{run.rows_unchanged:,}",
    }
    if run.status == Status.COMPLETED:
        command.stdout.write(text)
        if not run.rows_fetched and (last := run.logs.last()):  # which says why, such as that all is here
            command.stdout.write(last.text)
        return
    raise CommandError(f"{text} {run.reason}")
