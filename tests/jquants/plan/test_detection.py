"""The plan is found out by what J-Quants refuses, with few questions, and again when it has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from pytest_django import Settings

from jquants import session
from jquants.datasets import DAILY_QUOTES
from jquants.datasets.plans import Window
from jquants.errors import PlanError
from jquants.jobs import ListedCompanies, job_type
from jquants.models import Connection
from jquants.plan import detection, subscription
from jquants.plan.detection import Found, PlanUnclearError
from jquants.standin import StandinServer
from tests.jquants.fakes import NOW, TODAY, FakeRun, issue, perform
from tests.jquants.plan.conftest import never
from tests.jquants.wire import Reply, Wire, refusal, rows

pytestmark = pytest.mark.django_db

NOT_IN_PLAN = refusal(403, "This API is not available on your subscription. If you want more data, ...")
NO_SUCH_PATH = refusal(403, "The requested endpoint does not exist. Please check the URL")
EMPTY = rows()


def covers(window: str) -> Reply:
    return refusal(400, f"Your subscription covers the following dates: {window}. If you want more data, ...")


def find() -> Found:
    with session.client(wait=never) as client:
        return detection.find(client, TODAY)


def asked(wire: Wire) -> list[str]:
    return [seen.path.removeprefix("/v2") for seen in wire.seen]


@pytest.mark.parametrize(
    ("plan", "first", "last"),
    [
        ("free", date(2024, 8, 28), date(2026, 8, 28)),
        ("light", date(2021, 11, 20), None),
        ("standard", date(2016, 11, 20), None),
        ("premium", date(2006, 11, 20), None),
    ],
)
def test_a_refusal_tells_the_plan(
    standin: Callable[..., StandinServer], plan: str, first: date, last: date | None
) -> None:
    server = standin(plan)

    found = find()

    assert (found.plan, found.window) == (plan, Window(first, last))
    assert [path for path, _query in server.requests].count("/equities/bars/daily") == 1
    assert len(server.requests) == (1 if plan == "free" else 3)  # the add-ons


@pytest.mark.parametrize(
    ("replies", "plan"),
    [
        ([EMPTY], "premium"),
        ([NOT_IN_PLAN, EMPTY], "standard"),
        ([NOT_IN_PLAN, NOT_IN_PLAN, refusal(400, "This API requires ...")], "light"),
        ([NOT_IN_PLAN, NOT_IN_PLAN, NOT_IN_PLAN], "free"),
    ],
)
@pytest.mark.parametrize("told", [covers("2019-01-04 ~ "), EMPTY, refusal(400, "The format is invalid")])
def test_the_endpoints_tell_the_plan_where_its_days_do_not(
    wire: Wire, told: Reply, replies: list[Reply], plan: str
) -> None:
    wire.reply(told, *replies, NOT_IN_PLAN)

    assert find().plan == plan


def test_the_days_of_the_last_sunday_that_every_plan_covers_are_asked_for(wire: Wire) -> None:
    wire.reply(EMPTY, NOT_IN_PLAN)

    find()

    assert [seen.params for seen in wire.seen[1:]] == [
        {"date": "2026-08-16"},
        {"date": "2026-08-16"},
        {"from": "2026-08-16", "to": "2026-08-16"},
    ]


def test_a_plan_that_nothing_tells_is_an_error_that_says_what_to_do(wire: Wire) -> None:
    wire.reply(EMPTY, NO_SUCH_PATH)

    with pytest.raises(PlanUnclearError, match="set JQUANTS_PLAN") as caught:
        find()
    assert caught.value.retryable is False


@pytest.mark.parametrize(
    ("replies", "addons"),
    [
        ([EMPTY, EMPTY], {"minute", "tdnet"}),
        ([NOT_IN_PLAN, EMPTY], {"tdnet"}),
        ([NO_SUCH_PATH, NOT_IN_PLAN], set()),
    ],
)
def test_add_ons_are_found_out(wire: Wire, replies: list[Reply], addons: set[str]) -> None:
    wire.reply(covers("2016-11-20 ~ "), *replies)

    assert find().addons == addons
    assert asked(wire) == ["/equities/bars/daily", "/equities/bars/minute", "/td/list"]


# --- when it is found out ----------------------------------------------------------------------------


def test_the_first_run_finds_the_plan_out_and_the_next_ones_know_it(
    standin: Callable[..., StandinServer],
) -> None:
    server = standin("standard")
    run = FakeRun()

    windows = [session.window(run, DAILY_QUOTES) for _ in range(2)]  # type: ignore[arg-type]

    assert windows == [Window(date(2016, 11, 20), None)] * 2
    assert len(server.requests) == 3
    assert subscription.current() == subscription.Subscription("standard")


def test_a_403_has_the_plan_found_out_again(wire: Wire) -> None:
    premium, light = covers("2006-11-20 ~ "), covers("2021-11-20 ~ ")
    wire.reply(premium, NOT_IN_PLAN, NOT_IN_PLAN, NOT_IN_PLAN, light, NOT_IN_PLAN, NOT_IN_PLAN, rows(issue()))

    with pytest.raises(PlanError):
        perform(ListedCompanies)
    assert subscription.current().plan == "premium"
    perform(ListedCompanies)

    assert subscription.current().plan == "light"
    assert Connection.objects.get().is_doubtful is False


def test_the_plan_of_the_settings_is_never_asked_for(wire: Wire, settings: Settings) -> None:
    settings.JQUANTS_PLAN = "premium"
    wire.reply(rows(issue()))

    perform(ListedCompanies)

    assert asked(wire) == ["/equities/master"]


def test_another_key_or_address_is_found_out_by_itself(
    standin: Callable[..., StandinServer], settings: Settings
) -> None:
    standin("premium")
    session.know_plan(FakeRun())  # type: ignore[arg-type]
    standin("light")
    assert not subscription.current().is_known

    session.know_plan(FakeRun())  # type: ignore[arg-type]

    assert subscription.current().plan == "light"
    settings.JQUANTS_API_KEY = "another"
    assert subscription.current() == subscription.Subscription("free", is_known=False)


def test_what_is_found_out_never_holds_the_key(standin: Callable[..., StandinServer]) -> None:
    standin("light")
    session.know_plan(FakeRun())  # type: ignore[arg-type]

    stored = Connection.objects.values().get()
    assert "key-of-the-tests" not in str(stored)
    assert (stored["plan"], stored["found_at"]) == ("light", NOW)


def test_jobs_of_all_plans_are_available_before_anything_is_known(unknown: Settings) -> None:
    assert job_type(DAILY_QUOTES).unavailable() is None
