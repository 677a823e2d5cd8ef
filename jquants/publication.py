"""Days that J-Quants publishes later than it says: the run looks again after a while (R31)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NoReturn

from jquants import calendar
from jquants.coverage.expected import published_at
from jquants.datasets import Dataset

if TYPE_CHECKING:
    from scheduler.runner import Run

LOOK_AGAIN_SECONDS = 600.0


def may_still_come(run: Run, dataset: Dataset, day: date) -> bool:
    """Whether the date on which the rows of `day` should appear is not over."""
    return calendar.today(run.now()) <= published_at(dataset, day).date()


def look_again(run: Run, day: date, code: str = "not_published_yet") -> NoReturn:
    """End this attempt for a while; `code` names the sentence that says why."""
    run.snooze(LOOK_AGAIN_SECONDS, code, date=day.isoformat())
