"""Ask for days and store each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from jquants import publication, session
from jquants.batch import MOST_ROWS, Batch
from jquants.coverage import fetches
from jquants.daily.days import days_to_fetch
from jquants.daily.question import Answered, Question, row_count
from jquants.datasets import Dataset
from jquants.datasets.table import Packed, Table
from jquants.errors import JQuantsError, WindowError
from jquants.prefetch import FetchAhead
from jquants.upsert import loading

if TYPE_CHECKING:
    from scheduler.runner import Run


def fetch(run: Run, dataset: Dataset) -> None:
    """Fetch the days that `run.parameters` ask for, as `days_to_fetch` says.

    Snoozes while the newest day is not published yet (R31).
    """
    _Fetching(run, dataset, is_exact=bool(run.parameters.get("date"))).perform(days_to_fetch(run, dataset))


class _Fetching:
    """One run over some days; one that cannot be stored does not keep the others from being so.

    A thread fetches and decodes while we store the days before.
    """

    def __init__(self, run: Run, dataset: Dataset, *, is_exact: bool) -> None:
        self._run = run
        self._dataset = dataset
        self._is_exact = is_exact  # a person asked for this very day
        self._batch = Batch(self._store)
        self._asked_at = run.now()  # when the first of the batch was; the others may know more, not less
        self._failure: JQuantsError | None = None  # the first
        self._done = self._of = 0

    def perform(self, days: Sequence[date]) -> None:
        if not days:
            return
        self._of = len(days)
        ahead: FetchAhead[date, Answered] = FetchAhead(
            self._run.check_stop, idle=self._batch.flush, weigh=row_count, most=MOST_ROWS
        )
        with (
            loading(),
            session.open_client(self._run, wait=ahead.wait, asks=len(days)) as client,
            self._batch,
            ahead,
        ):
            self._run.progress(0, self._of, str(days[0]))
            for day, answered in ahead.each(Question(self._run, client, self._dataset), days):
                self._take(day, answered)
                del answered  # minute bars of a day are hundreds of megabytes
        if self._failure:
            raise self._failure

    def _take(self, day: date, answered: Answered) -> None:
        answer = answered.answer
        if isinstance(answer, WindowError):
            self._refused(day, answer)
        elif isinstance(answer, JQuantsError):
            self._failed(day, answer)
        elif not answer.rows and self._may_still_come(day):
            # The newest day comes last: the days before it are stored, or about to be.
            publication.look_again(self._run, day)
        else:
            self._run.count(fetched=answer.rows)
            self._add(answer.table, answered.asked_at)
            self._wait_for_the_rest(day)

    def _add(self, table: Packed, asked_at: datetime) -> None:
        if not len(self._batch):
            self._asked_at = asked_at
        self._batch.add(table)

    def _wait_for_the_rest(self, day: date) -> None:
        """Snooze where most issues are missing, and may only be late."""
        if self._dataset.covers_master and self._may_still_come(day):
            self._batch.flush()
            if not fetches.covered(self._dataset, [day]):
                publication.look_again(self._run, day, "partly_published")

    def _may_still_come(self, day: date) -> bool:
        """Whether a day without rows, or without most of them, is only late."""
        return not self._dataset.is_sparse and publication.may_still_come(self._run, self._dataset, day)

    def _refused(self, day: date, error: WindowError) -> None:
        if self._is_exact:
            raise error
        now = self._run.now()
        fetches.record_refused(self._dataset, [day], execution=self._run.execution, now=now)
        self._run.log.warning(
            gettext_noop("%(where)s is outside what the plan covers: %(error)s"),
            {"where": day, "error": error},
            extra={"action": "outside_plan"},
        )
        self._end(day)

    def _failed(self, day: date, error: JQuantsError) -> None:
        run = self._run
        fetches.record_failed(self._dataset, day, error, execution=run.execution, now=run.now())
        run.log.warning(
            gettext_noop("%(where)s cannot be stored: %(error)s"),
            {"where": day, "error": error},
            extra={"action": "day_failed"},
        )
        self._failure = self._failure or error
        self._end(day)

    def _store(self, packed: Sequence[Packed]) -> None:
        tables = [Table.unpacked(self._dataset, each) for each in packed]
        session.store_tables(
            self._run,
            tables,
            asked_at=self._asked_at,
            fetched=0,  # counted as they came
            is_thorough=bool(self._run.parameters.get("force")),
        )
        for table in tables:
            if table.rows or self._dataset.is_sparse:
                self._run.log.info(
                    gettext_noop("%(day)s: %(rows)s rows"),
                    {"day": table.day, "rows": f"{len(table):,}"},
                    extra={"action": "day_stored"},
                )
            else:
                self._run.log.warning(
                    gettext_noop("%(day)s is a trading day, but has no rows"),
                    {"day": table.day},
                    extra={"action": "day_empty"},
                )
            self._end(table.day)

    def _end(self, day: date | None) -> None:
        """Count a day that needs nothing more."""
        self._done += 1
        self._run.progress(self._done, self._of, str(day))
