"""The registry of endpoints: adding one is a declaration in a module beside this one, and a line here."""

from typing import Final

from jquants.standin.endpoints.bars import BARS
from jquants.standin.endpoints.bars_am import BARS_AM
from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, file_name
from jquants.standin.endpoints.breakdown import BREAKDOWN
from jquants.standin.endpoints.calendar import CALENDAR
from jquants.standin.endpoints.derivatives import FUTURES, OPTIONS, OPTIONS_225
from jquants.standin.endpoints.earnings_calendar import EARNINGS_CALENDAR
from jquants.standin.endpoints.edinet import CROSS, LARGE, MAJOR
from jquants.standin.endpoints.fins import DETAILS, DIVIDEND, EARNINGS_DATE, SUMMARY
from jquants.standin.endpoints.indices import INDEX_BARS, TOPIX
from jquants.standin.endpoints.investor_types import INVESTOR_TYPES
from jquants.standin.endpoints.margin_alert import MARGIN_ALERT
from jquants.standin.endpoints.margin_interest import MARGIN_INTEREST
from jquants.standin.endpoints.master import MASTER
from jquants.standin.endpoints.minutes import MINUTES, TRADES
from jquants.standin.endpoints.short_ratio import SHORT_RATIO
from jquants.standin.endpoints.short_sale import SHORT_SALE
from jquants.standin.endpoints.td import TD_LIST
from jquants.standin.endpoints.valuation import VALUATION

__all__ = ["ENDPOINTS", "NAMES", "BulkFiles", "Endpoint", "Row", "file_name"]

ENDPOINTS: Final = {
    endpoint.path: endpoint
    for endpoint in (
        *(MASTER, BARS, BARS_AM, MINUTES, TRADES, INVESTOR_TYPES, EARNINGS_CALENDAR, VALUATION),
        *(SUMMARY, DETAILS, EARNINGS_DATE, DIVIDEND),
        *(CALENDAR, MARGIN_INTEREST, MARGIN_ALERT, SHORT_RATIO, SHORT_SALE, BREAKDOWN),
        *(INDEX_BARS, TOPIX, FUTURES, OPTIONS, OPTIONS_225),
        *(MAJOR, CROSS, LARGE, TD_LIST),
    )
}

# Every path of V2, served here or not: names of recorded files are told apart by all of them.
PATHS: Final = (
    *("/equities/master", "/equities/bars/daily", "/equities/bars/daily/am", "/equities/bars/minute"),
    *("/equities/trades", "/equities/investor-types", "/equities/earnings-calendar", "/equities/valuation"),
    *("/fins/summary", "/fins/details", "/fins/earnings-date", "/fins/dividend"),
    *("/markets/calendar", "/markets/margin-interest", "/markets/margin-alert", "/markets/short-ratio"),
    *("/markets/short-sale-report", "/markets/breakdown"),
    *("/indices/bars/daily", "/indices/bars/daily/topix"),
    *("/derivatives/bars/daily/futures", "/derivatives/bars/daily/options"),
    *("/derivatives/bars/daily/options/225",),
    *("/edinet/major-shareholders", "/edinet/cross-shareholdings", "/edinet/large-volume-shareholders"),
    *("/td/list", "/td/files", "/td/bulk", "/bulk/list", "/bulk/get"),
)
NAMES: Final = {file_name(path): path for path in PATHS}
