"""Days of a data set that J-Quants has as CSV files only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jquants import permitted, publication, session
from jquants.backfill.dataset import OfDataset
from jquants.backfill.progress import Progress
from jquants.backfill.request import Order, Request, Source
from jquants.coverage import fetches, states
from jquants.daily.days import days_to_fetch
from jquants.datasets import Dataset
from jquants.errors import PlanError

if TYPE_CHECKING:
    from scheduler.runner import Run


def fetch(run: Run, dataset: Dataset) -> None:
    """Fetch the days that `run.parameters` ask for, as `days_to_fetch` says.

    Snoozes while the newest day is not published yet (R31). Raises PlanError where the plan lacks the data set, and
    BackfillFailedError where days could not be stored.
    """
    session.know_plan(run)
    if not permitted.has_files(dataset):
        raise PlanError(path=dataset.path)
    wanted = days_to_fetch(run, dataset)
    if not wanted:
        return
    [survey] = states.survey([dataset], run.now(), first=wanted[0], last=wanted[-1])
    progress = Progress(run, total=len(wanted))
    with session.open_client(run) as client:
        request = Request((dataset,), order=Order.OLDEST, source=Source.BULK)
        OfDataset(progress, client, survey, request).perform(wanted)
    newest = wanted[-1]
    if publication.may_still_come(run, dataset, newest) and not fetches.covered(dataset, [newest]):
        publication.look_again(run, newest)
    progress.finish()
