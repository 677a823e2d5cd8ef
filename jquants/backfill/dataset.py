"""One data set of a backfill: from CSV files by the month, from the API by the day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from jquants import bulk, permitted, session, upsert, whole
from jquants.backfill.decoding import Broken, row_count
from jquants.backfill.opening import Files, Opened, Units
from jquants.backfill.progress import Day, Progress, name_of
from jquants.backfill.request import Order, Request, Source
from jquants.client import Client
from jquants.coverage import fetches
from jquants.coverage.expected import is_final
from jquants.coverage.states import State
from jquants.datasets.answer import TextRows
from jquants.datasets.dataset import Partition, Row
from jquants.datasets.errors import DataError
from jquants.datasets.plans import Window
from jquants.datasets.table import Table, decode
from jquants.errors import OF_ONE_QUESTION, ParameterError, PlanError, WindowError
from jquants.memory import collection_paused
from jquants.plan import subscription

if TYPE_CHECKING:
    from jquants.bulk import File
    from jquants.coverage.states import Survey

# Days of a file are committed together, each still whole or not at all: half a month of the whole market. An issue's rows
# of some days lie side by side in the index, whose pages are then written once. Nothing but the write itself is in the
# transaction: others wait seconds for SQLite's one writer.
ROWS_A_TRANSACTION = 50_000

ASKED_INSTEAD = gettext_noop("%(error)s; the API is asked instead")


class OfDataset:
    """The part of a run that is about one data set."""

    def __init__(self, progress: Progress, client: Client, survey: Survey, request: Request) -> None:
        self._progress = progress
        self._run = progress.run
        self._client = client
        self._survey = survey
        self._request = request
        self._dataset = survey.dataset
        self._is_rich = subscription.current().plan in survey.dataset.richer_on
        self._window = Window(date.min, None)
        self._refusal = WindowError()

    @property
    def _falls_back(self) -> bool:
        """Whether the API is asked for what the files do not have."""
        return self._request.source == Source.AUTO and self._dataset.answers_days

    def perform(self, days: Sequence[Day]) -> None:
        if not days:
            return
        if self._dataset.partition is Partition.WHOLE:
            self._whole()
            return
        units = self._units([day for day in days if day is not None])
        with Files(self._run, self._client, self._survey, units) as files:
            for unit in files.opened(self._progress.pause):
                if isinstance(unit, Opened):
                    self._read(unit, files)
                else:
                    self._ask(unit)

    def _units(self, days: Sequence[date]) -> Units:
        """Return the files to read and, alone, the days to ask the API for, in the order of the days."""
        files = self._files(days)
        in_files = {day for of_file in files.values() for day in of_file}
        units: Units = list(files.items())
        rest = [day for day in days if day not in in_files]
        if self._request.source == Source.BULK or not self._dataset.answers_days:
            if rest:
                self._log(
                    gettext_noop("%(dataset)s: no CSV file has %(days)s of the days"),
                    dataset=self._dataset.slug,
                    days=f"{len(rest):,}",
                )
        else:
            units += [(None, [day]) for day in rest]
        is_newest_first = self._request.order == Order.NEWEST
        return sorted(units, key=lambda unit: max(unit[1]), reverse=is_newest_first)

    def _files(self, days: Sequence[date]) -> dict[File, list[date]]:
        if self._request.source == Source.API or not permitted.has_files(self._dataset):
            return {}
        try:
            listed = bulk.listed(self._client, self._dataset, min(days), max(days))
        except (PlanError, ParameterError) as error:
            if not self._falls_back:
                raise
            self._log(
                gettext_noop("%(dataset)s: there are no CSV files, the API is asked: %(error)s"),
                dataset=self._dataset.slug,
                error=error,
            )
            return {}
        return bulk.chosen(listed, days)

    def _read(self, opened: Opened, files: Files) -> None:
        """Store the days of a file; what it lacks, or only the API knows, is asked for where that is allowed."""
        try:
            with opened.folder:
                left = self._store_file(opened, files)
        except (DataError, *OF_ONE_QUESTION) as error:
            if not self._falls_back:
                for day in opened.days:
                    self._progress.failed(self._dataset, day, error)
                return
            self._log(ASKED_INSTEAD, error=error)
            left = opened.days
        if left and self._falls_back:
            self._ask(left)
        elif left:
            self._log(
                gettext_noop("%(file)s has no rows of %(days)s of its days"),
                file=opened.file.key,
                days=f"{len(left):,}",
            )

    def _store_file(self, opened: Opened, files: Files) -> list[date]:
        """Store those of its days that a file has; return those to be asked for."""
        left, told = set[Day](opened.days), set[Day]()
        with upsert.loading(), collection_paused():
            group: list[Table] = []
            for table in self._tables(files.decoded(opened), left, told):
                group.append(table)
                if sum(map(row_count, group)) >= ROWS_A_TRANSACTION:
                    self._store_group(group, opened.asked_at)
                    group = []
            empty = [day for day in opened.days if day in left - told and self._is_empty(day, opened.file)]
            group += [Table(self._dataset, day, []) for day in empty]
            if group:
                self._store_group(group, opened.asked_at)
        return sorted(day for day in left.difference(empty) if day is not None)

    def _is_empty(self, day: date, file: File) -> bool:
        """Whether a file without rows of a day tells that there are none: it was written when they were final.

        Where some are stored, the API has the last word.
        """
        is_here = self._survey.states.get(day) in {State.FETCHED, State.STALE, State.PARTIAL}
        return self._dataset.is_sparse and not is_here and is_final(self._dataset, day, file.modified_at)

    def _tables(self, found: Iterator[Table | Broken], left: set[Day], told: set[Day]) -> Iterator[Table]:
        """Yield the days of a file that are to be stored; those to be asked for stay `left`. All of them are `told`."""
        for table in found:
            told.add(table.day)
            if table.day not in left:
                left.add(table.day)
                self._progress.add()
            self._run.check_stop()
            if isinstance(table, Broken):
                if self._falls_back:
                    self._log(ASKED_INSTEAD, error=table.error)
                else:
                    self._progress.failed(self._dataset, table.day, table.error)
                    left.remove(table.day)
            elif not self._falls_back or self._suffices(table):
                left.remove(table.day)
                yield table

    def _suffices(self, table: Table) -> bool:
        """Whether a day of a file needs nothing that only the API has, such as what our plan has more than others."""
        nested = (related for related in self._dataset.related if related.optional)
        is_poor = self._is_rich and any(related not in table.related for related in nested)
        return not is_poor and self._dataset.files_suffice(table)

    def _store_group(self, tables: list[Table], asked_at: datetime) -> None:
        session.store_tables(self._run, tables, asked_at=asked_at)
        for table in tables:
            self._progress.done(self._dataset, table.day)

    def _ask(self, days: Sequence[date]) -> None:
        for day in days:
            self._progress.pause()
            self._ask_for(day)

    def _ask_for(self, day: date) -> None:
        """Store a day. Once J-Quants has named the plan's window, a day outside it is not asked for."""
        dataset, run = self._dataset, self._run
        asked_at = run.now()
        try:
            if day not in self._window:
                raise self._refusal
            answer = session.ask(self._client, dataset, **{dataset.day_parameter: day.isoformat()})
            session.store(run, dataset, answer, day=day, asked_at=asked_at)
        except WindowError as error:
            self._window, self._refusal = Window(error.first or date.min, error.last), error
            fetches.record_refused(dataset, [day], execution=run.execution, now=run.now())
            self._log(
                gettext_noop("%(where)s is outside what the plan covers: %(error)s"),
                where=name_of(dataset, day),
                error=error,
            )
            self._progress.done(dataset, day)
        except (DataError, *OF_ONE_QUESTION) as error:
            if error.retryable and not isinstance(error, DataError):
                raise
            self._progress.failed(dataset, day, error)
        else:
            self._progress.done(dataset, day)

    def _whole(self) -> None:
        self._progress.pause()
        dataset, run = self._dataset, self._run
        try:
            if self._request.source == Source.BULK:
                self._whole_from_files()
            else:
                whole.fetch_with(self._client, run, dataset)
        except (DataError, *OF_ONE_QUESTION) as error:
            if error.retryable and not isinstance(error, DataError):
                raise
            self._progress.failed(dataset, None, error)
        else:
            self._progress.done(dataset, None)

    def _whole_from_files(self) -> None:
        """Store what all files of the data set have together: some have one, some one a month."""
        asked_at = self._run.now()
        found: list[Row] = []
        for file in bulk.listed(self._client, self._dataset):
            self._progress.pause()
            with bulk.downloaded(self._client, file) as path:
                for _day, lines in bulk.read(self._dataset, path):
                    found += map(lines.row, range(len(lines)))
        session.store_tables(self._run, [decode(self._dataset, TextRows(found))], asked_at=asked_at)

    def _log(self, text: str, **params: object) -> None:
        self._run.log.warning(text, params, extra={"action": "backfill_note"})
