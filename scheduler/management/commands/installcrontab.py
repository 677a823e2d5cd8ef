from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from scheduler import crontab
from scheduler.presentation import words


class Command(BaseCommand):
    help = _(
        "For hosts without daemons: let cron run the scheduler once a minute. Keeps a copy of your crontab."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help=_("take the line out again"))

    def handle(self, *, remove: bool, **options: Any) -> None:
        try:
            copy = (crontab.remove if remove else crontab.install)(timezone.now())
        except crontab.CrontabError as error:
            raise CommandError(str(error)) from error
        done = _("The line was removed.") if remove else _("cron now runs the scheduler every minute.")
        self.stdout.write(f"{done} " + _("A copy of your crontab as it was: %(copy)s") % {"copy": copy})
        if not remove and (missing := crontab.environment_only()):
            self.stderr.write(
                _("cron starts without your environment: put these into .env as well: %(names)s.")
                % {"names": words.listed(missing)}
            )
