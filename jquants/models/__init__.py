from jquants.models.company import ListedCompany, ListedCompanyHistory
from jquants.models.coverage import Coverage, CoverageStatus, UnknownValues
from jquants.models.quote import DailyQuote
from jquants.models.ratelimit import RateLimitPause, RateLimitSlot
from jquants.models.source import DataSource
from jquants.models.trading_day import HolidayDivision, TradingDay

__all__ = [
    "Coverage",
    "CoverageStatus",
    "DailyQuote",
    "DataSource",
    "HolidayDivision",
    "ListedCompany",
    "ListedCompanyHistory",
    "RateLimitPause",
    "RateLimitSlot",
    "TradingDay",
    "UnknownValues",
]
