from jquants.models.company import ListedCompany, ListedCompanyHistory
from jquants.models.connection import Connection
from jquants.models.coverage import Coverage, CoverageStatus, UnknownValues
from jquants.models.cross_holdings import CrossShareholder, CrossShareholding, CrossShareholdingReport
from jquants.models.derivatives import Future, Nikkei225Option, Option
from jquants.models.disclosure import Disclosure, DisclosureFile, FileKind
from jquants.models.earnings import EarningsAnnouncement
from jquants.models.fins import Dividend, EarningsDate, Valuation
from jquants.models.index import IndexBar, TopixBar
from jquants.models.intraday import MinuteBar, MorningQuote, Session, SessionQuote, Tick, TickSession
from jquants.models.investors import InvestorTypes
from jquants.models.large_holdings import (
    LargeHolder,
    LargeHolderBorrowing,
    LargeHolderLender,
    LargeHolderTransaction,
    LargeHoldingReport,
)
from jquants.models.margin import MarginAlert, MarginInterest
from jquants.models.quote import DailyQuote
from jquants.models.ratelimit import RateLimitPause, RateLimitSlot
from jquants.models.shareholders import MajorShareholder, MajorShareholderReport
from jquants.models.shorts import Breakdown, ShortRatio, ShortSaleReport
from jquants.models.source import DataSource
from jquants.models.statement import Statement
from jquants.models.statement_detail import StatementDetail
from jquants.models.trading_day import HolidayDivision, TradingDay

__all__ = [
    "Breakdown",
    "Connection",
    "Coverage",
    "CoverageStatus",
    "CrossShareholder",
    "CrossShareholding",
    "CrossShareholdingReport",
    "DailyQuote",
    "DataSource",
    "Disclosure",
    "DisclosureFile",
    "Dividend",
    "EarningsAnnouncement",
    "EarningsDate",
    "FileKind",
    "Future",
    "HolidayDivision",
    "IndexBar",
    "InvestorTypes",
    "LargeHolder",
    "LargeHolderBorrowing",
    "LargeHolderLender",
    "LargeHolderTransaction",
    "LargeHoldingReport",
    "ListedCompany",
    "ListedCompanyHistory",
    "MajorShareholder",
    "MajorShareholderReport",
    "MarginAlert",
    "MarginInterest",
    "MinuteBar",
    "MorningQuote",
    "Nikkei225Option",
    "Option",
    "RateLimitPause",
    "RateLimitSlot",
    "Session",
    "SessionQuote",
    "ShortRatio",
    "ShortSaleReport",
    "Statement",
    "StatementDetail",
    "Tick",
    "TickSession",
    "TopixBar",
    "TradingDay",
    "UnknownValues",
    "Valuation",
]
