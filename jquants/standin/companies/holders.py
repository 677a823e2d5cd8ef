"""The rows of /edinet/major-shareholders (https://jpx-jquants.com/en/spec/edinet-major-shareholders)."""

from datetime import date
from typing import Any, Final

from jquants.standin.companies.edinet import TRUSTS, Edinet, Report, document_id, named
from jquants.standin.companies.figures import Figures
from jquants.standin.companies.filings import Companies, Filing
from jquants.standin.companies.spelling import iso

HOLDERS: Final = 10
TIED: Final = 0.12  # share of the reports in which the tenth place is held twice
ODD: Final = 0.03  # share whose numbers are texts, or whose first ratio is missing


def heading(report: Report, start: int, edinet: Edinet) -> dict[str, Any]:
    """What the rows of both kinds of reports begin with."""
    company, filing = report.filing.company, report.filing
    name, english = named(company.issue, report.day)
    return {
        "DocId": document_id(company, report.day),
        "Code": company.issue.code,
        "EdinetCode": company.edinet_code,
        "FilerName": name,
        "FilerNameEn": english,
        "DocTypeCode": report.kind,
        "SubDate": iso(report.day),
        "SubTime": edinet.time(filing, 49),
        "PerSt": iso(start),
        "PerEn": iso(filing.year_end),
    }


class MajorHolders:
    def __init__(self, companies: Companies, figures: Figures, edinet: Edinet) -> None:
        self._companies = companies
        self._figures = figures
        self._edinet = edinet

    def row(self, report: Report) -> dict[str, Any]:
        filing = report.filing
        start = self._companies.start(filing)
        return {
            **heading(report, start, self._edinet),
            "CurPerSt": iso(start),
            "CurPerEn": iso(filing.end),
            "Hldrs": self._holders(filing),
        }

    def _holders(self, filing: Filing) -> list[dict[str, Any]]:
        draw, one = self._companies.draw, filing.company
        held = self._figures.shares(one, filing.end).average
        year = date.fromordinal(filing.end).year
        share = 0.08 + 0.2 * draw(one, filing.year_end, 50)
        oddity = draw(one, filing.end, 51)
        rows: list[dict[str, Any]] = []
        for place in range(HOLDERS + (draw(one, filing.end, 52) < TIED)):
            tied = place == HOLDERS
            share *= 1.0 if tied or not place else 0.62 + 0.3 * draw(one, filing.year_end, 52 + place)
            name, address = TRUSTS[(place + one.number + year // 3) % len(TRUSTS)]
            shares: float | str = float(int(held * share / 100) * 100)
            ratio: float | None = round(share, 4)
            if oddity < ODD:
                shares, ratio = str(int(shares)), ratio if place else None
            rows.append(
                {
                    "Rank": HOLDERS if tied else place + 1,
                    "HldrName": name,
                    "HldrAddr": address,
                    "ShsHeld": int(shares) if isinstance(shares, float) else shares,
                    "ShsRatio": ratio,
                }
            )
        return rows
