"""The data sets of J-Quants that this site keeps."""

from jquants.datasets.dataset import Dataset
from jquants.datasets.equities import DAILY_QUOTES, LISTED_COMPANIES
from jquants.datasets.indices import INDEX_BARS, TOPIX
from jquants.datasets.investors import EARNINGS_CALENDAR, INVESTOR_TYPES
from jquants.datasets.margin import MARGIN_ALERTS, MARGIN_INTEREST
from jquants.datasets.markets import TRADING_CALENDAR
from jquants.datasets.sessions import MINUTE_BARS, MORNING_QUOTES, SESSION_QUOTES, TICKS
from jquants.datasets.shorts import BREAKDOWN, SHORT_RATIOS, SHORT_SALE_REPORTS

ALL: tuple[Dataset, ...] = (
    TRADING_CALENDAR,
    LISTED_COMPANIES,
    DAILY_QUOTES,
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
    "DAILY_QUOTES",
    "EARNINGS_CALENDAR",
    "INDEX_BARS",
    "INVESTOR_TYPES",
    "LISTED_COMPANIES",
    "MARGIN_ALERTS",
    "MARGIN_INTEREST",
    "MINUTE_BARS",
    "MORNING_QUOTES",
    "SESSION_QUOTES",
    "SHORT_RATIOS",
    "SHORT_SALE_REPORTS",
    "TICKS",
    "TOPIX",
    "TRADING_CALENDAR",
    "Dataset",
]
