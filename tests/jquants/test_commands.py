"""`manage.py coverage` and `manage.py backfill`."""

import io
import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pytest_django import Settings
from rich.cells import cell_len
from rich.text import Text

from jquants.datasets import DAILY_QUOTES
from jquants.models import Coverage
from scheduler.models import JobExecution, Trigger
from tests.jquants.fakes import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_standard")]

WEEK = ("daily_quotes", "--from=2026-10-19", "--to=2026-10-23")


@pytest.fixture
def _standard(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "standard"
    settings.LANGUAGE_CODE = "en"


def stored(*days: int, **fields: Any) -> None:
    for day in days:
        Coverage.objects.create(
            dataset=DAILY_QUOTES.slug,
            day=date(2026, 10, day),
            **{"status": "fetched", "rows": 10, "fetched_at": NOW} | fields,
        )


def called(*arguments: str) -> tuple[str, int]:
    """Return what a command printed and its exit status."""
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=out)
    except SystemExit as ended:
        return out.getvalue(), int(str(ended.code))
    return out.getvalue(), 0


def test_coverage_shows_the_gaps_of_a_data_set_and_fails() -> None:
    stored(19, 20, 23)

    text, status = called("coverage", *WEEK)

    assert status == 1
    assert "2026-10-21" in text
    assert "2026-10-22" in text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("command", [("coverage",), ("backfill", "--dry-run")])
def test_tables_fit_the_terminal_and_cut_nothing(
    command: tuple[str, ...], width: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = Terminal()

    with translation.override(language), suppress(SystemExit):
        call_command(*command, stdout=out, stderr=io.StringIO())

    lines = [cell_len(line) for line in Text.from_ansi(out.getvalue()).plain.splitlines()]
    assert max(lines) <= width
    assert "cross_shareholding_reports" in out.getvalue()
    assert "…" not in out.getvalue()


def test_coverage_is_plain_where_it_is_piped() -> None:
    stored(19, 20, 23)

    text, _status = called("coverage", *WEEK)

    assert text.splitlines()[:2] == [
        "Data set      From        To          expected  here  missing  rows",
        "daily_quotes  2026-10-19  2026-10-23         5     3        2    30",
    ]


def test_coverage_of_a_complete_range_succeeds() -> None:
    stored(19, 20, 21, 22, 23)

    [found] = json.loads(called("coverage", *WEEK, "--json")[0])

    assert called("coverage", *WEEK)[1] == 0
    assert (found["expected"], found["complete"], found["gaps"], found["rows"]) == (5, True, [], 50)


def test_coverage_of_all_data_sets_as_json() -> None:
    text, status = called("coverage", "--from=2026-10-19", "--to=2026-10-23", "--json")

    assert status == 1
    [quotes] = [found for found in json.loads(text) if found["dataset"] == "daily_quotes"]
    assert quotes["gaps"] == [{"state": "missing", "from": "2026-10-19", "to": "2026-10-23", "partitions": 5}]


def test_backfill_dry_run_queues_nothing() -> None:
    stored(19)

    text, _status = called("backfill", *WEEK, "--dry-run", "--source=api")

    assert "daily_quotes" in text
    assert not JobExecution.objects.exists()


def test_backfill_queues_a_run_and_says_that_nobody_works() -> None:
    text, _status = called("backfill", *WEEK, "--order=oldest")

    run = JobExecution.objects.get()
    assert run.trigger == Trigger.BACKFILL
    assert run.parameters["date_from"] == "2026-10-19"
    assert f"execution {run.pk} is queued" in text


def test_backfill_of_what_is_here_queues_nothing() -> None:
    stored(19, 20, 21, 22, 23)

    assert "nothing to fetch" in called("backfill", *WEEK)[0]
    assert not JobExecution.objects.exists()


@pytest.mark.parametrize("command", ["coverage", "backfill"])
@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("nothing",), "daily_quotes"),
        (("daily_quotes", "--from=2026-13-01"), "2026-13-01"),
        (("daily_quotes", "--from=2026-11-02", "--to=2026-11-01"), "before it begins on 2026-11-02"),
    ],
)
def test_mistakes_are_named(command: str, arguments: tuple[str, ...], found: str) -> None:
    with pytest.raises(CommandError, match=found):
        call_command(command, *arguments)


@pytest.mark.parametrize("command", [("coverage",), ("backfill", "--dry-run")])
def test_a_plan_that_is_only_assumed_is_told(command: tuple[str, ...], settings: Settings) -> None:
    settings.JQUANTS_PLAN = "auto"

    text, _status = called(*command, "topix")

    assert "not known yet, so Free is assumed" in text
    assert "jquantscheck" in text


@pytest.mark.parametrize("command", [("coverage",), ("backfill", "--dry-run")])
def test_what_the_plan_lacks_has_no_days(command: tuple[str, ...]) -> None:
    text, _status = called(*command, "futures")

    assert text.splitlines()[1].split()[:4] == ["futures", "-", "-", "0"]
    assert "assumed" not in text


def test_backfill_of_days_that_nobody_has_says_so() -> None:
    text, _status = called("backfill", "daily_quotes", "--from=2000-01-01", "--to=2000-12-31", "--dry-run")

    assert text.splitlines()[1].split()[:4] == ["daily_quotes", "-", "-", "0"]
    assert "nothing to have in these days; your plan covers 20" in text
