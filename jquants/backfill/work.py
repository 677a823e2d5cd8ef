"""Fetch the partitions of a backfill.

The coverage is the memory: whatever stops a run, the next one goes on with what is still open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from jquants import session
from jquants.backfill.dataset import OfDataset
from jquants.backfill.progress import Day, Progress
from jquants.backfill.request import Estimate, Only, Request, estimated
from jquants.coverage import fetches
from jquants.errors import PlanError

if TYPE_CHECKING:
    from scheduler.runner import Run


def perform(run: Run, request: Request) -> None:
    """Fetch what `request` wants and is not here yet. Raises BackfillFailedError or PlanError at the end if some failed."""
    estimates = [estimate for estimate in estimated(request, run.now()) if _is_possible(run, estimate)]
    todo = [(estimate.survey, _not_done(run, request, estimate)) for estimate in estimates]
    progress = Progress(run, total=sum(len(days) for _survey, days in todo))
    with session.open_client(run) as client:
        for survey, days in todo:
            try:
                OfDataset(progress, client, survey, request).perform(days)
            except PlanError as error:
                progress.refused(survey.dataset, error)
        progress.finish()


def _is_possible(run: Run, estimate: Estimate) -> bool:
    if not estimate.obstacle:
        return True
    run.log.warning(
        gettext_noop("%(dataset)s: %(why)s"),
        {"dataset": estimate.dataset.slug, "why": estimate.obstacle},
        extra={"action": "backfill_obstacle"},
    )
    return False


def _not_done(run: Run, request: Request, estimate: Estimate) -> list[Day]:
    """Leave out what this very execution fetched before it was interrupted."""
    if request.only in {Only.MISSING, Only.STALE} or run.execution is None:
        return list(estimate.partitions)
    done = fetches.done_by(run.execution, estimate.dataset)
    return [day for day in estimate.partitions if day not in done]
