from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from jquants.api.limits import LimitsSerializer, document
from jquants.plan.check import Result, check

LINE_WIDTH = 140  # characters, where the output is no terminal that knows its own


class Command(BaseCommand):
    help = _(
        "Check the connection to J-Quants: reachability, key, plan, days covered, add-ons, clock, database and rate "
        "limit. Says what to do about each problem; exit status 0 when there is none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("print JSON, for programs"))

    def handle(self, *, json: bool, **options: Any) -> None:
        now = timezone.now()
        try:
            results = check(now, wait=self._wait)
            if json:
                self._print_json(results, now)
            else:
                Console(file=sys.stdout, width=None if sys.stdout.isatty() else LINE_WIDTH).print(
                    table(results)
                )
        except DatabaseError as error:
            raise CommandError(
                _("The database cannot be used: %(error)s. Set DATABASE_URL, and run `manage.py migrate`.")
                % {"error": str(error).strip()}
            ) from error
        if not all(result.is_ok for result in results):
            sys.exit(1)

    def _wait(self, seconds: float) -> None:
        self.stderr.write(_("Waiting %(seconds)d s for the rate limit …") % {"seconds": round(seconds + 0.5)})
        time.sleep(seconds)

    def _print_json(self, results: list[Result], now: datetime) -> None:
        answer = {
            "ok": all(result.is_ok for result in results),
            "checked_at": now.isoformat(),
            "base_url": settings.JQUANTS_BASE_URL,
            "checks": [{"name": each.name, "ok": each.is_ok, "text": each.text} for each in results],
            **LimitsSerializer(document(timezone.now())).data,
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))


def table(results: list[Result]) -> Table:
    """Return a line for each result, problems in red."""
    shown = Table(title=_("Connection to J-Quants"))
    for heading in (_("check"), _("result"), _("found, and what to do")):
        shown.add_column(heading, overflow="fold")
    for result in results:
        verdict = f"[green]{_('ok')}[/]" if result.is_ok else f"[red]{_('problem')}[/]"
        shown.add_row(result.label, verdict, result.text.replace("[", "\\["))
    return shown
