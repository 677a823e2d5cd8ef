"""The count of what is missing that the dashboard shows, beside the survey that looks at each partition."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django import Settings

from jquants import tiles
from jquants.coverage import states
from jquants.coverage.missing import missing
from jquants.coverage.states import State
from jquants.datasets import ALL
from jquants.models import Coverage
from tests.jquants.fakes import NOW

pytestmark = pytest.mark.django_db


def surveyed() -> int:
    return sum(survey.counts[State.MISSING] for survey in states.survey(ALL, NOW))


def store(dataset: str, day: date | None, status: str = "fetched", **fields: object) -> None:
    rows = 10 if status == "fetched" else 0
    Coverage.objects.create(dataset=dataset, day=day, status=status, rows=rows, fetched_at=NOW, **fields)


@pytest.mark.parametrize("plan", ["free", "light", "premium"])
def test_it_counts_what_a_survey_finds_missing(plan: str, settings: Settings) -> None:
    settings.JQUANTS_PLAN = plan
    settings.JQUANTS_ADDONS = "" if plan == "free" else "tdnet"
    empty = missing(NOW)
    assert empty == surveyed() > 0

    store("daily_quotes", date(2026, 8, 20))
    store("daily_quotes", date(2026, 8, 21), "empty")
    store("daily_quotes", date(2026, 8, 24), "failed", error="EPS is “abc”")
    store("trading_calendar", None)
    store("daily_quotes", date(2001, 8, 20))  # long before any plan begins

    assert missing(NOW) == surveyed() == empty - 4


def test_it_follows_the_hours(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "premium"
    assert missing(NOW + timedelta(days=1)) > missing(NOW)


def test_the_tile_says_what_is_missing_and_what_failed(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "premium"
    store("daily_quotes", date(2026, 8, 24), "failed", error="EPS is “abc”")

    [tile] = [tile for tile in tiles.tiles(NOW) if str(tile.title) == "Coverage"]

    assert tile.value == f"{missing(NOW) + 1:,}"
    assert tile.detail == f"{missing(NOW):,} missing, 1 failed or corrected"
    assert tile.tone == "warn"
