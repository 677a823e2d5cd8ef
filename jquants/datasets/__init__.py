"""The data sets of J-Quants that this site keeps."""

from jquants.datasets.dataset import Dataset
from jquants.datasets.equities import DAILY_QUOTES, LISTED_COMPANIES
from jquants.datasets.markets import TRADING_CALENDAR

ALL: tuple[Dataset, ...] = (TRADING_CALENDAR, LISTED_COMPANIES, DAILY_QUOTES)

__all__ = ["ALL", "DAILY_QUOTES", "LISTED_COMPANIES", "TRADING_CALENDAR", "Dataset"]
