"""The data sets of J-Quants that this site keeps."""

from jquants.datasets.dataset import Dataset
from jquants.datasets.derivatives import FUTURES, NIKKEI_225_OPTIONS, OPTIONS
from jquants.datasets.edinet import (
    CROSS_SHAREHOLDING_REPORTS,
    LARGE_HOLDING_REPORTS,
    MAJOR_SHAREHOLDER_REPORTS,
)
from jquants.datasets.equities import DAILY_QUOTES, LISTED_COMPANIES
from jquants.datasets.fins import DIVIDENDS, EARNINGS_DATES, STATEMENT_DETAILS, STATEMENTS, VALUATIONS
from jquants.datasets.markets import TRADING_CALENDAR
from jquants.datasets.td import DISCLOSURES

ALL: tuple[Dataset, ...] = (
    TRADING_CALENDAR,
    LISTED_COMPANIES,
    DAILY_QUOTES,
    STATEMENTS,
    STATEMENT_DETAILS,
    DIVIDENDS,
    EARNINGS_DATES,
    VALUATIONS,
    FUTURES,
    OPTIONS,
    NIKKEI_225_OPTIONS,
    MAJOR_SHAREHOLDER_REPORTS,
    CROSS_SHAREHOLDING_REPORTS,
    LARGE_HOLDING_REPORTS,
    DISCLOSURES,
)

__all__ = [
    "ALL",
    "CROSS_SHAREHOLDING_REPORTS",
    "DAILY_QUOTES",
    "DISCLOSURES",
    "DIVIDENDS",
    "EARNINGS_DATES",
    "FUTURES",
    "LARGE_HOLDING_REPORTS",
    "LISTED_COMPANIES",
    "MAJOR_SHAREHOLDER_REPORTS",
    "NIKKEI_225_OPTIONS",
    "OPTIONS",
    "STATEMENTS",
    "STATEMENT_DETAILS",
    "TRADING_CALENDAR",
    "VALUATIONS",
    "Dataset",
]
