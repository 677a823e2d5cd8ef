"""Properties of trading-day schedules on random calendars, held against counting on one's fingers (R10)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, islice, pairwise, takewhile
from operator import attrgetter

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from scheduler.schedules import parse
from scheduler.schedules.trading_text import Period, TradingText
from tests.scheduler.schedules.strategies import ZONES

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
ALL_DAYS = [FIRST + timedelta(days=passed) for passed in range((LAST - FIRST).days + 1)]
START, END = datetime(2024, 10, 1, tzinfo=UTC), datetime(2026, 6, 30, tzinfo=UTC)
MOMENTS = st.datetimes(START.replace(tzinfo=None), END.replace(tzinfo=None), timezones=st.just(UTC))


class RandomCalendar:
    def __init__(self, weekdays: set[int], closures: list[tuple[int, int]]) -> None:
        closed = {
            ALL_DAYS[0] + timedelta(days=start + n) for start, length in closures for n in range(length)
        }
        self.days = [day for day in ALL_DAYS if day.weekday() in weekdays and day not in closed]
        self._open = frozenset(self.days)

    def is_open(self, day: date) -> bool:
        return day in self._open

    def __repr__(self) -> str:
        return f"RandomCalendar of {len(self.days)} days"


CALENDARS = st.builds(
    RandomCalendar,
    st.sets(st.integers(0, 6), min_size=1),
    st.lists(st.tuples(st.integers(0, len(ALL_DAYS)), st.integers(1, 70)), max_size=25),
)


@st.composite
def trading_texts(draw: DrawFn) -> TradingText:
    nth = {
        Period.DAY: st.just(1),
        Period.WEEK: st.integers(1, 5),
        Period.MONTH: st.integers(1, 23) | st.integers(-23, -1),
    }
    period = draw(st.sampled_from(Period))
    return TradingText(period, draw(nth[period]), draw(st.integers(0, 47)), draw(st.integers(0, 59)))


def picked(text: TradingText, days: list[date]) -> list[date]:
    """The days that `text` picks among the open `days`."""
    if text.period is Period.DAY:
        return days
    if text.period is Period.MONTH:
        months = [list(group) for _, group in groupby(days, key=attrgetter("year", "month"))]
        at = text.nth - 1 if text.nth > 0 else text.nth
        return [month[at] for month in months if len(month) >= abs(text.nth)]
    firsts = [next(group) for _, group in groupby(days, key=lambda day: day.isocalendar()[:2])]
    counted = [days[days.index(first) :] for first in firsts]
    return [later[text.nth - 1] for later in counted if len(later) >= text.nth]


@settings(max_examples=100, deadline=None)
@given(text=trading_texts(), calendar=CALENDARS, zone=st.sampled_from(ZONES), moment=MOMENTS)
def test_r10_each_picked_day_has_exactly_one_tick(
    text: TradingText, calendar: RandomCalendar, zone: str, moment: datetime
) -> None:
    schedule = parse(str(text), timezone=zone, calendar=always(calendar))
    ticks = list(schedule.ticks_after(datetime(2023, 12, 1, tzinfo=UTC)))

    assert [schedule.trading_date(tick) for tick in ticks] == picked(text, calendar.days)
    assert list(schedule.ticks_after(moment)) == [tick for tick in ticks if tick > moment]
    assert list(schedule.ticks_until(moment))[::-1] == [tick for tick in ticks if tick <= moment]


@settings(max_examples=100, deadline=None)
@given(
    text=trading_texts(),
    calendar=CALENDARS,
    zone=st.sampled_from(ZONES),
    moment=MOMENTS,
    limit=st.integers(1, 20),
)
def test_newest_until_is_the_tail_of_the_forward_enumeration(
    text: TradingText, calendar: RandomCalendar, zone: str, moment: datetime, limit: int
) -> None:
    schedule = parse(str(text), timezone=zone, calendar=always(calendar))
    forward = list(takewhile(lambda tick: tick <= END, schedule.ticks_after(moment)))

    assert all(earlier < later for earlier, later in pairwise(forward))
    assert all(tick.tzinfo is UTC and tick > moment for tick in forward)
    assert schedule.newest_until(END, since=moment, limit=limit) == forward[-limit:]
    assert schedule.count_between(moment, END) == len(forward)
    for tick, following in islice(pairwise(forward), 10):
        assert schedule.next_after(tick) == following
        assert schedule.latest_until(following - timedelta(microseconds=1), since=moment) == tick


def always(calendar: RandomCalendar) -> Callable[[], RandomCalendar]:
    return lambda: calendar
