"""The limiter in the database: one count for all who use a key."""

import random

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from jquants.models.ratelimit import DatabaseRateLimiter, RateLimitPause, RateLimitSlot
from jquants.ratelimit import LATEST_ARRIVAL, Bucket
from tests.jquants.traffic import Clock, Request, Traffic

KEY = "made-up-key-0123456789"
BARS = "/equities/bars/daily"
FREE = Bucket("plan", 5)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Clock:
    return Clock()


def limiter(
    clock: Clock, plan: str = "free", key: str = KEY, *, is_backfill: bool = False, asks: int = 1
) -> DatabaseRateLimiter:
    return DatabaseRateLimiter(plan, key, is_backfill=is_backfill, asks=asks, clock=clock)


def reserve_all(limiter: DatabaseRateLimiter, path: str = BARS) -> int:
    granted = 0
    while limiter.reserve(path) == 0.0:
        granted += 1
    return granted


def test_r28_database_limiter_allows_a_burst_to_all_together(clock: Clock) -> None:
    one, other = limiter(clock), limiter(clock)

    assert [one.reserve(BARS), other.reserve(BARS)] == [0.0, 0.0]
    assert reserve_all(one) == 3
    assert reserve_all(other) == 0


def test_r28_database_limiter_counts_each_key_apart(clock: Clock) -> None:
    assert reserve_all(limiter(clock, key="one")) == 5
    assert reserve_all(limiter(clock, key="another")) == 5


def test_r28_database_limiter_counts_a_window_from_the_answer(clock: Clock) -> None:
    one, other = limiter(clock), limiter(clock)
    one.reserve(BARS)
    reserve_all(other)

    clock.now += 30.0
    one.sent(BARS)
    clock.now += 50.0
    one.give_back()  # tells of it late, which changes nothing
    clock.now += 10.0
    assert other.reserve(BARS) == 1.0

    clock.now += 1.0
    assert other.reserve(BARS) == 0.0


def test_r28_database_limiter_gets_the_slots_of_the_dead_back(clock: Clock) -> None:
    reserve_all(limiter(clock))

    clock.now += 120.9
    assert reserve_all(limiter(clock)) == 0

    clock.now += 0.1
    assert reserve_all(limiter(clock)) == 5


def test_r28_database_limiter_leaves_a_lease_that_ran_out_to_its_new_holder(clock: Clock) -> None:
    slow, other = limiter(clock), limiter(clock)
    slow.reserve(BARS)
    clock.now += 121.0
    reserve_all(other)
    leases = list(RateLimitSlot.objects.values_list("free_at", flat=True))

    slow.sent(BARS)
    slow.give_back()

    assert list(RateLimitSlot.objects.values_list("free_at", flat=True)) == leases


def test_r28_database_limiter_asks_nobody_to_wait_longer_than_a_window(clock: Clock) -> None:
    """A lease lasts longer, but ends with its answer."""
    reserve_all(limiter(clock))

    assert limiter(clock).reserve(BARS) == 61.0


def test_r28_database_limiter_counts_in_all_buckets_or_in_none(clock: Clock) -> None:
    one = limiter(clock, "light")
    assert reserve_all(one, "/fins/summary") == 60
    assert one.reserve(BARS) > 0.0
    assert one.reserve("/td/list") == 0.0

    clock.now += 200.0
    reserve_all(one)
    assert one.reserve("/fins/summary") > 0.0
    assert one.remaining(Bucket("fins_summary", 60)) == 60


def test_r28_database_limiter_follows_a_change_of_plan(clock: Clock) -> None:
    assert reserve_all(limiter(clock, "free")) == 5
    assert reserve_all(limiter(clock, "light")) == 55

    clock.now += 200.0
    assert reserve_all(limiter(clock, "free")) == 5


def test_r28_database_limiter_pauses_everybody(clock: Clock) -> None:
    one, other = limiter(clock), limiter(clock)

    one.pause(None)
    assert other.reserve(BARS) == 60.0
    assert other.remaining(FREE) == 0

    clock.now += 61.0
    other.pause(None)
    assert one.reserve(BARS) == 310.0

    clock.now += 310.0
    assert one.reserve(BARS) == 0.0
    assert RateLimitPause.objects.count() == 1


def test_r28_database_limiter_survives_a_clock_set_back(clock: Clock) -> None:
    one = limiter(clock)
    clock.now += 86_400.0
    reserve_all(one)
    one.pause(None)

    clock.now -= 86_400.0
    assert 0.0 < one.reserve(BARS) <= 61.0

    clock.now += 121.0
    assert reserve_all(one) == 5


def test_database_limiter_tells_what_remains(clock: Clock) -> None:
    one = limiter(clock)
    assert one.remaining(FREE) == 5

    one.reserve(BARS)
    one.reserve(BARS)

    assert one.remaining(FREE) == 3


def test_database_limiter_stores_no_key(clock: Clock) -> None:
    one = limiter(clock)
    one.reserve(BARS)
    one.pause(None)

    stored = [*RateLimitSlot.objects.values_list(), *RateLimitPause.objects.values_list()]
    assert KEY not in repr([stored, vars(one)])


def test_database_limiter_refuses_an_unknown_plan(clock: Clock) -> None:
    with pytest.raises(ValueError, match="no J-Quants plan"):
        limiter(clock, "gold")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["reserve", "pause"])
def test_database_limiter_refuses_to_hold_locks_in_a_transaction(clock: Clock, act: str) -> None:
    one = limiter(clock)
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        one.reserve(BARS) if act == "reserve" else one.pause(None)


@pytest.mark.parametrize(("path", "most"), [(BARS, 3), ("/fins/summary", 4)])
def test_database_limiter_asks_little_of_the_database(
    clock: Clock, django_assert_num_queries: DjangoAssertNumQueries, path: str, most: int
) -> None:
    one = limiter(clock)
    one.reserve(path)

    with django_assert_num_queries(0):
        one.sent(path)
    with django_assert_num_queries(most + 3):  # to tell of it, and a savepoint of the test's transaction
        one.reserve(path)


def ask(limiter: DatabaseRateLimiter, requests: int) -> None:
    """Send and finish some requests in no time."""
    for _ in range(requests):
        assert limiter.reserve(BARS) == 0.0
        limiter.sent(BARS)


def test_database_limiter_asks_seldom_who_asks_often(
    clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    one = limiter(clock, "standard")
    ask(one, 7)  # in blocks of 1, 2 and 4

    with django_assert_max_num_queries(11):  # four and a savepoint's two to take the block, one to end it
        ask(one, 6)


@pytest.mark.parametrize(("asks", "held"), [(1, 1), (4, 4), (1000, 6)])
def test_r28_database_limiter_takes_what_will_be_asked_for_within_its_share(
    clock: Clock, asks: int, held: int
) -> None:
    limiter(clock, "standard", asks=asks).reserve(BARS)

    assert reserve_all(limiter(clock, "standard")) == 120 - held


def test_r28_database_limiter_holds_a_twentieth_for_a_while_at_most(clock: Clock) -> None:
    one, other = limiter(clock, "standard"), limiter(clock, "standard")
    ask(one, 8)  # in blocks of 1, 2, 4 and 6, of which one is used

    assert reserve_all(other) == 120 - 13

    clock.now += 5.0
    one.reserve(BARS)
    assert reserve_all(other) == 4


def test_r28_database_limiter_gives_back_what_it_holds(clock: Clock) -> None:
    one, other = limiter(clock, "standard"), limiter(clock, "standard")
    ask(one, 8)

    one.give_back()

    assert reserve_all(other) == 120 - 8
    clock.now += 61.0
    assert reserve_all(one) == 8


def test_r28_database_limiter_counts_a_request_that_is_under_way_when_it_gives_back(clock: Clock) -> None:
    one, other = limiter(clock, "standard"), limiter(clock, "standard")
    ask(one, 7)
    one.reserve(BARS)

    one.give_back()
    clock.now += 61.0
    assert reserve_all(other) == 119

    one.sent(BARS)
    one.give_back()
    clock.now += 61.0
    assert limiter(clock, "standard").reserve(BARS) == 0.0


def test_r28_database_limiter_pauses_who_holds_slots(clock: Clock) -> None:
    one, other = limiter(clock, "standard"), limiter(clock, "standard")
    ask(one, 8)

    other.pause(3.0)

    assert one.reserve(BARS) == 3.0


def test_r28_database_limiter_uses_no_slot_that_a_clock_set_back_has_left_it(clock: Clock) -> None:
    """It gives the five back, and takes one of them anew."""
    one = limiter(clock, "standard")
    clock.now += 86_400.0
    ask(one, 8)

    clock.now -= 86_400.0
    one.reserve(BARS)

    assert one.remaining(Bucket("plan", 120)) == 4


@pytest.mark.parametrize("seed", range(3))
def test_r28_server_never_sees_more_than_the_limit_from_who_take_blocks(clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    requests = [
        Request(
            worker=chance.choice([0, 0, 0, 0, 1, 2]),
            after=chance.choice([0.0, 0.0, 0.0, 0.2, chance.uniform(0.0, 10.0)]),
            travels=chance.choice([0.0, 0.1, chance.uniform(0.0, 5.0), LATEST_ARRIVAL]),
            answered_after=chance.choice([0.0, 0.1]),
            dies=chance.random() < 0.05,
        )
        for _ in range(200)
    ]
    traffic = Traffic(clock, [limiter(clock, "light") for _ in range(3)], BARS)

    traffic.run(requests)

    assert traffic.most_in_a_window() <= 60


@pytest.mark.parametrize("seed", range(5))
def test_r28_server_never_sees_more_than_the_limit_from_all_processes(clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    requests = [
        Request(
            worker=chance.randrange(7),
            after=chance.choice([0.0, 0.0, 1.0, 20.0, chance.uniform(0.0, 70.0)]),
            travels=chance.choice([0.0, 0.1, chance.uniform(0.0, LATEST_ARRIVAL)]),
            answered_after=chance.choice([0.0, 0.1, chance.uniform(0.0, 200.0)]),
            dies=chance.random() < 0.1,
        )
        for _ in range(60)
    ]
    traffic = Traffic(clock, [limiter(clock) for _ in range(7)], BARS)

    traffic.run(requests)

    assert traffic.most_in_a_window() <= 5


def test_r29_a_backfill_leaves_headroom_to_live_jobs(clock: Clock) -> None:
    backfill, live = limiter(clock, "light", is_backfill=True), limiter(clock, "light")

    assert reserve_all(backfill) == 48
    assert 0.0 < backfill.reserve(BARS) <= 61.0
    assert reserve_all(live) == 12


def test_r29_headroom_of_the_smallest_plan_is_one_request(clock: Clock) -> None:
    assert reserve_all(limiter(clock, is_backfill=True)) == 4
    assert reserve_all(limiter(clock)) == 1


def test_r29_a_backfill_leaves_headroom_in_the_buckets_of_their_own(clock: Clock) -> None:
    backfill = limiter(clock, "premium", is_backfill=True)

    granted = {
        path: reserve_all(backfill, path) for path in ("/fins/details", "/equities/bars/minute", "/td/list")
    }
    assert granted == {"/fins/details": 48, "/equities/bars/minute": 48, "/td/list": 80}
