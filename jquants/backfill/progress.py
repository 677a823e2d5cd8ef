"""How far a backfill is, and what failed on the way."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from jquants.coverage import fetches
from jquants.datasets import Dataset
from jquants.errors import JQuantsError, PlanError

if TYPE_CHECKING:
    from scheduler.runner import Run

Day = date | None  # None: the whole data set


class BackfillFailedError(JQuantsError):
    """Some partitions could not be stored; the others were."""

    code = "backfill_failed"
    summary = "Some days could not be stored; the coverage says why"

    def __init__(self, failed: int, total: int) -> None:
        super().__init__(detail=f"{failed} of {total}")
        self.failed, self.total = failed, total

    @property
    def params(self) -> dict[str, str]:
        return {"failed": str(self.failed), "total": str(self.total)}


class Progress:
    """How far a run is, and what failed on the way."""

    def __init__(self, run: Run, *, total: int) -> None:
        self.run = run
        self._total = total
        self._done = 0
        self._failed = 0
        self._refusal: PlanError | None = None  # the first
        run.progress(0, total)

    def pause(self) -> None:
        """Stop here if that was asked for, or if a live run waits for a worker (R29)."""
        self.run.check_stop()
        self.run.give_way()

    def add(self) -> None:
        """Count a partition that was not known to be there."""
        self._total += 1

    def done(self, dataset: Dataset, day: Day) -> None:
        self._done += 1
        self.run.progress(self._done, self._total, name_of(dataset, day))

    def failed(self, dataset: Dataset, day: Day, error: JQuantsError) -> None:
        """Note a partition that cannot be stored, and go on with the others."""
        run = self.run
        fetches.record_failed(dataset, day, error, execution=run.execution, now=run.now())
        run.log.warning(
            gettext_noop("%(where)s cannot be stored: %(error)s"),
            {"where": name_of(dataset, day), "error": error},
            extra={"action": "partition_failed"},
        )
        self._failed += 1
        self.done(dataset, day)

    def refused(self, dataset: Dataset, error: PlanError) -> None:
        """Note that the plan lacks a data set after all, and go on with the others."""
        self.run.log.warning(
            gettext_noop("%(dataset)s: %(why)s"),
            {"dataset": dataset.slug, "why": error},
            extra={"action": "dataset_refused"},
        )
        self._refusal = self._refusal or error

    def finish(self) -> None:
        if self._refusal:
            raise self._refusal
        if self._failed:
            raise BackfillFailedError(self._failed, self._total)


def name_of(dataset: Dataset, day: Day) -> str:
    """Return what a partition is called in logs."""
    return f"{dataset.slug} {day}" if day else dataset.slug
