"""The documents of a filing: the statement itself and the revised forecasts around it."""

from collections.abc import Iterator
from datetime import date
from enum import IntEnum
from typing import Final, NamedTuple

from jquants.standin.companies.filings import Companies, Filing, traded
from jquants.standin.companies.profile import NO_DIVIDEND, Company

FIRST_DISCLOSURE: Final = date(2008, 7, 7).toordinal()
LONGER_HOURS: Final = date(2024, 11, 5).toordinal()  # the session ends at 15:30 from this day on
# (share of the companies, time before and after that day).
TIMES: Final = (
    *((0.08, "11:30:00", "11:30:00"), (0.16, "12:00:00", "12:00:00"), (0.24, "13:00:00", "14:00:00")),
    *((0.62, "15:00:00", "15:30:00"), (0.74, "15:10:00", "15:40:00"), (0.84, "15:30:00", "15:45:00")),
    *((0.95, "16:00:00", "16:00:00"), (1.0, "17:00:00", "17:00:00")),
)
# Share of the years whose forecast changes with the first quarter, the second and so on; with the last.
REVISED: Final = (0.05, 0.14, 0.12, 0.1, 0.1)
REVISED_AT_LAST: Final = 0.07
NUMBERS: Final = 8191  # a prime; more than there are companies
SLOTS: Final = 64  # document numbers a company has for a day


class Kind(IntEnum):
    STATEMENT, EARNINGS, DIVIDEND = range(3)


class Document(NamedTuple):
    filing: Filing
    kind: Kind
    day: int

    @property
    def number(self) -> str:
        """Fourteen digits. Those of documents handed in ahead begin with the day before."""
        company = self.filing.company
        submitted = date.fromordinal(traded(self.day - 1) if company.number % 3 == 0 else self.day)
        place = company.number * 4_099 % NUMBERS
        return f"{submitted:%Y%m%d}{400_000 + SLOTS * place + 8 * self.kind + self.filing.quarter}"

    @property
    def time(self) -> str:
        lateness = self.filing.company.lateness * 7_919 % 1
        late = self.day >= LONGER_HOURS
        return next((after if late else before) for share, before, after in TIMES if lateness < share)

    @property
    def document_type(self) -> str:
        company = self.filing.company
        prefix = "REIT" if company.is_reit else ""
        if self.kind is Kind.EARNINGS:
            return prefix + "EarnForecastRevision"
        if self.kind is Kind.DIVIDEND:
            return prefix + "DividendForecastRevision"
        consolidation = "Consolidated" if company.consolidated else "NonConsolidated"
        standard = company.standard(self.filing.fiscal_year)
        if company.is_reit or company.is_foreign:
            standard = prefix or "Foreign"
        # A fourth quarter that ends no fiscal year has no name of its own.
        is_usual = self.filing.is_annual or self.filing.quarter < 4
        period = self.filing.period if is_usual else "OtherPeriod"
        return f"{period}FinancialStatements_{consolidation}_{standard}"


class Documents:
    def __init__(self, companies: Companies) -> None:
        self._companies = companies

    def of(self, filing: Filing) -> Iterator[Document]:
        if filing.day < FIRST_DISCLOSURE:
            return
        day = filing.day
        if ahead := self.revised_ahead(filing):
            day = traded(filing.day - ahead)
        if self.revises(filing):
            yield Document(filing, Kind.EARNINGS, day)
        if self.changes_dividend(filing):
            yield Document(filing, Kind.DIVIDEND, day)
        yield Document(filing, Kind.STATEMENT, filing.day)

    def revises(self, filing: Filing) -> bool:
        """Whether the forecast of the year changes with this quarter."""
        if not filing.company.forecasts:
            return False
        draw = self._companies.draw(filing.company, filing.year_end, 20 + filing.quarter)
        # A year that is over is revised ahead of its figures only.
        return draw < (REVISED_AT_LAST if filing.is_annual else REVISED[filing.quarter - 1])

    def revised_ahead(self, filing: Filing) -> int:
        """How many days before the statement the revision comes; 0 for on the same day or not at all."""
        if not self.revises(filing):
            return 0
        draw = self._companies.draw(filing.company, filing.end, 25)
        return 2 + int(14 * draw) if filing.is_annual or draw < 0.4 else 0

    def revisions(self, filing: Filing) -> int:
        """How often this year's forecast has changed by the time of this filing."""
        return sum(self.revises(filing._replace(quarter=quarter)) for quarter in quarters_until(filing))

    def changes_dividend(self, filing: Filing) -> bool:
        """Whether the forecast of the year's last dividend changes with this quarter."""
        return filing.quarter == self.dividend_changes(filing)

    def dividend_changes(self, filing: Filing) -> int:
        """The quarter of the fiscal year with which that forecast changes; 0 for none."""
        company = filing.company
        if company.is_reit:
            return 4 * self.revises(filing)
        chosen = int(16 * self._companies.draw(company, filing.year_end, 30))
        possible = pays(company) and company.forecasts and chosen < 4
        return chosen if possible and not (company.is_half_yearly and chosen % 2) else 0


def quarters_until(filing: Filing) -> range:
    """Those of its fiscal year that the company reports on."""
    if filing.company.is_reit:
        return range(4, 5)
    return range(2, filing.quarter + 1, 2) if filing.company.is_half_yearly else range(1, filing.quarter + 1)


def pays(company: Company) -> bool:
    return company.is_reit or company.policy != NO_DIVIDEND
