"""`manage.py jquantsstandin`: the local J-Quants V2, until it is told to stop."""

import os
import signal
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from jquants.client import BASE_URL as UPSTREAM
from jquants.standin import ADDONS, FAULTS, PLANS, RecordingServer, StandinError, StandinServer
from jquants.standin.local import LocalServer
from jquants.standin.recorded import Recorded
from scheduler import parent
from scheduler.presentation import words

NO_ADDON = "none"


class Command(BaseCommand):
    requires_system_checks = []

    @property
    def help(self) -> str:  # type: ignore[override]
        return _(
            "Serve a local J-Quants V2 over HTTP: made-up market data, or your own. The base URL is the first line "
            "of the output; point JQUANTS_BASE_URL at it, and JQUANTS_API_KEY at the key."
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = "\n".join(
            [_("faults:"), *(f"  {fault.name:12} {_(fault.summary)}" for fault in FAULTS.values())]
        )
        parser.add_argument(
            "--port", type=int, default=0, help=_("port of 127.0.0.1; 0 picks a free one (default)")
        )
        parser.add_argument(
            "--plan", choices=list(PLANS), default="standard", help=_("the plan that is simulated")
        )
        parser.add_argument(
            "--key", default="standin", help=_("the API key that is accepted (default: standin)")
        )
        parser.add_argument(
            "--seed", type=int, default=1, help=_("another number is another market (default: 1)")
        )
        parser.add_argument(
            "--issues",
            type=int,
            metavar="N",
            help=_(
                "a smaller market, with about this many issues listed: the well-known ones and some of every kind, "
                "some 80 at least (default: all, about 4,400)"
            ),
        )
        parser.add_argument(
            "--addon",
            action="append",
            choices=[*sorted(ADDONS), NO_ADDON],
            help=_(
                "an add-on that the subscription includes, on a paid plan; repeatable (default: all of them)"
            ),
        )
        parser.add_argument(
            "--data", metavar="DIR", help=_("serve the rows of the JSON files in this folder")
        )
        parser.add_argument(
            "--record",
            metavar="DIR",
            help=_(
                "serve nothing of our own: pass each request on to the real API with JQUANTS_API_KEY, and keep its "
                "answers in this folder, for --data"
            ),
        )
        parser.add_argument(
            "--upstream", metavar="URL", help=_("what --record asks (default: %(url)s)") % {"url": UPSTREAM}
        )
        parser.add_argument(
            "--fault",
            action="append",
            default=[],
            metavar="NAME[:RATE]",
            help=_(
                "inject a fault of the list below into this share of the answers (0 to 1, default 1); repeatable"
            ),
        )
        parser.add_argument(
            "--die-with-parent",
            action="store_true",
            help=_("stop when the standard input ends, as it does when the parent dies"),
        )

    def handle(self, **options: Any) -> None:
        ending, end = os.pipe()
        _write_on_signals(end)
        if options["die_with_parent"]:
            parent.on_end(lambda: os.write(end, b"\0"))
        try:
            with self._server(options) as server:
                self.stdout.write(server.base_url)
                self.stdout.flush()
                os.read(ending, 1)
        except StandinError as error:
            raise CommandError(_(error.template) % error.values) from error

    def _server(self, options: dict[str, Any]) -> LocalServer:
        if options["record"]:
            return self._recording(options)
        if options["upstream"]:
            raise CommandError(_("--upstream is for --record only."))
        if options["data"] and options["issues"]:
            raise CommandError(_("--issues makes up a market; leave it out with --data."))
        server = StandinServer(
            port=options["port"],
            plan=options["plan"],
            key=options["key"],
            seed=options["seed"],
            issues=options["issues"],
            addons=ADDONS if options["addon"] is None else {*options["addon"]} - {NO_ADDON},
            data=options["data"],
            faults=options["fault"],
            log=self._log if options["verbosity"] > 1 else None,
        )
        if isinstance(server.source, Recorded) and server.source.ignored:
            names = words.listed(server.source.ignored)
            self.stderr.write(
                _("Files that belong to no endpoint are not served: %(names)s") % {"names": names}
            )
        return server

    def _recording(self, options: dict[str, Any]) -> RecordingServer:
        if refused := [name for name in ("data", "fault", "issues") if options[name]]:
            raise CommandError(
                _("--record passes on what the real API answers; leave out --%(name)s.")
                % {"name": refused[0]}
            )
        return RecordingServer(
            Path(options["record"]),
            upstream=options["upstream"] or UPSTREAM,
            upstream_key=settings.JQUANTS_API_KEY,
            key=options["key"],
            port=options["port"],
            log=self._log if options["verbosity"] > 1 else None,
        )

    def _log(self, line: str) -> None:
        self.stderr.write(line)


def _write_on_signals(descriptor: int) -> None:
    """Make the descriptor's other end readable when a signal asks to stop.

    The system's own handler writes: a lock that Python's handler releases can be missed by who just goes to sleep.
    """
    os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(descriptor)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_args: None)
