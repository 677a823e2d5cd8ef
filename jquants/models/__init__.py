from jquants.models.company import ListedCompany, ListedCompanyHistory
from jquants.models.coverage import Coverage, CoverageStatus, UnknownValues
from jquants.models.earnings import EarningsAnnouncement
from jquants.models.index import IndexBar, TopixBar
from jquants.models.intraday import MinuteBar, MorningQuote, Session, SessionQuote, Tick, TickSession
from jquants.models.investors import InvestorTypes
from jquants.models.margin import MarginAlert, MarginInterest
from jquants.models.quote import DailyQuote
from jquants.models.ratelimit import RateLimitPause, RateLimitSlot
from jquants.models.shorts import Breakdown, ShortRatio, ShortSaleReport
from jquants.models.source import DataSource
from jquants.models.trading_day import HolidayDivision, TradingDay

__all__ = [
    "Breakdown",
    "Coverage",
    "CoverageStatus",
    "DailyQuote",
    "DataSource",
    "EarningsAnnouncement",
    "HolidayDivision",
    "IndexBar",
    "InvestorTypes",
    "ListedCompany",
    "ListedCompanyHistory",
    "MarginAlert",
    "MarginInterest",
    "MinuteBar",
    "MorningQuote",
    "RateLimitPause",
    "RateLimitSlot",
    "Session",
    "SessionQuote",
    "ShortRatio",
    "ShortSaleReport",
    "Tick",
    "TickSession",
    "TopixBar",
    "TradingDay",
    "UnknownValues",
]
