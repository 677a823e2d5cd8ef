"""A listed company's habits, drawn from its issue: when its years end, how it reports, what it earns and pays."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from jquants.standin.companies.known import KNOWN, Habits
from jquants.standin.market.issues import FOREIGN, FUND, NEVER, REIT, STOCK, Issue
from jquants.standin.market.tape import MASK

JAPANESE, IFRS, US, JMIS = "JP", "IFRS", "US", "JMIS"
NO_DIVIDEND, FINAL, HALF_YEARLY, QUARTERLY = range(4)  # how often a dividend is paid
PRO_MARKET: Final = "0105"
BANK: Final = "7050"
DRAWS: Final = 17_011  # where an issue's own draws start on the tape, away from those of its prices
STRIDE: Final = 64  # draws a month has

# (share of the companies, month): up to that share, fiscal years end in that month.
YEAR_ENDS: Final = (
    *((0.64, 3), (0.77, 12), (0.82, 2), (0.87, 9), (0.91, 6)),
    *((0.93, 5), (0.95, 8), (0.965, 11), (0.975, 7), (0.985, 10), (0.993, 1), (1.0, 4)),
)
LARGE: Final = frozenset({"TOPIX Core30", "TOPIX Large70"})
# A few companies move the end of their fiscal years: three of a year, then one of a year and a half.
USUAL, LONG = 12, 18  # months
CYCLE: Final = 3 * USUAL + LONG


class Term(NamedTuple):
    """A quarter's place in its fiscal year. Months are counted from the year 0."""

    last: int  # month of the fiscal year
    quarter: int
    quarters: int  # it has


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Company:
    issue: Issue
    number: int  # among all companies; EDINET codes and document numbers are made of it
    month: int  # in which fiscal years end
    closing: int  # the day they end on; 31 for the last of the month
    cycle: int  # the last month of a long fiscal year (counted from the year 0); 0 for a company without
    consolidated: bool
    american_until: int  # fiscal years; 0 for never
    ifrs_from: int  # fiscal year; 9999 for never
    jmis_from: int
    dollars_from: int  # the day from which it reports in US dollars
    lateness: float  # 0 reports at once, 1 on the last day allowed
    multiple: float  # price over earnings in a usual year
    book_multiple: float  # price over book value
    margin: float  # net profit of sales
    equity_ratio: float
    payout: float
    policy: int
    forecasts: bool  # tells what it expects of the year
    forecasts_halves: bool  # and of its first half
    forecasts_parent: bool  # and of what the parent alone will earn
    treasury: float  # share of its own shares it holds
    unit: int  # yen it rounds to

    @property
    def is_reit(self) -> bool:
        return self.issue.product == REIT

    @property
    def is_half_yearly(self) -> bool:
        """Reports twice a year: TOKYO PRO MARKET. (A REIT's half years are fiscal years of their own.)"""
        return self.is_reit or self.issue.market == PRO_MARKET

    @property
    def interval(self) -> int:
        """Months between its reports."""
        return 6 if self.is_half_yearly else 3

    def is_due(self, month: int) -> bool:
        """Whether it reports on a quarter that ends in that month."""
        return (self.month - month) % self.interval == 0

    @property
    def edinet_code(self) -> str:
        return f"E{self.number + 1:05d}"

    @property
    def is_foreign(self) -> bool:
        return self.issue.product == FOREIGN

    def standard(self, fiscal_year: int) -> str:
        if fiscal_year <= self.american_until:
            return US
        if fiscal_year >= self.ifrs_from:
            return IFRS
        return JMIS if fiscal_year >= self.jmis_from else JAPANESE

    def tells_parent(self, fiscal_year: int) -> bool:
        """Whether its yearly reports have figures of the parent without its subsidiaries."""
        return self.consolidated and not self.is_reit and self.standard(fiscal_year) == JAPANESE

    def term(self, month: int) -> Term:
        """Of the quarter that ends in that month."""
        if self.is_reit:
            return Term(month, 4, 4)
        if not self.cycle:
            left = (self.month - 1 - month) % USUAL
            return Term(month + left, 4 - left // 3, 4)
        since = (month - self.cycle - 1) % CYCLE  # months since the last long year, less one
        length, since = (USUAL, since % USUAL) if since < CYCLE - LONG else (LONG, since - CYCLE + LONG)
        return Term(month + length - 1 - since, since // 3 + 1, length // 3)


def reports(issue: Issue) -> bool:
    """Funds are no companies, and preferred shares belong to the company of the common ones."""
    return issue.product != FUND and (issue.product != STOCK or issue.code.endswith("0"))


def company(issue: Issue, number: int, noise: list[float]) -> Company:
    """`noise` is the tape's."""
    start = issue.noise + DRAWS
    u = [noise[start + step & MASK] for step in range(24)]
    bank, large, reit = issue.sector == BANK, issue.scale in LARGE, issue.product == REIT
    habits = KNOWN.get(issue.code) or _drawn_habits(issue, u)
    is_known = issue.code in KNOWN
    consolidated = reit or large or is_known or u[2] < 0.83
    capital = issue.base * issue.shares
    policy = _policy(u[10], growing=issue.market == "0113", large=large or is_known)
    return Company(
        issue=issue,
        number=number,
        month=habits.month,
        closing=20 if u[1] < 0.008 and not is_known else 31,
        cycle=habits.cycle,
        consolidated=consolidated,
        american_until=habits.american_until,
        ifrs_from=habits.ifrs_from if consolidated else 9999,
        jmis_from=habits.jmis_from if consolidated else 9999,
        dollars_from=habits.dollars_from,
        lateness=u[4],
        multiple=18.0 if reit else 8 + 20 * u[5] * u[5],
        book_multiple=1.0 + 0.3 * u[6] if reit else 0.5 + 2.5 * u[6] ** 2,
        margin=0.45 if reit else 0.02 + 0.10 * u[7],
        equity_ratio=0.05 if bank else 0.48 if reit else 0.2 + 0.6 * u[8],
        payout=1.0 if reit else 0.2 + 0.25 * u[9],
        policy=policy,
        forecasts=u[11] > 0.05,
        forecasts_halves=u[12] > 0.5,
        forecasts_parent=u[15] < 0.3,
        treasury=0.0 if reit or u[13] < 0.2 else 0.06 * u[14],
        unit=1_000 if reit or capital < 5e9 else 1_000_000,
    )


def _drawn_habits(issue: Issue, u: list[float]) -> Habits:
    month = next(month for share, month in YEAR_ENDS if u[0] < share)
    if issue.product == REIT:
        return Habits(month)
    moves = issue.market != PRO_MARKET and u[16] < 0.003
    return Habits(
        month,
        ifrs_from=_ifrs_from(issue, u[3]),
        jmis_from=2017 if u[17] < 0.001 else 9999,
        cycle=2026 * USUAL + month - 1 - 3 * int(CYCLE / 3 * u[18]) if moves else 0,
    )


def _ifrs_from(issue: Issue, draw: float) -> int:
    share = 0.6 if issue.scale in LARGE else 0.12 if issue.scale != "-" else 0.02
    return 2012 + int(12 * draw / share) if draw < share and issue.delisted == NEVER else 9999


def _policy(draw: float, *, growing: bool, large: bool) -> int:
    if large:
        return HALF_YEARLY
    if draw < (0.7 if growing else 0.15):
        return NO_DIVIDEND
    return FINAL if draw < 0.55 else HALF_YEARLY if draw < 0.995 else QUARTERLY
