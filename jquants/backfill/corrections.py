"""Notice what J-Quants has corrected: a CSV file that is newer than what was fetched of its days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from jquants import bulk, permitted, session
from jquants.backfill import work
from jquants.backfill.request import Only, Request
from jquants.bulk import File
from jquants.datasets import ALL, Dataset
from jquants.datasets.dataset import Partition
from jquants.errors import ParameterError, PlanError
from jquants.models import Coverage, CoverageStatus

if TYPE_CHECKING:
    from jquants.client import Client
    from scheduler.runner import Run


def perform(run: Run) -> None:
    """List the files of each data set, one request each; note the days to be fetched again, and fetch them."""
    stale: list[Dataset] = []
    with session.open_client(run) as client:
        for dataset in filter(permitted.has_files, ALL):
            run.check_stop()
            if dataset.partition is Partition.DAY and _note(dataset, _listed(run, client, dataset)):
                stale.append(dataset)
    if stale:
        run.log.info(
            gettext_noop("rewritten files of: %(datasets)s"),
            {"datasets": ", ".join(each.slug for each in stale)},
            extra={"action": "stale"},
        )
        days = (
            Coverage.objects.filter(stale_since__isnull=False).order_by("day").values_list("day", flat=True)
        )
        work.perform(run, Request(tuple(stale), first=days[0], only=Only.STALE))


def _listed(run: Run, client: Client, dataset: Dataset) -> list[File]:
    """Return the files of `dataset`; none where J-Quants has none, so that the others are looked at."""
    try:
        return bulk.listed(client, dataset)
    except (PlanError, ParameterError) as error:
        run.log.warning(
            gettext_noop("%(dataset)s: no CSV files: %(error)s"),
            {"dataset": dataset.slug, "error": error},
            extra={"action": "no_files"},
        )
        return []


def _note(dataset: Dataset, files: list[File]) -> int:
    """Mark the days whose file is newer than what was fetched of them; return how many there are."""
    return sum(
        Coverage.objects.filter(
            dataset=dataset.slug,
            status=CoverageStatus.FETCHED,
            day__range=(file.first, file.last),
            fetched_at__lt=file.modified_at,
        ).update(stale_since=file.modified_at)
        for file in files
    )
