from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from rich.console import Console

from jquants import demo
from scheduler.models import SchedulerSettings, Status

LINE_WIDTH = 140  # characters, where the output is no terminal that knows its own


class Command(BaseCommand):
    help = _(
        "Fetch the first data with progress, then serve the site until Ctrl-C. Without a key: stand-in data."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help=_("fetch, print what is stored, and exit"))
        parser.add_argument(
            "--port", type=int, default=8000, help=_("the site's port; another one when it is taken")
        )

    def handle(self, *, once: bool, port: int, **options: Any) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # children are ended on the way out
        console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else LINE_WIDTH)
        try:
            self._run(console, once=once, port=port)
        except demo.DemoError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                _("The database %(name)s cannot be used: %(error)s. Set DATABASE_URL to one that can.")
                % {"name": connection.settings_dict["NAME"], "error": str(error).strip()}
            ) from error
        except OSError as error:
            raise CommandError(_("The demo stopped: %(error)s") % {"error": error}) from error
        except KeyboardInterrupt:
            self.stderr.write(_("Stopped."))
            sys.exit(130)

    def _run(self, console: Console, *, once: bool, port: int) -> None:
        with demo.api() as api:
            api.apply()
            call_command("migrate", verbosity=0)  # which creates the jobs, and enables those the plan allows
            self._fetch_and_serve(console, api, once=once, port=port)

    def _fetch_and_serve(self, console: Console, api: demo.Api, *, once: bool, port: int) -> None:
        with demo.scheduler(api) as scheduler:
            source = _("the stand-in, made-up data") if api.is_standin else api.base_url
            console.print(
                _("Fetching from %(source)s …") % {"source": source}, highlight=False, soft_wrap=True
            )
            is_paused = not SchedulerSettings.load().is_enabled
            if is_paused:
                self.stderr.write(_("The scheduler is paused; nothing starts until it is resumed."))
            executions = [] if is_paused else demo.fetch_first(console, scheduler)
            console.print(demo.summary(executions))
            failed = [run for run in executions if run.status != Status.COMPLETED]
            for run in failed:
                self.stderr.write(f"{run.job_name}: {Status(run.status).label}. {run.reason}")
            if once:
                if failed or is_paused:
                    raise CommandError(
                        _("Not everything was fetched; the log is %(path)s.") % {"path": scheduler.log}
                    )
                return
            server = demo.bind(port, scheduler)
            with suppress(KeyboardInterrupt):  # the way to end it
                self._announce(console, server.server_port)
                demo.serve(server)

    def _announce(self, console: Console, port: int) -> None:
        console.print(
            _("The site: %(url)s   login: %(name)s   password: %(password)s   (Ctrl-C ends it)")
            % {"url": f"http://127.0.0.1:{port}/", "name": demo.LOGIN, "password": demo.login()},
            highlight=False,
            soft_wrap=True,
        )
