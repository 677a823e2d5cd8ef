"""Fetch a data set that is published a day at a time: the days expected and not yet stored, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from django.utils.translation import gettext_noop

from jquants import calendar, session, whole
from jquants.batch import MOST_ROWS, Batch
from jquants.client import Client
from jquants.coverage import fetches
from jquants.coverage.expected import expected_days, newest_expected_days, newest_published, published_at
from jquants.datasets import Dataset
from jquants.datasets.errors import DataError
from jquants.datasets.plans import Window
from jquants.datasets.table import Packed, Table
from jquants.errors import OF_ONE_QUESTION, JQuantsError, WindowError
from jquants.plan import subscription
from jquants.prefetch import FetchAhead
from jquants.upsert import loading

if TYPE_CHECKING:
    from scheduler.runner import Run

DEFAULT_DAYS = 10  # newest trading days, where a job names none
NOT_PUBLISHED_SECONDS = 600.0  # between looks for a day that is late


class FutureDateError(JQuantsError):
    code = "future_date"
    summary = "There are no data of a day that has not come; ask for today or an earlier day"

    def __init__(self, day: date) -> None:
        super().__init__(detail=day.isoformat())


def fetch(run: Run, dataset: Dataset) -> None:
    """Fetch what `run.parameters` ask for and store each day by itself.

    Parameters: `date`, or `date_from` and `date_to`, or `days` (newest expected days); `force` fetches days
    again that are stored. Snoozes while the newest day is not published yet (R31).
    """
    today = calendar.today(run.now())
    if exact := run.parameters.get("date"):
        if exact > today:
            raise FutureDateError(exact)
        if dataset.is_sparse:  # companies may disclose on a Sunday, though it is not expected
            wanted = calendar.TradingDays([exact], [])
        else:
            wanted = expected_days(dataset, exact, exact)
    else:
        wanted = _wanted(
            dataset, run.parameters, session.window(run, dataset), newest_published(dataset, run.now())
        )
    days = wanted.days
    if not days:
        run.log.info(
            gettext_noop("no trading day among the days asked for"), extra={"action": "nothing_to_fetch"}
        )
    if wanted.provisional:
        run.log.info(
            gettext_noop(
                "%(days)s of the days are beyond the stored calendar; Japan's holidays decide there"
            ),
            {"days": len(wanted.provisional)},
            extra={"action": "provisional_calendar"},
        )
    if not run.parameters.get("force"):
        days = _missing(run, dataset, days)
    if not exact:
        days = _inside(run, dataset, days, session.window(run, dataset))
    _Fetch(run, dataset, is_exact=bool(exact)).perform(days)


def fetch_newest(run: Run, dataset: Dataset) -> None:
    """Fetch and store the one day that J-Quants offers. Snoozes while that of today is not published yet (R31)."""
    today = calendar.today(run.now())
    with session.open_client(run) as client:
        answer = session.ask(client, dataset)
    if answer:  # maybe still those of the day before
        session.store(run, dataset, answer)
    is_late = not answer or newest_published(dataset, run.now()) >= today
    if is_late and expected_days(dataset, today, today).days and not fetches.covered(dataset, [today]):
        run.snooze(NOT_PUBLISHED_SECONDS, "not_published_yet", date=today.isoformat())
    elif not answer:
        run.log.info(gettext_noop("J-Quants offers no day now"), extra={"action": "nothing_to_fetch"})


def fetch_whole(run: Run, dataset: Dataset) -> None:
    """Fetch and store all that J-Quants has; snoozes while its newest day is not published yet (R31)."""
    asked_at = run.now()
    with session.open_client(run) as client:
        found = whole.rows(client, dataset, session.window(run, dataset), calendar.today(asked_at))
    session.store(run, dataset, found, asked_at=asked_at)
    if dataset.published_after is None:
        return
    for day in newest_expected_days(dataset, 1, newest_published(dataset, run.now())).days:
        is_here = dataset.model._default_manager.filter(**{f"{dataset.day_column}__gte": day}).exists()
        if not is_here and calendar.today(run.now()) <= published_at(dataset, day).date():
            run.snooze(NOT_PUBLISHED_SECONDS, "not_published_yet", date=day.isoformat())


def _wanted(
    dataset: Dataset, parameters: dict[str, Any], window: Window, newest: date
) -> calendar.TradingDays:
    if first := parameters.get("date_from"):
        return expected_days(dataset, first, min(parameters.get("date_to") or newest, newest))
    count = parameters.get("days") or DEFAULT_DAYS
    return newest_expected_days(dataset, count, min(window.last or newest, newest))


def _missing(run: Run, dataset: Dataset, days: Sequence[date]) -> list[date]:
    covered = fetches.covered(dataset, days)
    if covered:
        run.log.info(
            gettext_noop("%(stored)s of %(days)s days are stored already"),
            {"stored": f"{len(covered):,}", "days": f"{len(days):,}"},
            extra={"action": "covered"},
        )
    return [day for day in days if day not in covered]


def _inside(run: Run, dataset: Dataset, days: Sequence[date], window: Window) -> list[date]:
    """Return those of `days` that the plan covers; note the others as refused."""
    outside = [day for day in days if day not in window]
    if outside:
        fetches.record_refused(dataset, outside, execution=run.execution, now=run.now())
        run.log.warning(
            gettext_noop(
                "%(days)s days, %(first)s to %(last)s, are outside the plan %(plan)s (%(window)s): not fetched"
            ),
            {
                "days": len(outside),
                "first": outside[0],
                "last": outside[-1],
                "plan": subscription.current().plan,
                "window": window,
            },
            extra={"action": "outside_plan"},
        )
    return [day for day in days if day in window]


class Fetched(NamedTuple):
    """A day as it is to be stored, and how many rows came for it."""

    table: Packed
    rows: int


Answer: TypeAlias = Fetched | JQuantsError


class Answered(NamedTuple):
    """An answer, and when it was asked for: it has nothing that was published later."""

    answer: Answer
    asked_at: datetime


def _rows(answered: Answered) -> int:
    return answered.answer.rows if isinstance(answered.answer, Fetched) else 0


class _Question:
    """Ask for a day. Once J-Quants has named the plan's window, a day outside it is not asked for."""

    def __init__(self, run: Run, client: Client, dataset: Dataset) -> None:
        self._run = run
        self._client = client
        self._dataset = dataset
        self._window = Window(date.min, None)
        self._refusal = WindowError()

    def __call__(self, day: date) -> Answered:
        asked_at = self._run.now()
        return Answered(self._answer(day), asked_at)

    def _answer(self, day: date) -> Answer:
        if day not in self._window:
            return self._refusal
        try:
            asked = {self._dataset.day_parameter: day.isoformat()}
            answer = session.ask(self._client, self._dataset, **asked)
            count = len(answer)
            table = session.decoded(self._dataset, answer, day=day)
        except WindowError as error:
            self._window, self._refusal = Window(error.first or date.min, error.last), error
            return error
        except (*OF_ONE_QUESTION, DataError) as error:
            if error.retryable:
                raise
            return error
        del answer  # minute bars of a day are hundreds of megabytes
        return Fetched(table.packed(), count)


class _Fetch:
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
            self._run.check_stop, idle=self._batch.flush, weigh=_rows, most=MOST_ROWS
        )
        with (
            loading(),
            session.open_client(self._run, wait=ahead.wait, asks=len(days)) as client,
            self._batch,
            ahead,
        ):
            self._run.progress(0, self._of, str(days[0]))
            for day, answered in ahead.each(_Question(self._run, client, self._dataset), days):
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
            self._run.snooze(NOT_PUBLISHED_SECONDS, "not_published_yet", date=day.isoformat())
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
                self._run.snooze(NOT_PUBLISHED_SECONDS, "partly_published", date=day.isoformat())

    def _may_still_come(self, day: date) -> bool:
        """Whether the date on which it should be published is not over."""
        return (
            not self._dataset.is_sparse
            and calendar.today(self._run.now()) <= published_at(self._dataset, day).date()
        )

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
            if table.rows:
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
