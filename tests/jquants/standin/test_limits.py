"""Requests per minute of a key, and the five minutes of refusal."""

import pytest
import requests

from jquants.standin.limits import Bucket, Limits, RequestLimit
from jquants.standin.plans import PLANS
from tests.jquants.standin.conftest import Standin

CALENDAR = "/markets/calendar"
DAY = {"from_": "20261120", "to": "20261120"}


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> RequestLimit:
    return RequestLimit(5, clock)


def admitted(limit: RequestLimit, times: int) -> int:
    return sum(limit.admit() for _ in range(times))


def test_limit_admits_as_many_as_the_plan_says(limit: RequestLimit) -> None:
    assert admitted(limit, 7) == 5


def test_window_slides(limit: RequestLimit, clock: Clock) -> None:
    assert admitted(limit, 3) == 3
    clock.seconds += 30
    assert admitted(limit, 3) == 2
    clock.seconds += 29.9
    assert admitted(limit, 1) == 0
    clock.seconds += 0.1
    assert admitted(limit, 3) == 3


def test_going_on_over_the_limit_blocks_for_five_minutes(limit: RequestLimit, clock: Clock) -> None:
    assert admitted(limit, 10) == 5
    clock.seconds += 60
    assert admitted(limit, 11) == 5  # the eleventh was one too many
    clock.seconds += 299.9
    assert admitted(limit, 5) == 0
    clock.seconds += 0.1
    assert admitted(limit, 5) == 5


def test_server_answers_429_over_the_limit(standin: Standin, clock: Clock) -> None:
    asked = standin(plan="free", per_minute=None, clock=clock)
    days = {"from_": "20260828", "to": "20260828"}
    statuses = [asked.get(CALENDAR, **days).status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert asked.refusal(CALENDAR, **days) == (429, "Too Many Requests")
    clock.seconds += 60
    assert asked.get(CALENDAR, **days).status_code == 200


def test_each_page_is_a_request(standin: Standin) -> None:
    asked = standin(per_minute=2, page_size=2_000)
    first = asked.get("/equities/bars/daily", date="20261120").json()
    second = asked.get("/equities/bars/daily", date="20261120", pagination_key=first["pagination_key"]).json()
    third = asked.get("/equities/bars/daily", date="20261120", pagination_key=second["pagination_key"])
    assert third.status_code == 429


def test_refusals_of_the_key_do_not_count(standin: Standin) -> None:
    asked = standin(per_minute=1)
    for _ in range(3):
        requests.get(asked.server.base_url + CALENDAR, headers={"x-api-key": "other"}, timeout=10)
    assert asked.get(CALENDAR, **DAY).status_code == 200


def test_limits_of_the_plans() -> None:
    limits = {plan.name: plan.requests_per_minute for plan in PLANS.values()}
    assert limits == {"free": 5, "light": 60, "standard": 120, "premium": 500}


def test_a_bucket_apart_leaves_the_plan_alone(clock: Clock) -> None:
    limits = Limits(5, clock)
    apart = Bucket("minute", 3, is_apart=True)
    assert [limits.admit(apart) for _ in range(4)] == [True, True, True, False]
    assert [limits.admit() for _ in range(6)] == [True] * 5 + [False]


def test_a_cap_counts_for_the_plan_too(clock: Clock) -> None:
    limits = Limits(5, clock)
    cap = Bucket("details", 3)
    assert [limits.admit(cap) for _ in range(4)] == [True, True, True, False]
    assert [limits.admit() for _ in range(3)] == [True, True, False]


def test_who_ignores_one_limit_is_refused_everything(clock: Clock) -> None:
    limits = Limits(5, clock)
    apart = Bucket("minute", 3, is_apart=True)
    assert sum(limits.admit(apart) for _ in range(7)) == 3
    assert not limits.admit()
    clock.seconds += 300
    assert limits.admit()
