"""The rows of /fins/summary (https://jpx-jquants.com/en/spec/fin-summary)."""

from datetime import date
from typing import Final

from jquants.standin.companies.documents import Document, Kind
from jquants.standin.companies.figures import Figures, Year, in_total
from jquants.standin.companies.filings import Companies, Filing
from jquants.standin.companies.forecasts import DIVIDEND_KEYS, Forecasts
from jquants.standin.companies.profile import JAPANESE
from jquants.standin.companies.spelling import currency, iso, rate

NAMES: Final = (
    "DiscDate DiscTime Code DiscNo DocType CurPerType CurPerSt CurPerEn CurFYSt CurFYEn NxtFYSt "
    "NxtFYEn Sales OP OdP NP EPS DEPS TA Eq EqAR BPS CFO CFI CFF CashEq Div1Q Div2Q Div3Q DivFY "
    "DivAnn DivUnit DivTotalAnn PayoutRatioAnn FDiv1Q FDiv2Q FDiv3Q FDivFY FDivAnn FDivUnit "
    "FDivTotalAnn FPayoutRatioAnn NxFDiv1Q NxFDiv2Q NxFDiv3Q NxFDivFY NxFDivAnn NxFDivUnit "
    "NxFPayoutRatioAnn FSales2Q FOP2Q FOdP2Q FNP2Q FEPS2Q NxFSales2Q NxFOP2Q NxFOdP2Q NxFNp2Q "
    "NxFEPS2Q FSales FOP FOdP FNP FEPS NxFSales NxFOP NxFOdP NxFNp NxFEPS MatChgSub SigChgInC "
    "ChgByASRev ChgNoASRev ChgAcEst RetroRst ShOutFY TrShFY AvgSh NCSales NCOP NCOdP NCNP NCEPS NCTA "
    "NCEq NCEqAR NCBPS FNCSales2Q FNCOP2Q FNCOdP2Q FNCNP2Q FNCEPS2Q NxFNCSales2Q NxFNCOP2Q NxFNCOdP2Q "
    "NxFNCNP2Q NxFNCEPS2Q FNCSales FNCOP FNCOdP FNCNP FNCEPS NxFNCSales NxFNCOP NxFNCOdP NxFNCNP "
    "NxFNCEPS ShEq NCShEq ROE NCROE "
)
KEYS: Final = tuple(NAMES.split())
EMPTY: Final = dict.fromkeys(KEYS, "")
NEW_SCOPE_RULE: Final = date(2024, 7, 22).toordinal()  # changes of scope are told in SigChgInC since


class Summary:
    def __init__(self, companies: Companies, figures: Figures, forecasts: Forecasts) -> None:
        self._companies = companies
        self._figures = figures
        self._forecasts = forecasts

    def row(self, document: Document) -> dict[str, str]:
        filing = document.filing
        row = {
            **EMPTY,
            "DiscDate": iso(document.day),
            "DiscTime": document.time,
            "Code": filing.company.issue.code,
            "DiscNo": document.number,
            "DocType": document.document_type,
            **self._periods(filing),
        }
        if document.kind is Kind.EARNINGS:
            return row | self._whole_year(filing) | self._forecasts.revised(filing)
        if document.kind is Kind.DIVIDEND:
            return row | self._whole_year(filing) | self._forecasts.revised_dividends(filing)
        row |= self._results(filing) | self._share_counts(filing) | self._flags(document)
        row |= self._paid(filing)
        told = self._forecasts
        return row | (told.next_year(filing) if filing.is_annual else told.this_year(filing))

    def eps(self, filing: Filing) -> float:
        """Of the fiscal year until the filing; as the row tells it, but in yen."""
        held = self._figures.shares(filing.company, filing.end).average
        return round(self._figures.net_until(filing) / held, 2)

    def _periods(self, filing: Filing) -> dict[str, str]:
        start = iso(self._companies.start(filing))
        return {
            "CurPerType": filing.period,
            "CurPerSt": start,
            "CurPerEn": iso(filing.end),
            "CurFYSt": start,
            "CurFYEn": iso(filing.year_end),
        }

    def _whole_year(self, filing: Filing) -> dict[str, str]:
        return {"CurPerType": "FY", "CurPerEn": iso(filing.year_end)}

    def _results(self, filing: Filing) -> dict[str, str]:
        one, figures, told_in = filing.company, self._figures, currency(filing)
        year, balance = figures.until(filing), figures.balance(filing)
        row = {
            **told_in.amounts("", year, filing),
            "EPS": told_in.per_share(self.eps(filing)),
            "TA": told_in.amount(balance.assets),
            "Eq": told_in.amount(balance.equity),
            "EqAR": f"{balance.equity / balance.assets:.3f}",
        }
        if one.number % 5 == 0 and year.net > 0:
            row["DEPS"] = told_in.per_share(self.eps(filing) * 0.997)
        if filing.quarter == 2 or filing.is_annual:
            row |= self._cash(filing, year, balance.cash)
        if filing.is_annual:
            row |= self._book(filing, year)
            if one.tells_parent(filing.fiscal_year):
                row |= self._parent(filing, year)
        return row

    def _cash(self, filing: Filing, year: Year, cash: int) -> dict[str, str]:
        draw = self._companies.draw(filing.company, filing.end, 45)
        operating, investing = int(year.net * (1.1 + draw)), -int(abs(year.net) * (0.4 + draw))
        financing = -int(abs(year.net) * 0.3)
        flows = {"CFO": operating, "CFI": investing, "CFF": financing}
        unit, told_in = filing.company.unit, currency(filing)
        row = {key: told_in.amount(value // unit * unit) for key, value in flows.items()}
        return row | {"CashEq": told_in.amount(cash)}

    def _book(self, filing: Filing, year: Year) -> dict[str, str]:
        equity, told_in = self._figures.balance(filing).equity, currency(filing)
        held = self._figures.shares(filing.company, filing.end).average
        return {
            "BPS": told_in.per_share(round(equity / held, 2)),
            "ShEq": told_in.amount(int(equity * 0.97)),
            "ROE": f"{year.net / equity:.3f}",
        }

    def _parent(self, filing: Filing, year: Year) -> dict[str, str]:
        """What the parent earned and owns without its subsidiaries."""
        balance, told_in = self._figures.balance(filing), currency(filing)
        alone = self._figures.parent(filing.company, year)
        held = self._figures.shares(filing.company, filing.end).average
        assets, equity = int(balance.assets * 0.8), int(balance.equity * 0.85)
        return {
            **told_in.amounts("NC", alone, filing),
            "NCEPS": told_in.per_share(alone.net / held),
            "NCTA": told_in.amount(assets),
            "NCEq": told_in.amount(equity),
            "NCEqAR": f"{equity / assets:.3f}",
            "NCBPS": told_in.per_share(equity / held),
            "NCShEq": told_in.amount(int(equity * 0.97)),
            "NCROE": f"{alone.net / equity:.3f}",
        }

    def _share_counts(self, filing: Filing) -> dict[str, str]:
        shares = self._figures.shares(filing.company, filing.end)
        return {
            "ShOutFY": str(shares.issued),
            "TrShFY": str(shares.treasury),
            "AvgSh": str(shares.average),
        }

    def _flags(self, document: Document) -> dict[str, str]:
        filing = document.filing
        new = document.day >= NEW_SCOPE_RULE
        drawn = {
            "SigChgInC" if new else "MatChgSub": 0.05,
            "ChgByASRev": 0.10,
            "ChgNoASRev": 0.02,
            "ChgAcEst": 0.03,
        }
        draw = self._companies.draw
        flags = {
            key: draw(filing.company, filing.end, 50 + n) < p for n, (key, p) in enumerate(drawn.items())
        }
        row = {key: str(value).lower() for key, value in flags.items()}
        if filing.company.standard(filing.fiscal_year) == JAPANESE:
            row["RetroRst"] = "false"
        return row

    def _paid(self, filing: Filing) -> dict[str, str]:
        """In yen, but for the sum of all shares."""
        one = filing.company
        dividends = self._figures.dividends(one, filing.year_end, filing.end)
        if one.is_reit:
            return {"DivUnit": rate(dividends.quarters[3])}
        paid = dividends.quarters if filing.is_annual else dividends.quarters[: min(filing.quarter, 3)]
        row = {key: rate(value) for key, value in zip(DIVIDEND_KEYS, paid, strict=False)}
        annual = dividends.annual
        if filing.is_annual and annual is not None:
            held = self._figures.shares(one, filing.end).average
            row |= {
                "DivAnn": "" if self._was_split(filing) else rate(annual),
                "DivTotalAnn": currency(filing).amount(in_total(one, annual, held)),
            }
            if self.eps(filing) > 0:
                row["PayoutRatioAnn"] = f"{annual / self.eps(filing):.3f}"
        return row

    def _was_split(self, filing: Filing) -> bool:
        """Then the year's dividends do not add up to a meaningful sum."""
        return filing.company.issue.factor(self._companies.start(filing), filing.end) != 1.0
