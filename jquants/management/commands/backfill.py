from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from jquants.backfill.request import (
    Estimate,
    NoBackfillJobError,
    Only,
    Order,
    Request,
    Source,
    estimated,
    queue_backfill,
)
from jquants.management import tables
from jquants.management.arguments import add_days, assumed_plan, check_days, known_dataset
from jquants.management.tables import Column
from scheduler.audit import Actor
from scheduler.errors import InvalidParameters, SchedulerError
from scheduler.management.following import announce
from scheduler.messages import render


class Command(BaseCommand):
    help = _("Fetch what is missing of a data set: queue a run that lets live jobs go first.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "dataset", nargs="?", type=known_dataset, metavar="DATASET", help=_("all of them when left out")
        )
        add_days(parser)
        parser.add_argument(
            "--order", choices=Order.values, default=Order.NEWEST, help=_("newest or oldest first")
        )
        parser.add_argument(
            "--only", choices=Only.values, default=Only.MISSING, help=_("which partitions to fetch")
        )
        parser.add_argument(
            "--source",
            choices=Source.values,
            default=Source.AUTO,
            help=_("CSV files, the API, or files where the plan has them"),
        )
        parser.add_argument(
            "--dry-run", action="store_true", help=_("show what would be fetched, and fetch nothing")
        )
        parser.add_argument(
            "--wait", action="store_true", help=_("show progress; runs it here when no scheduler is alive")
        )

    def handle(self, *, dataset: Any, dry_run: bool, wait: bool, **options: Any) -> None:
        given = {name: options[name] for name in ("date_from", "date_to", "order", "only", "source")}
        given["dataset"] = dataset.slug if dataset else ""
        check_days(given["date_from"], given["date_to"])
        estimates = estimated(Request.of(given), timezone.now())
        tables.write(self.stdout, shown(estimates))
        for each in estimates:
            if why := each.obstacle or no_such_days(each):
                self.stderr.write(f"{each.dataset.slug}: {why}")
        if note := assumed_plan():
            self.stderr.write(note)
        if dry_run:
            return
        if not any(each.partitions for each in estimates):
            self.stdout.write(_("There is nothing to fetch."))
            return
        announce(self, self._queue(given), wait=wait)

    def _queue(self, given: dict[str, Any]) -> Any:
        try:
            return queue_backfill(given, Actor.on_command_line())
        except InvalidParameters as error:
            raise CommandError(
                "\n".join(
                    " ".join(texts) if name == NON_FIELD_ERRORS else f"{name}: {' '.join(texts)}"
                    for name, texts in error.errors.items()
                )
            ) from error
        except SchedulerError as error:
            raise CommandError(render(error.code, error.params) or str(error)) from error
        except NoBackfillJobError as error:
            raise CommandError(str(error)) from error


def no_such_days(estimate: Estimate) -> str:
    """Say that none of the days asked for can be had; "" where there are some."""
    survey = estimate.survey
    if survey.window is None or survey.expected:
        return ""
    return _("There is nothing to have in these days; your plan covers %(window)s.") % {
        "window": survey.window
    }


def shown(estimates: list[Estimate]) -> list[Column]:
    """Return the table of what would be fetched."""

    def figures(title: str, of: Callable[[Estimate], int], spare: int = 0) -> Column:
        return Column(
            title, [number_format(of(each), force_grouping=True) for each in estimates], spare=spare
        )

    return [
        Column(_("Data set"), [each.dataset.slug for each in estimates], is_figure=False),
        *tables.days([each.survey for each in estimates]),
        figures(_("expected"), lambda each: each.survey.expected, spare=5),
        figures(_("here"), lambda each: each.survey.here, spare=6),
        figures(_("to fetch"), lambda each: len(each.partitions)),
        figures(_("requests, about"), lambda each: each.requests, spare=1),
        figures(_("minutes at least"), lambda each: each.minutes),
    ]
