from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from jquants.coverage import states
from jquants.coverage.states import State, Survey
from jquants.management.arguments import add_days, known_dataset

STYLES = {State.MISSING: "red", State.FAILED: "red", State.PARTIAL: "yellow", State.STALE: "yellow"}

LINE_WIDTH = 140  # characters, where the output is no terminal that knows its own


class Command(BaseCommand):
    help = _(
        "Show what is here of each data set and what is missing. The exit status is 1 when something is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "dataset", nargs="?", type=known_dataset, metavar="DATASET", help=_("show the gaps of this one")
        )
        add_days(parser)
        parser.add_argument("--json", action="store_true", help=_("print JSON instead of a table"))

    def handle(self, *, dataset: Any, date_from: date | None, date_to: date | None, **options: Any) -> None:
        from jquants.datasets import ALL

        wanted = [dataset] if dataset else list(ALL)
        surveys = states.survey(wanted, timezone.now(), first=date_from, last=date_to)
        if options["json"]:
            self.stdout.write(json.dumps([as_json(survey) for survey in surveys], ensure_ascii=False))
        else:
            console = Console(file=self.stdout, width=None if self.stdout.isatty() else LINE_WIDTH)  # type: ignore[arg-type]  # it writes texts
            console.print(summary(surveys))
            if dataset:
                console.print(gaps(surveys[0]))
        if not all(survey.is_complete for survey in surveys):
            sys.exit(1)


def summary(surveys: list[Survey]) -> Table:
    table = Table()
    for title in (_("Data set"), _("From"), _("To")):
        table.add_column(title, no_wrap=True)
    for figure in (_("expected"), *(str(state.label) for state in State), _("rows")):
        table.add_column(figure, justify="right")
    for survey in surveys:
        table.add_row(
            survey.dataset.slug,
            str(survey.first),
            str(survey.last),
            number_format(survey.expected),
            *(_count(survey, state) for state in State),
            number_format(survey.rows, force_grouping=True),
        )
    return table


def _count(survey: Survey, state: State) -> str:
    count = survey.counts[state]
    style = STYLES.get(state, "")
    text = number_format(count) if count else "-"
    return f"[{style}]{text}[/{style}]" if style and count else text


def gaps(survey: Survey) -> Table:
    table = Table(title=_("What is not simply here"))
    for title in (_("State"), _("From"), _("To"), _("partitions")):
        table.add_column(title, no_wrap=True)
    for gap in survey.ranges():
        table.add_row(
            str(gap.state.label), str(gap.first or "-"), str(gap.last or "-"), number_format(gap.partitions)
        )
    return table


def as_json(survey: Survey) -> dict[str, Any]:
    """Return a survey as JSON: counts by state, and what is not simply here as ranges."""
    return {
        "dataset": survey.dataset.slug,
        "from": survey.first.isoformat(),
        "to": survey.last.isoformat(),
        "expected": survey.expected,
        "rows": survey.rows,
        "complete": survey.is_complete,
        "counts": {state.value: survey.counts[state] for state in State},
        "gaps": [
            {
                "state": gap.state.value,
                "from": gap.first.isoformat() if gap.first else None,
                "to": gap.last.isoformat() if gap.last else None,
                "partitions": gap.partitions,
            }
            for gap in survey.ranges()
        ],
    }
