"""The rows of /equities/valuation (https://jpx-jquants.com/en/spec/eq-valuation): prices over reported figures."""

from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from jquants.standin.companies.documents import FIRST_DISCLOSURE, Documents, Kind
from jquants.standin.companies.figures import Figures
from jquants.standin.companies.filings import Companies, Filing
from jquants.standin.companies.forecasts import Forecasts
from jquants.standin.companies.profile import Company
from jquants.standin.companies.summary import Summary
from jquants.standin.market import Issue
from jquants.standin.market.issues import NEVER

MILLION: Final = 1e6
CACHED: Final = 1 << 14
KEYS: Final = ("EPS", "FwdEPS", "BPS", "ROE", "FwdROE", "PER", "FwdPER", "PBR", "MktCap")
NOTHING: Final[dict[str, "Number"]] = dict.fromkeys(KEYS)

Number = float | None


class PerShare(NamedTuple):
    """Of the shares as they were at the end of the quarter."""

    earned: Number  # in the last twelve months
    expected: Number
    book: Number


class Told(NamedTuple):
    """In a statement, and in the revision between it and the next."""

    reported: PerShare
    revised_on: int
    revised: PerShare


UNKNOWN: Final = PerShare(None, None, None)


class Valuation:
    def __init__(
        self,
        companies: Companies,
        documents: Documents,
        figures: Figures,
        summary: Summary,
        forecasts: Forecasts,
    ) -> None:
        self._companies = companies
        self._documents = documents
        self._figures = figures
        self._summary = summary
        self._forecasts = forecasts
        self._prices = companies.market.prices
        self._told = lru_cache(maxsize=CACHED)(self._find_told)

    def row(self, issue: Issue, day: date) -> dict[str, str | Number]:
        one = self._companies.by_code.get(issue.code)
        session = self._companies.market.sessions.number(day)
        price = self._prices.last(issue, session) if one else None
        ratios = self._ratios(one, day.toordinal(), price) if one and price else NOTHING
        return {"Date": day.isoformat(), "Code": issue.code, **ratios}

    def _ratios(self, one: Company, day: int, price: float) -> dict[str, Number]:
        worth = float(round(price * self._figures.shares(one, day).average / MILLION))
        if one.is_reit:
            return NOTHING | {"MktCap": worth}
        filing = self._companies.latest(one, day)
        known = filing.day >= max(one.issue.listed, FIRST_DISCLOSURE)
        factor = one.issue.factor(filing.end, day) if one.issue.actions else 1.0
        earned, expected, book = (
            None if value is None else round(value * factor, 2)
            for value in (self._figures_on(filing, day) if known else UNKNOWN)
        )
        return {
            "EPS": earned,
            "FwdEPS": expected,
            "BPS": book,
            "ROE": _ratio(earned, book, 4),
            "FwdROE": _ratio(expected, book, 4),
            "PER": _multiple(price, earned),
            "FwdPER": _multiple(price, expected),
            "PBR": _multiple(price, book),
            "MktCap": worth,
        }

    def _figures_on(self, filing: Filing, day: int) -> PerShare:
        """With the forecast of a revision that came after the last statement."""
        told = self._told(filing)
        # A disclosure counts from the next business day.
        return told.revised if told.revised_on < day else told.reported

    def _find_told(self, filing: Filing) -> Told:
        shares = self._figures.shares(filing.company, filing.end)
        equity = self._figures.balance(filing).equity
        book = round(equity / shares.average, 2)
        reported = PerShare(self._trailing(filing), self._forecasts.eps_after(filing), book)
        coming = self._companies.before(filing, -filing.company.interval)
        for document in self._documents.of(coming):
            if document.kind is Kind.EARNINGS:
                revised = reported._replace(expected=self._forecasts.eps(coming))
                return Told(reported, document.day, revised)
        return Told(reported, NEVER, reported)

    def _trailing(self, filing: Filing) -> Number:
        """What the fiscal year has brought, and what the last one brought after the same quarter.

        None where a change of the end of fiscal years makes one of them a long one.
        """
        eps, before = self._summary.eps, self._companies.before
        last_year, same_quarter = before(filing, 3 * filing.quarter), before(filing, 12)
        if not filing.quarters == same_quarter.quarters == 4:
            return None
        if filing.is_annual:
            return eps(filing)
        return eps(filing) + self._as_now(last_year, filing) - self._as_now(same_quarter, filing)

    def _as_now(self, then: Filing, now: Filing) -> float:
        """Its earnings a share, as if the later splits had been made."""
        return self._summary.eps(then) * then.company.issue.factor(then.end, now.end)


def _ratio(value: Number, base: Number, digits: int) -> Number:
    return None if value is None or not base or base < 0 else round(value / base, digits)


def _multiple(price: float, value: Number) -> Number:
    """None for losses: a price over a loss says nothing."""
    return None if value is None or value <= 0 else round(price / value, 2)
