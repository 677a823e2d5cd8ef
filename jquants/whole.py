"""Fetch a data set whole: all of it that the plan covers, each time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from jquants import calendar, publication, session
from jquants.client import Client, Row
from jquants.coverage.expected import newest_expected_days, newest_published
from jquants.datasets import Dataset
from jquants.datasets.plans import Window
from jquants.errors import TooLargeError, WindowError

if TYPE_CHECKING:
    from scheduler.runner import Run

A_YEAR = timedelta(days=365)


def fetch(run: Run, dataset: Dataset) -> None:
    """Fetch and store all of it; snoozes while its newest day is not published yet (R31)."""
    with session.open_client(run) as client:
        fetch_with(client, run, dataset)
    if dataset.published_after is None:
        return
    for day in newest_expected_days(dataset, 1, newest_published(dataset, run.now())).days:
        is_here = dataset.model._default_manager.filter(**{f"{dataset.day_column}__gte": day}).exists()
        if not is_here and publication.may_still_come(run, dataset, day):
            publication.look_again(run, day)


def fetch_with(client: Client, run: Run, dataset: Dataset) -> None:
    """Ask for all of it and store it. Raises JQuantsError."""
    asked_at = run.now()
    found = _rows(client, dataset, session.window(run, dataset), calendar.today(asked_at))
    session.store(run, dataset, found, asked_at=asked_at)


def _rows(client: Client, dataset: Dataset, window: Window, today: date) -> list[Row]:
    """Return all rows that the plan covers: in one question or, where that is too large, in one a year."""
    try:
        return client.rows(dataset.path)
    except TooLargeError:
        if not dataset.takes_range:
            raise
    found: list[Row] = []
    first, last = window.first, window.last or today
    while first <= last:
        span = {"from": first.isoformat(), "to": min(first + A_YEAR, last).isoformat()}
        try:
            found += client.rows(dataset.path, **span)
        except WindowError as error:
            if error.first is None or error.first <= first:
                raise
            first = error.first  # its edges move with every day, and may be ahead of ours
        else:
            first += A_YEAR + timedelta(days=1)
    return found
