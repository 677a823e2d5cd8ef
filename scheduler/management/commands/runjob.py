from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from scheduler import control
from scheduler.audit import Actor
from scheduler.errors import AlreadyRunning, InvalidParameters, JobArchived, Unavailable, UnknownJobType
from scheduler.management.following import announce
from scheduler.messages import render
from scheduler.models import Job, JobExecution
from scheduler.presentation import words


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
        announce(self, self._queue(self._find(job), dict(param)), wait=wait)

    def _find(self, name: str) -> Job:
        job = Job.objects.filter(name=name).first() or Job.objects.current().filter(job_type=name).first()
        if job is None:
            known = words.listed(Job.objects.current().values_list("name", flat=True))
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
