"""How reports write days, money and rates."""

from datetime import date
from typing import Final, NamedTuple

from jquants.standin.companies.figures import Year, significant
from jquants.standin.companies.filings import Filing
from jquants.standin.companies.profile import BANK, JAPANESE

AMOUNTS: Final = ("Sales", "OP", "OdP", "NP")


class Currency(NamedTuple):
    """That of a report: figures are made in yen, and told in it."""

    yen: float  # it costs
    unit: int  # amounts are cut to

    def amount(self, yen: float) -> str:
        if self.yen == 1.0:
            return str(int(yen))
        return str(int(round(yen / self.yen) / self.unit) * self.unit)

    def per_share(self, yen: float) -> str:
        return f"{yen / self.yen:.2f}"

    def significant(self, yen: float) -> float:
        """In yen: what forecasts round it to in the currency."""
        return significant(yen / self.yen) * self.yen

    def amounts(self, prefix: str, year: Year, filing: Filing) -> dict[str, str]:
        """Ordinary profit is a Japanese notion; banks have no operating profit."""
        one = filing.company
        row = {prefix + key: self.amount(value) for key, value in zip(AMOUNTS, year, strict=True)}
        if one.standard(filing.fiscal_year) != JAPANESE:
            row[f"{prefix}OdP"] = ""
        if one.issue.sector == BANK:
            row[f"{prefix}OP"] = ""
        return row


YEN: Final = Currency(1.0, 1)
DOLLARS: Final = Currency(130.0, 1_000)


def currency(filing: Filing) -> Currency:
    return DOLLARS if filing.day >= filing.company.dollars_from else YEN


def iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def rate(value: float | None) -> str:
    return "" if value is None else str(value)
