"""The data sets of J-Quants that this site keeps."""

from jquants.datasets.cross_holdings import CROSS_SHAREHOLDING_REPORTS
from jquants.datasets.dataset import Dataset
from jquants.datasets.derivatives import FUTURES, NIKKEI_225_OPTIONS, OPTIONS
from jquants.datasets.equities import DAILY_QUOTES, LISTED_COMPANIES
from jquants.datasets.fins import DIVIDENDS, EARNINGS_DATES, STATEMENT_DETAILS, STATEMENTS, VALUATIONS
from jquants.datasets.indices import INDEX_BARS, TOPIX
from jquants.datasets.investors import EARNINGS_CALENDAR, INVESTOR_TYPES
from jquants.datasets.large_holdings import LARGE_HOLDING_REPORTS
from jquants.datasets.margin import MARGIN_ALERTS, MARGIN_INTEREST
from jquants.datasets.markets import TRADING_CALENDAR
from jquants.datasets.sessions import MINUTE_BARS, MORNING_QUOTES, SESSION_QUOTES, TICKS
from jquants.datasets.shareholders import MAJOR_SHAREHOLDER_REPORTS
from jquants.datasets.shorts import BREAKDOWN, SHORT_RATIOS, SHORT_SALE_REPORTS
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
    MORNING_QUOTES,
    MINUTE_BARS,
    TICKS,
    INVESTOR_TYPES,
    EARNINGS_CALENDAR,
    MARGIN_INTEREST,
    MARGIN_ALERTS,
    SHORT_RATIOS,
    SHORT_SALE_REPORTS,
    BREAKDOWN,
    INDEX_BARS,
    TOPIX,
)

__all__ = [
    "ALL",
    "BREAKDOWN",
    "CROSS_SHAREHOLDING_REPORTS",
    "DAILY_QUOTES",
    "DISCLOSURES",
    "DIVIDENDS",
    "EARNINGS_CALENDAR",
    "EARNINGS_DATES",
    "FUTURES",
    "INDEX_BARS",
    "INVESTOR_TYPES",
    "LARGE_HOLDING_REPORTS",
    "LISTED_COMPANIES",
    "MAJOR_SHAREHOLDER_REPORTS",
    "MARGIN_ALERTS",
    "MARGIN_INTEREST",
    "MINUTE_BARS",
    "MORNING_QUOTES",
    "NIKKEI_225_OPTIONS",
    "OPTIONS",
    "SESSION_QUOTES",
    "SHORT_RATIOS",
    "SHORT_SALE_REPORTS",
    "STATEMENTS",
    "STATEMENT_DETAILS",
    "TICKS",
    "TOPIX",
    "TRADING_CALENDAR",
    "VALUATIONS",
    "Dataset",
]
