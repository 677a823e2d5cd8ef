"""All of J-Quants, on each plan: what is stored is what was generated, field by field, and stays as it is.

EVERYTHING_SPAN=2025-11-21:2026-11-20 takes a year instead of a few days, EVERYTHING_ISSUES=100 about so many issues
instead of all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, models
from pytest_django import Settings

from jquants import datasets, ingest, session
from jquants.calendar import TOKYO
from jquants.datasets import ALL, Dataset
from jquants.datasets.dataset import Partition, Row
from jquants.datasets.fields import Json
from jquants.errors import PlanError
from jquants.ingest import Counts
from jquants.jobs import ListedCompanies, job_type
from jquants.models import Coverage, ListedCompany, ListedCompanyHistory
from jquants.plan.subscription import Subscription
from jquants.standin import ADDONS, PLANS, StandinServer, questions
from jquants.standin.endpoints import ENDPOINTS
from jquants.standin.market.calendar import days_between
from jquants.standin.plans import EMBARGO
from tests.jquants.fakes import perform
from tests.jquants.kept import ByKey, differences, kept, to_keep

SPAN = os.environ.get("EVERYTHING_SPAN", "")
ISSUES = int(os.environ.get("EVERYTHING_ISSUES", "0")) or None
# Days of a month and the next, a holiday, and an issue's ex-date.
FIRST, LAST = map(date.fromisoformat, (SPAN or "2026-10-30:2026-11-04").split(":"))
# Companies report whose shares they hold once a year.
SEASONS = {datasets.CROSS_SHAREHOLDING_REPORTS: (date(2026, 6, 25), date(2026, 6, 26))}
NIGHT = time(4, 30)  # all of the day before is out, and its morning session is still to be read
CODE = "72030"

pytestmark = pytest.mark.django_db


class Unlimited:
    """A rate limiter for a server that has no limit."""

    def reserve(self, path: str) -> float:
        return 0.0

    def sent(self, path: str) -> None: ...

    def give_back(self) -> None: ...

    def pause(self, seconds: float | None) -> None:
        raise AssertionError("the stand-in has refused a request")


class Standin:
    """A stand-in of a plan, in the night after the last day that is asked for."""

    def __init__(self, plan: str) -> None:
        self.plan = replace(PLANS[plan], addons=ADDONS if plan != "free" else frozenset())
        self.first = FIRST if SPAN or plan == "premium" else LAST - timedelta(days=2)
        night = datetime.combine(LAST + timedelta(days=1), NIGHT, TOKYO)
        self.now = night + EMBARGO if self.plan.delayed else night
        self.server = StandinServer(plan=plan, issues=ISSUES, now=lambda: self.now, per_minute=10**9)

    def generated(self, dataset: Dataset, **query: str) -> list[Row]:
        """Return what it makes up, on a way that leads past its HTTP."""
        endpoint = ENDPOINTS[dataset.path]
        window = endpoint.window(self.plan, self.now.date())
        question = questions.read(query, endpoint.parameters, plan=self.plan, moment=self.now, window=window)
        rows: list[Row] = json.loads(json.dumps(list(self.server.source.rows(endpoint, question))))
        return rows

    def on(self, dataset: Dataset, day: date) -> list[Row]:
        return self.generated(dataset, **{dataset.day_parameter: str(day)})


@pytest.fixture(scope="module")
def standin(request: pytest.FixtureRequest) -> Iterator[Standin]:
    standin = Standin(request.param)
    with standin.server:
        yield standin


@pytest.fixture(autouse=True)
def _asks_it(standin: Standin, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "DatabaseRateLimiter", lambda *_args, **_options: Unlimited())
    settings.JQUANTS_API_KEY = "standin"
    settings.JQUANTS_PLAN = standin.plan.name
    settings.JQUANTS_ADDONS = sorted(standin.plan.addons)
    settings.JQUANTS_BASE_URL = standin.server.base_url


def of_each_plan(*, included: bool) -> pytest.MarkDecorator:
    """Call the test with each plan and each data set that it has, or lacks."""
    pairs = [
        pytest.param(plan, dataset, id=f"{plan}-{dataset.slug}")
        for plan in PLANS
        for dataset in ALL
        if (not included or dataset not in (datasets.LISTED_COMPANIES, datasets.MINUTE_BARS, datasets.TICKS))
        and Subscription(plan, ADDONS if plan != "free" else frozenset()).has(dataset) == included
    ]
    return pytest.mark.parametrize(("standin", "dataset"), pairs, indirect=["standin"])


every_plan = pytest.mark.parametrize("standin", PLANS, indirect=True)


@of_each_plan(included=True)
def test_all_is_stored_as_generated_and_not_written_again(standin: Standin, dataset: Dataset) -> None:
    first, last = SEASONS.get(dataset, (standin.first, LAST))
    is_daily = dataset.partition is Partition.DAY and dataset.day_parameter
    given: dict[str, Any] = {"date_from": str(first), "date_to": str(last)} if is_daily else {}

    fetched = perform(job_type(dataset), now=standin.now, **given).counts

    count, found = 0, 0
    for day in days_between(first, last) if is_daily else [None]:
        rows = standin.on(dataset, day) if day else standin.generated(dataset)
        count += len(rows)
        found += compare(dataset, rows, day)
    assert fetched["fetched"] == count > 0
    assert fetched["inserted"] == found == dataset.model._default_manager.count()
    assert not Coverage.objects.exclude(unknown_keys=[]).exists()

    refuse_writes(dataset)
    again = perform(job_type(dataset), now=standin.now, **(given and {**given, "force": True})).counts
    assert (again["inserted"], again["updated"], again["unchanged"]) == (0, 0, found)


def compare(dataset: Dataset, rows: list[Row], day: date | None) -> int:
    """Hold what is stored of a day, nested rows too, against `rows`; return how many there are."""
    stored = dataset.model._default_manager.all()
    expected = to_keep(dataset, rows)
    if day:
        stored = stored.filter(**{dataset.day_column: day})
    assert not differences(dataset, expected, kept(dataset, stored))
    nested = 0
    for related in dataset.related:
        sent = [row for parent in rows if related.keys & parent.keys() for row in related.extract(parent)]
        inner = to_keep(related, sent)
        parents = {values[dataset.names.index(related.parent)] for values in expected.values()}
        theirs = related.model._default_manager.filter(**{f"{related.parent}__in": parents})
        assert not differences(related, inner, kept(related, theirs))
        nested += len(inner)
    assert nested >= objects_within(dataset, rows)
    return len(expected)


def objects_within(dataset: Dataset, rows: list[Row]) -> int:
    """Count the objects in `rows`, at any depth: each is a nested row."""
    whole = dataset.spread | {column.key for column in dataset.columns if isinstance(column.field, Json)}
    return sum(
        _objects(value)
        for row in rows
        for key, value in row.items()
        if type(value) in (dict, list) and key not in whole
    )


def _objects(value: Any) -> int:
    if isinstance(value, list):
        return sum(map(_objects, value))
    return 1 + sum(map(_objects, value.values())) if isinstance(value, dict) else 0


@of_each_plan(included=False)
def test_what_a_plan_lacks_is_refused_and_leaves_nothing(standin: Standin, dataset: Dataset) -> None:
    with pytest.raises(PlanError):
        perform(job_type(dataset), now=standin.now)

    assert not dataset.model._default_manager.exists()
    assert not Coverage.objects.exists()


@every_plan
def test_lists_of_issues_are_stored_as_generated_and_not_written_again(standin: Standin) -> None:
    dataset = datasets.LISTED_COMPANIES
    answers = [standin.on(dataset, day) for day in days_between(standin.first, LAST)]
    # On a closed day that of the next trading day is answered.
    lists = {date.fromisoformat(rows[0]["Date"]): of_any_day(to_keep(dataset, rows)) for rows in answers}

    for day in days_between(standin.first, LAST):
        perform(ListedCompanies, now=standin.now, date=str(day))

    history = kept(HISTORY, ListedCompanyHistory.objects.order_by("effective_on"))
    for day, issues in lists.items():
        assert not differences(dataset, issues, as_of(history, day, issues))
    listed = kept(STATE, ListedCompany.objects.listed())
    newest = lists[max(lists)]
    assert {key: values[2:] for key, values in newest.items()} == {k: v[1:] for k, v in listed.items()}

    refuse_writes(dataset, ListedCompany)
    for day in lists:
        again = perform(ListedCompanies, now=standin.now, date=str(day), force=True).counts
        assert (again["inserted"], again["updated"], again["unchanged"]) == (0, 0, len(lists[day]))


HISTORY = replace(datasets.LISTED_COMPANIES, natural_key=("code", "effective_on"))
STATE = replace(
    datasets.LISTED_COMPANIES,
    columns=tuple(column for column in datasets.LISTED_COMPANIES.columns if column.name != "effective_on"),
)


def as_of(history: ByKey, day: date, issues: ByKey) -> ByKey:
    """Return what the history, oldest first, says of those of `issues` on the day."""
    found = {(code,): values for (code, since), values in history.items() if since <= day}
    return of_any_day({key: values for key, values in found.items() if key in issues})


def of_any_day(issues: ByKey) -> ByKey:
    return {key: (values[0], None, *values[2:]) for key, values in issues.items()}


# A day of all issues is a million bars: these come by the add-on, and here for one issue.
@pytest.mark.parametrize("standin", ["light"], indirect=True)
@pytest.mark.parametrize("dataset", [datasets.MINUTE_BARS, datasets.TICKS], ids=lambda dataset: dataset.slug)
def test_a_day_of_an_issue_is_stored_as_generated(standin: Standin, dataset: Dataset) -> None:
    rows = standin.generated(dataset, code=CODE, date=str(LAST))

    for counts in (Counts(inserted=len(rows)), Counts(unchanged=len(rows))):
        url = standin.server.base_url
        assert ingest.write(dataset, rows, day=LAST, base_url=url, now=standin.now) == counts
        assert compare(dataset, rows, LAST) == len(rows) > 0
        refuse_writes(dataset)


def refuse_writes(dataset: Dataset, *more: type[models.Model]) -> None:
    """Let the database refuse whatever changes a row of the data set from now on, to the same value too."""
    tables = [
        model._meta.db_table for model in (dataset.model, *(each.model for each in dataset.related), *more)
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'a row of % is written again', TG_TABLE_NAME; END $$"
            )
        for table in tables:
            for trigger in _triggers(table):
                cursor.execute(trigger)


def _triggers(table: str) -> list[str]:
    if connection.vendor == "postgresql":
        return [
            f"CREATE OR REPLACE TRIGGER refuse AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse()"
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS refuse_{table}_{event} AFTER {event} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'a row of {table} is written again'); END"
        for event in ("INSERT", "UPDATE", "DELETE")
    ]
