"""Everything the companies of a market tell, in indices by day."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from jquants.standin.companies.announcements import Announcement, Announcements
from jquants.standin.companies.crossholdings import FIRST_REPORT as FIRST_CROSS_HOLDINGS
from jquants.standin.companies.crossholdings import CrossHoldings
from jquants.standin.companies.details import Details
from jquants.standin.companies.dividends import Dividends
from jquants.standin.companies.documents import Documents
from jquants.standin.companies.edinet import Edinet, Report
from jquants.standin.companies.figures import Figures
from jquants.standin.companies.filings import Companies, Filing, Index
from jquants.standin.companies.forecasts import Forecasts
from jquants.standin.companies.holders import MajorHolders
from jquants.standin.companies.largeholdings import LargeHoldings
from jquants.standin.companies.summary import Summary
from jquants.standin.companies.tdnet import TdNet
from jquants.standin.companies.valuation import Valuation
from jquants.standin.market import Market

# Days between the end of a quarter and whatever comes of it.
SOONEST_ANNOUNCEMENT: Final = -25
SOONEST: Final = 1
LATEST: Final = 70
LATEST_REPORT: Final = 105


class Appointment(NamedTuple):
    """An announcement, found by the day that is announced."""

    day: int
    announcement: Announcement


class Reports:
    def __init__(self, market: Market) -> None:
        self.companies: Final = Companies(market)
        self.figures: Final = Figures(self.companies)
        self._documents = Documents(self.companies)
        forecasts = Forecasts(self.companies, self._documents, self.figures)
        self.summary: Final = Summary(self.companies, self.figures, forecasts)
        self.details: Final = Details(self.summary)
        self.dividends: Final = Dividends(self.companies, self.figures, forecasts)
        self.valuation: Final = Valuation(
            self.companies, self._documents, self.figures, self.summary, forecasts
        )
        self._announcements = Announcements(self.companies)
        self.documents: Final = Index(self.companies, self._documents.of, first=SOONEST, last=LATEST)
        self.notices: Final = Index(self.companies, self.dividends.of, first=SOONEST, last=LATEST)
        self.announcements: Final = Index(
            self.companies, self._announcements.of, first=SOONEST_ANNOUNCEMENT, last=LATEST
        )
        edinet = Edinet(self.companies)
        self.major_holders: Final = MajorHolders(self.companies, self.figures, edinet)
        self.cross_holdings: Final = CrossHoldings(self.companies, edinet)
        self.large_holdings: Final = LargeHoldings(self.companies, self.figures, edinet)
        self.holder_reports: Final = Index(
            self.companies, edinet.with_holders, first=SOONEST, last=LATEST_REPORT
        )
        self.annual_reports: Final = Index(
            self.companies, _since(FIRST_CROSS_HOLDINGS, edinet.annual), first=SOONEST, last=LATEST_REPORT
        )
        self.large_reports: Final = Index(
            self.companies, edinet.large_holdings, first=SOONEST, last=LATEST_REPORT
        )
        self.tdnet: Final = TdNet(self.companies, self._documents)
        self.news: Final = Index(self.companies, self.tdnet.of, first=SOONEST, last=LATEST_REPORT)
        self.appointments: Final = Index(self.companies, self._appointments, first=SOONEST, last=LATEST)

    def _appointments(self, filing: Filing) -> Iterator[Appointment]:
        for announcement in self._announcements.of(filing):
            if announcement.scheduled:
                yield Appointment(announcement.scheduled, announcement)


def _since(first: int, make: Callable[[Filing], Iterator[Report]]) -> Callable[[Filing], Iterator[Report]]:
    return lambda filing: (report for report in make(filing) if report.day >= first)


@lru_cache(maxsize=4)
def reports(market: Market) -> Reports:
    return Reports(market)
