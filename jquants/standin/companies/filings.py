"""When companies report: a filing a company and quarter, and an index by day of whatever hangs on filings."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from threading import Lock
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from jquants.standin.companies.profile import DRAWS, STRIDE, Company, company, reports
from jquants.standin.market import Market
from jquants.standin.market.calendar import trading_day_until
from jquants.standin.market.tape import MASK

ALLOWED: Final = 45  # days between the end of a quarter and the last day its figures are due
EARLIEST: Final = 18
CACHED_MONTHS: Final = 40
CACHED_FILINGS: Final = 1 << 15
MONTHS: Final = tuple(range(1, 13))


class Filing(NamedTuple):
    """The report on the quarter that ends on `end`. Days are proleptic ordinals."""

    company: Company
    quarter: int  # of the fiscal year, from 1; the last is the whole year
    end: int
    year_end: int
    day: int  # on which the figures are published
    quarters: int = 4  # the fiscal year has

    @property
    def fiscal_year(self) -> int:
        """The calendar year it ends in."""
        return date.fromordinal(self.year_end).year

    @property
    def is_annual(self) -> bool:
        return self.quarter == self.quarters

    @property
    def period(self) -> str:
        """As CurPerType has it."""
        return "FY" if self.is_annual else f"{self.quarter}Q"


class Dated(Protocol):
    @property
    def day(self) -> int: ...


Event = TypeVar("Event", bound=Dated)


class Companies:
    """Every company of the market, and draws that hang on a company and a month."""

    def __init__(self, market: Market) -> None:
        self.market: Final = market
        self._noise = market.tape.noise
        issues = (issue for issue in market.issues.values() if reports(issue))
        self.by_code: Final = {
            issue.code: company(issue, number, self._noise) for number, issue in enumerate(issues)
        }
        self.by_edinet_code: Final = {one.edinet_code: code for code, one in self.by_code.items()}
        self.filing = lru_cache(maxsize=CACHED_FILINGS)(self._filing)
        self._due: dict[int, list[Company]] = {month: [] for month in MONTHS}
        for one in self.by_code.values():
            for month in MONTHS:
                if one.is_due(month):
                    self._due[month].append(one)

    def draw(self, one: Company, end: int, step: int) -> float:
        """A number in [0, 1) that belongs to the company, the period that ends on `end` and `step` (below 64)."""
        return self._noise[one.issue.noise + DRAWS + STRIDE * (1 + end // 28) + step & MASK]

    def _filing(self, one: Company, year: int, month: int) -> Filing:
        """On the quarter that ends in that month."""
        end = _closing(year, month, one.closing)
        last, quarter, quarters = one.term(year * 12 + month - 1)
        year_end = _closing(last // 12, last % 12 + 1, one.closing)
        late = 0.75 * one.lateness + 0.25 * self.draw(one, end, 0)
        lag = ALLOWED - int((ALLOWED - EARLIEST) * (1 - late) ** 2.2) + 3 * one.is_reit
        return Filing(one, quarter, end, year_end, traded(end + lag), quarters)

    def before(self, filing: Filing, months: int) -> Filing:
        """The filing of the quarter that ended that many months earlier (a multiple of 3)."""
        end = date.fromordinal(filing.end)
        number = end.year * 12 + end.month - 1 - months
        return self.filing(filing.company, number // 12, number % 12 + 1)

    def start(self, filing: Filing) -> int:
        """The first day of its fiscal year."""
        return self.before(filing, 6 if filing.company.is_reit else 3 * filing.quarter).end + 1

    def following(self, annual: Filing) -> Filing:
        """The report on the fiscal year after that one."""
        if annual.company.is_reit:
            return self.before(annual, -6)
        return self.before(annual, -3 * self.before(annual, -3).quarters)

    def latest(self, one: Company, day: int) -> Filing:
        """The newest one published before that day, had the company always been listed."""
        today = date.fromordinal(day)
        number = today.year * 12 + today.month - 1
        number -= (number + 1 - one.month) % one.interval
        while (newest := self.filing(one, number // 12, number % 12 + 1)).day >= day:
            number -= one.interval
        return newest

    def due(self, year: int, month: int) -> list[Filing]:
        """On the quarters that end in that month, of companies listed about then."""
        end = date(year, month, 28).toordinal()
        return [
            self.filing(one, year, month)
            for one in self._due[month]
            if one.issue.listed <= end + 120 and one.issue.delisted >= end - 60
        ]

    def due_of(self, one: Company, year: int, month: int) -> list[Filing]:
        return [self.filing(one, year, month)] if one.is_due(month) else []


class Index(Generic[Event]):
    """Events by day. `make` gives those of a filing, which lie between `first` and `last` days after the
    quarter's end; those of days on which the issue was not listed do not count."""

    def __init__(
        self,
        companies: Companies,
        make: Callable[[Filing], Iterable[Event]],
        *,
        first: int,
        last: int,
    ) -> None:
        self._companies = companies
        self._make = make
        self._first = first
        self._last = last
        self._lock = Lock()
        self._month = lru_cache(maxsize=CACHED_MONTHS)(self._by_day)

    def on(self, day: date) -> list[Event]:
        """In the order of codes within a month of quarter ends."""
        with self._lock:
            months = [self._month(year, month) for year, month in self._months(day, day)]
        return [event for by_day in months for event in by_day.get(day.toordinal(), ())]

    def of(self, code: str, first: date, last: date) -> list[Event]:
        """Of one company, oldest first."""
        one = self._companies.by_code.get(code)
        if one is None:
            return []
        span = range(first.toordinal(), last.toordinal() + 1)
        found = [
            event
            for year, month in self._months(first, last)
            for filing in self._companies.due_of(one, year, month)
            for event in self._make(filing)
            if event.day in span and one.issue.is_listed(event.day)
        ]
        return sorted(found, key=lambda event: event.day)

    def _months(self, first: date, last: date) -> Iterator[tuple[int, int]]:
        """Those with a last day (or a 20th) near enough to have events in the span."""
        since = first - timedelta(days=self._last)
        until = last - timedelta(days=self._first) + timedelta(days=12)
        for number in range(since.year * 12 + since.month - 1, until.year * 12 + until.month):
            yield number // 12, number % 12 + 1

    def _by_day(self, year: int, month: int) -> dict[int, list[Event]]:
        by_day: dict[int, list[Event]] = {}
        for filing in self._companies.due(year, month):
            issue = filing.company.issue
            for event in self._make(filing):
                if issue.listed <= event.day <= issue.delisted:
                    by_day.setdefault(event.day, []).append(event)
        return by_day


@lru_cache(maxsize=1 << 14)
def traded(day: int) -> int:
    """The day when it traded, else the last one before it that did."""
    return trading_day_until(date.fromordinal(day)).toordinal()


@lru_cache(maxsize=1 << 12)
def _closing(year: int, month: int, closing: int) -> int:
    return date(year, month, min(closing, monthrange(year, month)[1])).toordinal()
