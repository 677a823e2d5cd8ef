"""Fetch a data set of which J-Quants offers the newest day only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from jquants import calendar, publication, session
from jquants.coverage import fetches
from jquants.coverage.expected import expected_days, newest_published
from jquants.datasets import Dataset

if TYPE_CHECKING:
    from scheduler.runner import Run


def fetch(run: Run, dataset: Dataset) -> None:
    """Fetch and store that day. Snoozes while that of today is not published yet (R31)."""
    today = calendar.today(run.now())
    with session.open_client(run) as client:
        answer = session.ask(client, dataset)
    if answer:  # maybe still those of the day before
        session.store(run, dataset, answer)
    is_late = not answer or newest_published(dataset, run.now()) >= today
    if is_late and expected_days(dataset, today, today).days and not fetches.covered(dataset, [today]):
        publication.look_again(run, today)
    elif not answer:
        run.log.info(gettext_noop("J-Quants offers no day now"), extra={"action": "nothing_to_fetch"})
