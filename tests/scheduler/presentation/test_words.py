from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils.translation import override

from scheduler.models import JobExecution
from scheduler.presentation import words
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (172_799, "47 h"),
        (172_800, "2 d"),
    ],
)
def test_span_is_one_unit_rounded_down(seconds: int, text: str) -> None:
    assert words.span(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.42, "0.4 s"),
        (12, "12 s"),
        (60, "1 min"),
        (192, "3 min 12 s"),
        (7200, "2 h"),
        (7500, "2 h 5 min"),
        (1_209_600, "14 d"),
    ],
)
def test_duration_is_two_units(seconds: float, text: str) -> None:
    assert words.duration(timedelta(seconds=seconds)) == text


def test_listed_separates_as_the_language_does() -> None:
    told = []
    for language in ("en", "ja"):
        with override(language):
            told.append(words.listed(["7203", 8411]))
    assert told == ["7203, 8411", "7203、8411"]


def test_distance_tells_the_direction(now: datetime) -> None:
    assert words.distance(now + timedelta(hours=3), now) == "in 3 h"
    assert words.distance(now - timedelta(minutes=5), now) == "5 min ago"


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (1, "18:00"),
        (8, "tomorrow 01:00"),
        (-18, "yesterday 23:00"),
        (72, "Nov 23 17:00"),
        (24 * 60, "2027-01-19 17:00"),
    ],
)
def test_clock_names_the_day_unless_it_is_today_in_tokyo(now: datetime, hours: int, text: str) -> None:
    assert words.clock(now + timedelta(hours=hours), now) == text


def test_exact_is_to_the_second_with_the_zone(now: datetime) -> None:
    assert words.exact(now) == "2026-11-20 17:00:00 JST"


@pytest.mark.parametrize(
    ("done", "total", "expected"),
    [
        (25, 100, ["about 9 min left", "残り約9分"]),
        (99, 100, ["", ""]),  # some seconds
        (0, 100, ["", ""]),
        (25, None, ["", ""]),
        (None, None, ["", ""]),
        (120, 100, ["", ""]),  # more than it thought
    ],
)
def test_remaining_is_told_from_a_minute_on(done: int | None, total: int | None, expected: list[str]) -> None:
    run = JobExecution(started_at=NOW - timedelta(minutes=3), progress_done=done, progress_total=total)

    told = []
    for language in ("en", "ja"):
        with override(language):
            told.append(words.remaining(run, NOW))
    assert told == expected
