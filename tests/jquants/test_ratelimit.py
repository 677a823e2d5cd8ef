import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jquants.ratelimit import (
    LATEST_ARRIVAL,
    LONGEST_PAUSE,
    PLAN_LIMITS,
    MemoryRateLimiter,
    buckets_for,
    pause_end,
    pause_left,
)
from tests.jquants.traffic import Clock, Request, Traffic

BARS = "/equities/bars/daily"


def reserve_all(limiter: MemoryRateLimiter, path: str = BARS) -> int:
    """Reserve until the limiter refuses; return how often it did not."""
    granted = 0
    while limiter.reserve(path) == 0.0:
        granted += 1
    return granted


@pytest.mark.parametrize(
    ("path", "plan", "expected"),
    [
        ("/equities/bars/daily", "free", [("plan", 5)]),
        ("/equities/bars/daily", "light", [("plan", 60)]),
        ("/equities/bars/daily/am", "standard", [("plan", 120)]),
        ("/bulk/list", "premium", [("plan", 500)]),
        ("/fins/summary", "free", [("plan", 5), ("fins_summary", 60)]),
        ("/fins/details", "premium", [("plan", 500), ("fins_details", 60)]),
        ("/fins/dividend", "premium", [("plan", 500)]),
        ("/equities/bars/minute", "light", [("minute_and_tick", 60)]),
        ("/equities/trades", "light", [("minute_and_tick", 60)]),
        ("/td/list", "premium", [("tdnet", 100)]),
    ],
)
def test_r28_buckets_of_a_path(path: str, plan: str, expected: list[tuple[str, int]]) -> None:
    assert buckets_for(path, plan) == expected


def test_buckets_of_an_unknown_plan_are_an_error() -> None:
    with pytest.raises(ValueError, match="'gold' is no J-Quants plan; use one of free, light"):
        MemoryRateLimiter("gold")


@pytest.mark.parametrize("plan", PLAN_LIMITS)
def test_r28_limiter_allows_a_burst_of_the_limit(plan: str) -> None:
    assert reserve_all(MemoryRateLimiter(plan, clock=Clock())) == PLAN_LIMITS[plan]


def test_r28_limiter_counts_a_window_from_the_answer() -> None:
    clock = Clock()
    limiter = MemoryRateLimiter("free", clock=clock)
    reserve_all(limiter)

    clock.now += 30.0
    limiter.sent(BARS)
    assert limiter.reserve(BARS) == 61.0

    clock.now += 60.5
    assert limiter.reserve(BARS) == 0.5
    clock.now += 0.5
    assert reserve_all(limiter) == 1


def test_r28_limiter_never_frees_a_request_without_an_answer() -> None:
    clock = Clock()
    limiter = MemoryRateLimiter("free", clock=clock)
    reserve_all(limiter)

    clock.now += 3600.0

    assert limiter.reserve(BARS) > 0.0


def test_r28_limiter_counts_in_all_buckets_or_in_none() -> None:
    limiter = MemoryRateLimiter("premium", clock=Clock())

    assert reserve_all(limiter, "/fins/summary") == 60
    assert reserve_all(limiter, "/fins/details") == 60
    assert reserve_all(limiter, "/td/list") == 100
    assert reserve_all(limiter, BARS) == 500 - 120


def test_r28_limiter_is_shared_by_threads() -> None:
    limiter = MemoryRateLimiter("premium", clock=Clock())
    granted = list[int]()
    threads = [threading.Thread(target=lambda: granted.append(reserve_all(limiter))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(granted) == 500


@given(
    st.lists(
        st.builds(
            Request,
            worker=st.integers(0, 6),
            after=st.sampled_from([0.0, 0.0, 0.0, 1.0, 20.0]) | st.floats(0.0, 70.0),
            travels=st.sampled_from([0.0, 0.1]) | st.floats(0.0, LATEST_ARRIVAL),
            answered_after=st.sampled_from([0.0, 0.1]) | st.floats(0.0, 200.0),
        ),
        min_size=6,
        max_size=40,
    )
)
@settings(max_examples=300, deadline=None)
def test_r28_server_never_sees_more_than_the_limit_in_any_window(requests: list[Request]) -> None:
    clock = Clock()
    traffic = Traffic(clock, [MemoryRateLimiter("free", clock=clock)] * 7, BARS)

    traffic.run(requests)

    assert traffic.most_in_a_window() <= 5


def test_r28_limiter_wastes_little_of_the_limit() -> None:
    clock = Clock(0.0)
    traffic = Traffic(clock, [MemoryRateLimiter("standard", clock=clock)], BARS)

    traffic.run(Request(worker=0, after=0.0, travels=0.05, answered_after=0.15) for _ in range(1200))

    assert clock.now < 10 * 62


NOW = 1000.0


@pytest.mark.parametrize(
    ("previous_end", "asked", "expected"),
    [
        (None, None, NOW + 60),  # the first one
        (NOW - 500, None, NOW + 60),  # the last one is long ago
        (NOW - 10, None, NOW + 310),  # refused again after a pause: the five-minute block
        (NOW, None, NOW + 310),
        (NOW + 40, None, NOW + 40),  # was on its way when the pause began
        (None, 7.0, NOW + 7),  # Retry-After wins
        (NOW - 10, 7.0, NOW + 7),
        (NOW + 40, 7.0, NOW + 40),
        (None, 0.0, NOW),
        (None, 1e9, NOW + LONGEST_PAUSE),
        (NOW + 1e8, None, NOW + 60),  # set by a clock that was wrong
    ],
)
def test_r28_pause_lasts_as_long_as_the_429_means(
    previous_end: float | None, asked: float | None, expected: float
) -> None:
    assert pause_end(previous_end, NOW, asked) == expected


@pytest.mark.parametrize(("end", "left"), [(None, 0), (NOW - 1, 0), (NOW, 0), (NOW + 9, 9), (NOW + 1e8, 0)])
def test_r28_pause_ends(end: float | None, left: float) -> None:
    assert pause_left(end, NOW) == left


def test_r28_pause_stops_every_bucket() -> None:
    clock = Clock()
    limiter = MemoryRateLimiter("premium", clock=clock)

    limiter.pause(None)

    assert [limiter.reserve(path) for path in (BARS, "/fins/summary", "/td/list")] == [60.0] * 3
    clock.now += 60.0
    assert limiter.reserve(BARS) == 0.0


def test_r28_second_429_waits_the_five_minute_block_out() -> None:
    clock = Clock()
    limiter = MemoryRateLimiter("premium", clock=clock)

    limiter.pause(None)
    clock.now += 61.0
    limiter.pause(None)

    assert limiter.reserve(BARS) == 310.0
