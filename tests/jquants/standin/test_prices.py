"""Prices keep the exchange's rules on every day, and need no day before them to be computed."""

from collections.abc import Iterator
from datetime import date
from random import Random

import pytest

from jquants.standin.market import Issue, Market
from jquants.standin.market.prices import Quote, halves
from jquants.standin.market.ticks import (
    FINE,
    STANDARD,
    at_or_above,
    at_or_below,
    limit_width,
    limits,
    nearest,
)

FIRST, LAST = date(2016, 11, 21), date(2026, 11, 20)


def quotes(market: Market, issue: Issue) -> Iterator[tuple[int, Quote]]:
    """(session, quote) of the days with trades, oldest first."""
    for session in market.sessions.between(FIRST, LAST):
        if issue.is_listed(market.sessions.ordinals[session]) and (
            quote := market.prices.quote(issue, session)
        ):
            yield session, quote


@pytest.fixture(scope="module")
def sample(made_up_market: Market) -> list[Issue]:
    """Some of everything, and each famous issue."""
    return list(made_up_market.issues.values())[::389]


@pytest.mark.parametrize(
    ("base", "width"),
    [(99, 30), (100, 50), (999, 150), (1_000, 300), (2_999, 500), (3_000, 700), (60_000_000, 1e7)],
)
def test_limit_width_follows_the_table(base: float, width: float) -> None:
    assert limit_width(base) == width


def test_grid_has_coarser_ticks_for_higher_prices() -> None:
    assert nearest(2_999.6, STANDARD) == 3_000.0
    assert nearest(3_001.2, STANDARD) == 3_000.0
    assert nearest(1_000.3, FINE) == 1_000.5
    assert nearest(0.2, STANDARD) == 1.0
    assert (at_or_below(4_999.0, STANDARD), at_or_above(4_996.0, STANDARD)) == (4_995.0, 5_000.0)


def test_prices_stay_on_the_grid_and_inside_the_limits(made_up_market: Market, sample: list[Issue]) -> None:
    checked = 0
    for issue in sample:
        last: tuple[int, float] | None = None
        for session, quote in quotes(made_up_market, issue):
            day = made_up_market.sessions.ordinals[session]
            table = issue.ticks(day)
            for price in quote[:4]:
                assert price == nearest(price, table)
            assert quote.low <= min(quote.open, quote.close) <= max(quote.open, quote.close) <= quote.high
            if last:
                then, close = last
                base = nearest(close * issue.factor(made_up_market.sessions.ordinals[then], day), table)
                lowest, highest = limits(base, table)
                assert lowest <= quote.low
                assert quote.high <= highest
                assert (quote.limit_down, quote.limit_up) == (quote.low == lowest, quote.high == highest)
                checked += 1
            last = session, quote.close
    assert checked > 10_000


def test_a_day_is_the_same_whatever_was_asked_before(made_up_market: Market, sample: list[Issue]) -> None:
    again = Market(1)
    again.sessions.number(LAST)
    asked = [(issue, session) for issue in sample for session, _ in quotes(made_up_market, issue)][::50]
    expected = [made_up_market.prices.quote(issue, session) for issue, session in asked]
    order = Random(3).sample(range(len(asked)), len(asked))
    got = {n: again.prices.quote(*asked[n]) for n in order}
    assert [got[n] for n in range(len(asked))] == expected


def test_some_issues_reach_their_limit_every_day(made_up_market: Market) -> None:
    session = made_up_market.sessions.number(LAST)
    day = [made_up_market.prices.quote(issue, session) for issue in made_up_market.listed(LAST)]
    traded = [quote for quote in day if quote]
    assert 0.03 < 1 - len(traded) / len(day) < 0.15
    assert sum(quote.limit_up for quote in traded) > 3
    assert sum(quote.limit_down for quote in traded) > 3


def test_volume_and_value_are_plausible(made_up_market: Market, sample: list[Issue]) -> None:
    for issue in sample:
        for _, quote in quotes(made_up_market, issue):
            assert quote.volume > 0
            assert quote.volume % issue.lot == 0
            assert quote.low <= quote.value / quote.volume <= quote.high


def test_halves_make_up_the_day(made_up_market: Market, sample: list[Issue]) -> None:
    one_sided = 0
    for issue in sample:
        for session, quote in quotes(made_up_market, issue):
            day = made_up_market.sessions.ordinals[session]
            morning, afternoon = halves(issue, day, quote, half_day=False)
            if morning is None or afternoon is None:
                assert afternoon == quote
                one_sided += 1
                continue
            assert (morning.open, afternoon.close) == (quote.open, quote.close)
            assert (max(morning.high, afternoon.high), min(morning.low, afternoon.low)) == (
                quote.high,
                quote.low,
            )
            assert morning.volume + afternoon.volume == quote.volume
            assert round(morning.value + afternoon.value, 1) == quote.value
            for half in (morning, afternoon):
                assert half.low <= min(half.open, half.close) <= max(half.open, half.close) <= half.high
    assert one_sided > 0


def test_a_half_day_has_no_afternoon(made_up_market: Market) -> None:
    issue = made_up_market.issues["72030"]
    session = made_up_market.sessions.number(date(2008, 12, 30))
    quote = made_up_market.prices.quote(issue, session)
    assert quote
    assert halves(issue, date(2008, 12, 30).toordinal(), quote, half_day=True) == (quote, None)


def test_a_split_divides_the_price_and_multiplies_the_volume(made_up_market: Market) -> None:
    toyota = made_up_market.issues["72030"]
    session = made_up_market.sessions.number(date(2021, 9, 29))
    before, after = (made_up_market.prices.quote(toyota, s) for s in (session - 1, session))
    assert before
    assert after
    assert after.close == pytest.approx(before.close / 5, rel=0.13)
    assert after.volume > before.volume
