"""What a company earned, owned and paid in a fiscal year, and how much of it each quarter had seen. In yen."""

from datetime import date
from functools import lru_cache
from math import exp
from typing import Final, NamedTuple

from jquants.standin.companies.filings import Companies, Filing
from jquants.standin.companies.profile import FINAL, HALF_YEARLY, NO_DIVIDEND, QUARTERLY, Company

LOSS: Final = 0.08  # share of the years
BEFORE_TAX: Final = 1.44
PARENT: Final = 0.7  # of what the whole group earns
# Of the year's dividend, by policy: what each quarter brings; None where there is no dividend to decide on.
PARTS: Final = {
    FINAL: (None, 0.0, None, 1.0),
    HALF_YEARLY: (None, 0.48, None, 0.52),
    QUARTERLY: (0.25, 0.25, 0.25, 0.25),
}
CACHED_YEARS: Final = 1 << 15
OPENED: Final = 0  # number of the market's first session, which stands for all earlier days


class Year(NamedTuple):
    sales: float
    operating: float
    ordinary: float
    net: float


class Balance(NamedTuple):
    assets: int
    equity: int
    cash: int


class Shares(NamedTuple):
    issued: int  # treasury shares included
    treasury: int
    average: int  # in the hands of others, over the period


class Dividends(NamedTuple):
    """Yen a share by the end of each quarter; None where the company pays none then."""

    quarters: tuple[float | None, float | None, float | None, float | None]

    def at(self, filing: Filing) -> float | None:
        """What the quarter brings."""
        if filing.is_annual:
            return self.quarters[3]
        return self.quarters[filing.quarter - 1] if filing.quarter < 4 else None

    @property
    def annual(self) -> float | None:
        paid = [rate for rate in self.quarters if rate is not None]
        return round(sum(paid), 2) if paid else None


class Figures:
    def __init__(self, companies: Companies) -> None:
        self._companies = companies
        self._sessions = companies.market.sessions
        self._walk = companies.market.tape.walk
        self.year = lru_cache(maxsize=CACHED_YEARS)(self._year)
        self.net = lru_cache(maxsize=CACHED_YEARS)(self._net)

    def _year(self, one: Company, year_end: int) -> Year:
        """The whole fiscal year, whether it is over or not."""
        draw, net = self._companies.draw, self.net(one, year_end)
        if one.is_reit:
            return Year(self._usual(one, year_end) / one.margin, net * 1.15, net * 1.001, net)
        sales = self._usual(one, year_end) / one.margin * (0.92 + 0.16 * draw(one, year_end, 3))
        operating = net * BEFORE_TAX * (0.95 + 0.1 * draw(one, year_end, 4))
        ordinary = operating * (0.96 + 0.1 * draw(one, year_end, 5))
        return Year(sales, operating, ordinary, net)

    def _net(self, one: Company, year_end: int) -> float:
        draw = self._companies.draw
        lost = draw(one, year_end, 1) < LOSS and not one.is_reit
        factor = (0.75 + 0.5 * draw(one, year_end, 2)) * (-0.6 if lost else 1.0)
        return self._usual(one, year_end) * factor

    def _usual(self, one: Company, year_end: int) -> float:
        """What a year like others would earn."""
        quarters = 2 if one.is_reit else _quarters(one, year_end)
        return self.worth(one, year_end) / one.multiple * quarters / 4

    def until(self, filing: Filing) -> Year:
        """Since the fiscal year began, rounded as the company does."""
        whole = self.year(filing.company, filing.year_end)
        return self.part(filing.company, whole, filing.year_end, filing.quarter)

    def net_until(self, filing: Filing) -> float:
        """The last of the amounts above, alone."""
        one = filing.company
        share = self._progress(one, filing.year_end, filing.quarter)[1]
        return _rounded(self.net(one, filing.year_end) * share, one.unit)

    def part(self, one: Company, whole: Year, year_end: int, quarter: int) -> Year:
        """Of a year, what its first quarters bring."""
        share, profit = self._progress(one, year_end, quarter)
        return Year(
            _rounded(whole.sales * share, one.unit),
            *(_rounded(amount * profit, one.unit) for amount in whole[1:]),
        )

    def parent(self, one: Company, whole: Year) -> Year:
        """Of a year, what the parent earns without its subsidiaries."""
        return Year(*(_rounded(amount * PARENT, one.unit) for amount in whole))

    def balance(self, filing: Filing) -> Balance:
        one, draw = filing.company, self._companies.draw
        equity = self.worth(one, filing.end) / one.book_multiple * (0.98 + 0.04 * draw(one, filing.end, 6))
        assets = equity / one.equity_ratio * (0.99 + 0.02 * draw(one, filing.end, 7))
        cash = assets * (0.05 + 0.15 * draw(one, filing.end, 8))
        return Balance(*(int(_rounded(amount, one.unit)) for amount in (assets, equity, cash)))

    def shares(self, one: Company, day: int) -> Shares:
        """As they stand on that day, after the splits until then."""
        factor = one.issue.factor(0, day) if one.issue.actions else 1.0
        issued = round(one.issue.shares / factor)
        treasury = round(issued * one.treasury)
        return Shares(issued, treasury, issued - treasury)

    def dividends(self, one: Company, year_end: int, day: int) -> Dividends:
        """What is paid for that year in the end, a share as it is on that day or was when it was paid."""
        if one.policy == NO_DIVIDEND and not one.is_reit:
            return Dividends((None, None, None, None))
        # Who made a loss pays what it would have paid in a thin year.
        annual = abs(self.net(one, year_end)) * one.payout
        rates = []
        for quarter, part in enumerate((1.0,) if one.is_reit else PARTS[one.policy], 1):
            held = self.shares(one, min(day, _quarter_end(one, year_end, quarter))).average
            rates.append(part and _rate(annual * part / held, whole=one.is_reit))
        if one.is_reit:
            return Dividends((None, None, None, rates[0]))
        return Dividends((rates[0], rates[1], rates[2], rates[3]))

    def worth(self, one: Company, day: int) -> float:
        """What the shares would cost in a market that does not move."""
        issue = one.issue
        session = max(self._sessions.number(date.fromordinal(day)), OPENED)
        first, second = issue.walks
        level = issue.volatility * (self._walk[first + session] + self._walk[second + session])
        return issue.base * issue.shares * exp(level)

    def _progress(self, one: Company, year_end: int, quarter: int) -> tuple[float, float]:
        """The shares of the year's sales and of its profits the quarters until then have brought."""
        quarters = _quarters(one, year_end)
        if quarter == quarters:
            return 1.0, 1.0
        draw = self._companies.draw
        sales = quarter / quarters + 0.05 * (draw(one, year_end, 8 + quarter) - 0.5)
        return sales, quarter / quarters + 0.2 * (draw(one, year_end, 12 + quarter) - 0.5)


def in_total(one: Company, dividend: float, shares: int) -> int:
    """What a dividend a share comes to, in yen, cut to what the company reports in."""
    return int(dividend * shares) // one.unit * one.unit


def _quarters(one: Company, year_end: int) -> int:
    """How many the fiscal year has."""
    if not one.cycle:
        return 4
    end = date.fromordinal(year_end)
    return one.term(end.year * 12 + end.month - 1).quarters


def _quarter_end(one: Company, year_end: int, quarter: int) -> int:
    """About: a day of the month the quarter ends in that brings the first, second, third or last dividend."""
    return year_end - 91 * (_quarters(one, year_end) - quarter) if quarter < 4 else year_end


def significant(amount: float, digits: int = 3) -> float:
    """Rounded as forecasts are."""
    size = len(str(int(abs(amount))))
    return float(round(amount, min(digits - size, 0)))


def _rounded(amount: float, unit: int) -> float:
    """Towards zero, as Japanese reports cut what is below their unit."""
    return float(int(amount / unit) * unit)


def _rate(amount: float, *, whole: bool) -> float:
    if whole or amount >= 100:
        return float(round(amount))
    return max(round(amount * 2) / 2, 0.5)
