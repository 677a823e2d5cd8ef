from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from scheduler import parent
from scheduler.executors import Executor
from scheduler.executors.embedded import EmbeddedExecutor
from scheduler.service import Scheduler


def positive(text: str) -> int:
    """Parse an argument that counts something."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(_("“%(value)s” is not a whole number above 0.") % {"value": text})
    return int(text)


class Command(BaseCommand):
    help = _("Run due jobs and what people queue, until SIGTERM or Ctrl-C (a second one does not wait).")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help=_("start what is due now, wait for it, and exit"),
        )
        parser.add_argument(
            "--workers",
            type=positive,
            default=str(settings.SCHEDULER_WORKERS),  # as text: checked like an argument
            help=_("executions at a time (default: %(default)s)"),
        )

        parser.add_argument(
            "--die-with-parent",
            action="store_true",
            help=_("stop at once when stdin ends, as it does when the process that started this one is gone"),
        )

    def handle(self, *, once: bool, workers: int, die_with_parent: bool, **options: Any) -> None:
        scheduler = Scheduler(executor=self._executor(workers))
        if die_with_parent:
            parent.on_end(scheduler.stop_now)
        if once:
            scheduler.run(until=scheduler.is_idle)
        else:
            scheduler.run()

    def _executor(self, workers: int) -> Executor:
        if settings.EXECUTOR == "embedded":
            return EmbeddedExecutor(workers)
        from scheduler.executors.celery import CeleryExecutor  # Celery need not be installed otherwise

        return CeleryExecutor()
