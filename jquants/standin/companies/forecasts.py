"""What companies expect of a fiscal year, at its beginning and as it goes on."""

from typing import Final, NamedTuple

from jquants.standin.companies.documents import Documents
from jquants.standin.companies.figures import Dividends, Figures, Year, in_total
from jquants.standin.companies.filings import Companies, Filing
from jquants.standin.companies.spelling import Currency, currency, iso, rate

DIVIDEND_KEYS: Final = ("Div1Q", "Div2Q", "Div3Q", "DivFY")


class Expected(NamedTuple):
    """A forecast of a fiscal year, as of a filing; in yen."""

    year: Year
    shares: int

    @property
    def eps(self) -> float:
        return self.year.net / self.shares


class Forecasts:
    """The parts of rows that tell them; a prefix F says that they are of this year, NxF of the next."""

    def __init__(self, companies: Companies, documents: Documents, figures: Figures) -> None:
        self._companies = companies
        self._documents = documents
        self._figures = figures

    def eps_after(self, filing: Filing) -> float | None:
        """Of the year under way after the statement: this one, or the next when this one is over."""
        if filing.is_annual:
            return self._eps(self._companies.following(filing), 0, filing)
        return self.eps(filing)

    def eps(self, filing: Filing) -> float | None:
        """Of its own fiscal year, as known with it or with the revision that belongs to it."""
        return self._eps(filing, self._documents.revisions(filing), filing)

    def _eps(self, filing: Filing, revisions: int, told_with: Filing) -> float | None:
        one = filing.company
        if not (one.forecasts or one.is_reit):
            return None
        likely = self._figures.net(one, filing.year_end) * (1 + self._off(filing, revisions))
        net = currency(told_with).significant(likely)
        return round(net / self._figures.shares(one, told_with.end).average, 2)

    def this_year(self, filing: Filing) -> dict[str, str]:
        """As told with the statement of a year under way."""
        row = self.revised(filing)
        if filing.quarter == 1:
            row |= self._of_half(filing, "F", self._expected(filing, filing), currency(filing))
        return row | self.dividends(filing)

    def revised(self, filing: Filing) -> dict[str, str]:
        """The whole year, without its dividends."""
        if not self._are_told(filing):
            return {}
        return self._of_year(filing, "F", self._expected(filing, filing), currency(filing))

    def dividends(self, filing: Filing) -> dict[str, str]:
        """Those not paid yet, and the year's sum, as told with the statement of a year under way."""
        return self._dividends_of_year(filing, known=filing.quarter)

    def revised_dividends(self, filing: Filing) -> dict[str, str]:
        """As a revision tells them: with the one of the quarter itself, and what they come to in all."""
        row = self._dividends_of_year(filing, known=filing.quarter - 1)
        if "FDivAnn" in row:
            shares = self._figures.shares(filing.company, filing.end).average
            row["FDivTotalAnn"] = currency(filing).amount(
                in_total(filing.company, float(row["FDivAnn"]), shares)
            )
        return row

    def _dividends_of_year(self, filing: Filing, *, known: int) -> dict[str, str]:
        if not self._are_told(filing):
            return {}
        return self._dividends(filing, "F", self.rates(filing), self._expected(filing, filing), known=known)

    def next_year(self, annual: Filing) -> dict[str, str]:
        """As told with the report on the year before."""
        filing, told_in = self._companies.following(annual), currency(annual)
        row = {"NxtFYSt": iso(annual.year_end + 1), "NxtFYEn": iso(filing.year_end)}
        if not self._are_told(filing):
            return row
        expected, rates = self._expected(filing, annual), self.rates(filing, day=annual.end)
        row |= self._of_year(filing, "NxF", expected, told_in) | self._of_half(
            filing, "NxF", expected, told_in
        )
        row |= self._dividends(filing, "NxF", rates, expected, known=0)
        # The API writes NxFNp and NxFNp2Q with a lower-case p, and no other key.
        return {key.replace("NxFNP", "NxFNp"): value for key, value in row.items()}

    def rates(self, filing: Filing, *, day: int | None = None) -> Dividends:
        """The dividends as expected with a filing, or, for a year to come, on that day."""
        dividends = self._figures.dividends(filing.company, filing.year_end, day or filing.end)
        first, second, third, last = dividends.quarters
        seen = 0 if day is not None else filing.quarter
        if last and seen < self._documents.dividend_changes(filing):
            last = max(round(last * 1.8) / 2, 0.5)
        return Dividends((first, second, third, last))

    def _are_told(self, filing: Filing) -> bool:
        return filing.company.forecasts or filing.company.is_reit

    def _expected(self, filing: Filing, told_with: Filing) -> Expected:
        """Nothing is revised before the year begins; the shares are those of the filing it is told with."""
        one = filing.company
        off = self._off(filing, self._documents.revisions(filing) if told_with is filing else 0)
        year = self._figures.year(one, filing.year_end)
        likely = Year(year.sales * (1 + off / 3), *(part * (1 + off) for part in year[1:]))
        rounded = Year(*map(currency(told_with).significant, likely))
        return Expected(rounded, self._figures.shares(one, told_with.end).average)

    def _off(self, filing: Filing, revisions: int) -> float:
        """By how much the forecast is wrong; each revision takes away most of it."""
        return 0.3 * (self._companies.draw(filing.company, filing.year_end, 40) - 0.5) * 0.35**revisions

    def _of_year(self, filing: Filing, prefix: str, expected: Expected, told_in: Currency) -> dict[str, str]:
        row = told_in.amounts(prefix, expected.year, filing)
        row[f"{prefix}EPS"] = told_in.per_share(expected.eps)
        if self._tell_parent(filing):
            alone = self._parent(filing, expected, told_in)
            row |= told_in.amounts(f"{prefix}NC", alone.year, filing)
            row[f"{prefix}NCEPS"] = told_in.per_share(alone.eps)
        return row

    def _of_half(self, filing: Filing, prefix: str, expected: Expected, told_in: Currency) -> dict[str, str]:
        """Of the first half of the year."""
        one = filing.company
        if not (one.forecasts and one.forecasts_halves) or one.is_reit:
            return {}
        part = self._figures.part(one, expected.year, filing.year_end, 2)
        half = expected._replace(year=Year(*map(told_in.significant, part)))
        return {f"{key}2Q": value for key, value in self._of_year(filing, prefix, half, told_in).items()}

    def _tell_parent(self, filing: Filing) -> bool:
        return filing.company.forecasts_parent and filing.company.tells_parent(filing.fiscal_year)

    def _parent(self, filing: Filing, expected: Expected, told_in: Currency) -> Expected:
        alone = self._figures.parent(filing.company, expected.year)
        return expected._replace(year=Year(*map(told_in.significant, alone)))

    def _dividends(
        self, filing: Filing, prefix: str, rates: Dividends, expected: Expected, *, known: int
    ) -> dict[str, str]:
        """Those after the first `known` quarters, and the sum; in yen, whatever else is told in."""
        if filing.company.is_reit:
            return {f"{prefix}DivUnit": rate(rates.quarters[3])}
        coming = list(zip(DIVIDEND_KEYS, rates.quarters, strict=True))
        row = {prefix + key: rate(value) for key, value in coming[min(known, 3) :]}
        if (annual := rates.annual) is None:
            return row
        row[f"{prefix}DivAnn"] = rate(annual)
        if expected.eps > 0:
            row[f"{prefix}PayoutRatioAnn"] = f"{annual / expected.eps:.3f}"
        return row
