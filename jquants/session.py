"""What a run has of J-Quants, by the settings: a client to ask with, and where its answers go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_noop

from jquants import calendar, ingest, source
from jquants.client import Client, Row
from jquants.datasets import Dataset, plans
from jquants.datasets.answer import Answer, Gathered
from jquants.datasets.table import Table, decode
from jquants.errors import JQuantsError, PlanError
from jquants.memory import collection_paused
from jquants.models import Connection
from jquants.models.ratelimit import DatabaseRateLimiter
from jquants.plan import detection, subscription

if TYPE_CHECKING:
    from scheduler.runner import Run


class NoApiKeyError(JQuantsError):
    code = "no_api_key"
    summary = (
        "No J-Quants API key is set; put JQUANTS_API_KEY=... into .env, with a key from "
        "https://jpx-jquants.com/dashboard/api-keys"
    )


class PlanAwareClient(Client):
    """A client that has the plan found out again after J-Quants refused what the plan should include."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, PlanError):
            subscription.doubt()


def open_client(run: Run, *, wait: Callable[[float], None] | None = None, asks: int = 1) -> Client:
    """Return a client by the settings, for a `with` statement, that is about to ask so many questions.

    It sleeps through `wait`, by default the run's own. Raises, before any request, NoApiKeyError, and
    MixedSourcesError where its answers could not be stored. The plan is found out first, if need be.
    """
    source.check(settings.JQUANTS_BASE_URL)
    know_plan(run)
    return client(wait=wait or run.sleep, is_backfill=run.is_backfill, asks=asks)


def client(
    *,
    wait: Callable[[float], None],
    is_backfill: bool = False,
    asks: int = 1,
    read_timeout: float = 60.0,
    max_attempts: int = 5,
) -> Client:
    """Return a client by the settings. Raises NoApiKeyError."""
    if not settings.JQUANTS_API_KEY:
        raise NoApiKeyError
    return PlanAwareClient(
        api_key=settings.JQUANTS_API_KEY,
        base_url=settings.JQUANTS_BASE_URL,
        limiter=DatabaseRateLimiter(
            subscription.current().plan, settings.JQUANTS_API_KEY, is_backfill=is_backfill, asks=asks
        ),
        wait=wait,
        read_timeout=read_timeout,
        max_attempts=max_attempts,
    )


def know_plan(run: Run) -> None:
    """Find out the plan where the settings leave it to us and it is not known, or doubtful. Raises JQuantsError."""
    if not subscription.needs_asking():
        return
    with client(wait=run.sleep) as asking:
        found = detection.find(asking, calendar.today(run.now()))
    keep_plan(found, run.now())
    run.log.info(
        gettext_noop("the J-Quants plan is %(plan)s"), {"plan": found.plan}, extra={"action": "plan_found"}
    )


def keep_plan(found: detection.Found, now: datetime) -> Connection:
    """Remember what was found out of the plan."""
    return Connection.keep(
        plan=found.plan,
        addons=sorted(found.addons),
        first_day=found.window.first if found.window else None,
        last_day=found.window.last if found.window else None,
        found_at=now,
        is_doubtful=False,
    )


def window(run: Run, dataset: Dataset) -> plans.Window:
    """Return the days of `dataset` that our plan covers now; the plan is found out first, if need be."""
    know_plan(run)
    return subscription.current().window(calendar.today(run.now()), dataset)


def ask(client: Client, dataset: Dataset, **params: str) -> Answer:
    """Return what J-Quants has of `dataset`; raises JQuantsError."""
    return client.gather(Gathered, dataset.path, **params).answer()


def store(
    run: Run,
    dataset: Dataset,
    rows: Sequence[Row] | Answer,
    *,
    day: date | None = None,
    asked_at: datetime | None = None,
    is_thorough: bool = False,
) -> None:
    """Store an answer as `ingest.write` does, for `run`, and count its rows."""
    table = decoded(dataset, rows, day=day)
    store_tables(run, [table], asked_at=asked_at, fetched=len(rows), is_thorough=is_thorough)


def decoded(dataset: Dataset, rows: Sequence[Row] | Answer, *, day: date | None = None) -> Table:
    """Return the table of an answer; raises DataError for one that cannot be stored."""
    with collection_paused():
        table = decode(dataset, rows, day=day)
    ingest.check_rows(table)
    return table


def store_tables(
    run: Run,
    tables: Sequence[Table],
    *,
    asked_at: datetime | None = None,
    fetched: int | None = None,
    is_thorough: bool = False,
) -> None:
    """Store decoded partitions as `ingest.write_tables` does, for `run`, and count their rows.

    `asked_at` is when they were asked for, by default now: whether they are final, and whether a file is newer,
    is told by that, however long they were on their way.
    """
    counts = ingest.write_tables(
        tables,
        base_url=settings.JQUANTS_BASE_URL,
        now=asked_at or run.now(),
        execution=run.execution,
        is_thorough=is_thorough,
    )
    run.count(
        fetched=sum(map(len, tables)) if fetched is None else fetched,
        inserted=sum(each.inserted for each in counts),
        updated=sum(each.updated for each in counts),
        unchanged=sum(each.unchanged for each in counts),
    )
