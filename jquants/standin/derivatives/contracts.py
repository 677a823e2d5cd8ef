"""Which contracts are listed on a day, from when on, and when they end."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import count, islice
from typing import Final, NamedTuple

from jquants.standin.derivatives.products import Cycle, OptionProduct, Product
from jquants.standin.market.calendar import ONE_DAY, trading_day_from, trading_day_until

FRIDAY, WEDNESDAY = 4, 2
DELIVERY_DAY: Final = 20
DAYS_BEFORE_DELIVERY: Final = 5
WEEK: Final = timedelta(days=7)


class Contract(NamedTuple):
    year: int
    month: int
    first: date  # it is traded on
    last: date
    settled: date  # the day of the special quotation, or of the delivery

    @property
    def name(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def year_digit(self) -> int:
        """As codes have it: 0 for 2025."""
        return (self.year - 5) % 10


def listed(product: Product | OptionProduct, day: date) -> list[Contract]:
    """In the order of their ends."""
    if day < product.starts:
        return []
    found = {
        (one.year, one.month): one
        for cycle in reversed(product.cycles)
        for one in _of_cycle(cycle, product.settles, product.starts, day)
    }
    return [found[month] for month in sorted(found)]


def central(contracts: list[Contract], day: date) -> Contract:
    """The nearest quarter until the session before its last; the nearest month where there are no quarters."""
    quarterly = [one for one in contracts if one.month % 3 == 0] or contracts
    return next((one for one in quarterly if one.last > day), quarterly[-1])


def _of_cycle(cycle: Cycle, settles: str, starts: date, day: date) -> Iterator[Contract]:
    months = _months(cycle.months, day)
    alive = (month for month in months if ends(settles, *month)[0] >= day)
    for year, month in islice(alive, cycle.size):
        last, settled = ends(settles, year, month)
        yield Contract(year, month, max(_first_day(cycle, settles, year, month), starts), last, settled)


def _months(months: tuple[int, ...], day: date) -> Iterator[tuple[int, int]]:
    """From the month of the day on, without end."""
    return (
        (year, month)
        for year in count(day.year)
        for month in months
        if (year, month) >= (day.year, day.month)
    )


@lru_cache(maxsize=4096)
def _first_day(cycle: Cycle, settles: str, year: int, month: int) -> date:
    """The session after the last one of the contract it takes the place of."""
    place = cycle.months.index(month) - cycle.size
    earlier = year + place // len(cycle.months), cycle.months[place % len(cycle.months)]
    return trading_day_from(ends(settles, *earlier)[0] + ONE_DAY)


@lru_cache(maxsize=4096)
def ends(settles: str, year: int, month: int) -> tuple[date, date]:
    """The last day of trading, and the day of settlement."""
    if settles == "delivery":
        settled = trading_day_from(date(year, month, DELIVERY_DAY))
        return _sessions_before(settled, DAYS_BEFORE_DELIVERY), settled
    nth, weekday = (3, WEDNESDAY) if settles == "wednesday" else (2, FRIDAY)
    settled = trading_day_until(nth_weekday(year, month, weekday, nth))
    return _sessions_before(settled, 1), settled


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7) + (nth - 1) * WEEK


def weeks(day: date, starts: date, size: int) -> list[Contract]:
    """Contracts that end on Fridays other than the second of a month, so many of them; named by ISO week."""
    friday = day + timedelta(days=(FRIDAY - day.weekday()) % 7)
    found: list[Contract] = []
    while len(found) < size:
        settled = trading_day_until(friday)
        last = _sessions_before(settled, 1)
        if not 8 <= friday.day <= 14 and last >= day:
            year, week, _ = friday.isocalendar()
            first = max(trading_day_from(friday - (size + 2) * WEEK), starts)
            found.append(Contract(year, week, first, last, settled))
        friday += WEEK
    return [one for one in found if one.first <= day]


def _sessions_before(day: date, count: int) -> date:
    for _ in range(count):
        day = trading_day_until(day - ONE_DAY)
    return day
