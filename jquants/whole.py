"""Ask for all of a data set that is fetched whole."""

from __future__ import annotations

from datetime import date, timedelta

from jquants.client import Client, Row
from jquants.datasets import Dataset
from jquants.datasets.plans import Window
from jquants.errors import TooLargeError, WindowError

A_YEAR = timedelta(days=365)


def rows(client: Client, dataset: Dataset, window: Window, today: date) -> list[Row]:
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
