from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from rich.text import Text

from jquants.coverage import states
from jquants.coverage.states import State, Survey
from jquants.management import tables
from jquants.management.arguments import add_days, assumed_plan, check_days, known_dataset
from jquants.management.tables import Column

STYLES = {State.MISSING: "red", State.FAILED: "red", State.PARTIAL: "yellow", State.STALE: "yellow"}
SPARE = {State.EMPTY: 5, State.REFUSED: 1}  # which of the states a narrow terminal leaves out


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

        check_days(date_from, date_to)
        wanted = [dataset] if dataset else list(ALL)
        surveys = states.survey(wanted, timezone.now(), first=date_from, last=date_to)
        if options["json"]:
            self.stdout.write(json.dumps([as_json(survey) for survey in surveys], ensure_ascii=False))
        else:
            tables.write(self.stdout, summary(surveys))
            if dataset and (found := gaps(surveys[0])):
                self.stdout.write("")
                tables.write(self.stdout, found, title=_("What is not simply here"))
            if note := assumed_plan():
                self.stderr.write(note)
        if not all(survey.is_complete for survey in surveys):
            sys.exit(1)


def summary(surveys: list[Survey]) -> list[Column]:
    """Return the table of data sets; of the states only those that occur, and what is missing."""
    occurring = {state for survey in surveys for state in State if survey.counts[state]} | {State.MISSING}
    return [
        Column(_("Data set"), [survey.dataset.slug for survey in surveys], is_figure=False),
        *tables.days(surveys),
        Column(_("expected"), [_grouped(survey.expected) for survey in surveys]),
        Column(_("here"), [_grouped(survey.here) for survey in surveys]),
        *(
            Column(str(state.label), [_count(survey, state) for survey in surveys], spare=SPARE.get(state, 0))
            for state in State
            if state in occurring - {State.FETCHED}
        ),
        Column(_("rows"), [_grouped(survey.rows) for survey in surveys], spare=3),
    ]


def _grouped(count: int) -> str:
    return number_format(count, force_grouping=True)


def _count(survey: Survey, state: State) -> Text:
    count = survey.counts[state]
    return Text(_grouped(count), style=STYLES.get(state, "")) if count else Text("-")


def gaps(survey: Survey) -> list[Column]:
    """Return the table of what is not simply here; nothing where there is nothing."""
    found = list(survey.ranges())
    return (
        [
            Column(_("State"), [str(gap.state.label) for gap in found], is_figure=False),
            Column(_("From"), [str(gap.first or "-") for gap in found], is_figure=False),
            Column(_("To"), [str(gap.last or "-") for gap in found], is_figure=False),
            Column(_("partitions"), [_grouped(gap.partitions) for gap in found]),
        ]
        if found
        else []
    )


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
