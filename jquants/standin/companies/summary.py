"""The rows of /fins/summary (https://jpx-jquants.com/en/spec/fin-summary)."""

from datetime import date
from typing import Final, NamedTuple

from jquants.standin.companies.documents import Document, Documents, Kind
from jquants.standin.companies.figures import Dividends, Figures, Year, significant
from jquants.standin.companies.filings import QUARTERS, Companies, Filing
from jquants.standin.companies.profile import BANK, JAPANESE, Company

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
DIVIDEND_KEYS: Final = ("Div1Q", "Div2Q", "Div3Q", "DivFY")
AMOUNTS: Final = ("Sales", "OP", "OdP", "NP")


class Expected(NamedTuple):
    """A forecast of a fiscal year, as of a filing."""

    year: Year
    shares: int

    def eps(self, net: float) -> str:
        return per_share(net / self.shares)


class Summary:
    def __init__(self, companies: Companies, documents: Documents, figures: Figures) -> None:
        self._companies = companies
        self._documents = documents
        self._figures = figures

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
            return row | self._whole_year(filing) | self._forecast(filing, "F")
        if document.kind is Kind.DIVIDEND:
            return row | self._whole_year(filing) | self._expected_dividends(filing, "F")
        row |= self._results(filing) | self._share_counts(filing) | self._flags(document)
        row |= self._paid(filing)
        return row | (self._coming(filing) if filing.quarter == 4 else self._outlook(filing))

    def eps(self, filing: Filing) -> float:
        """Of the fiscal year until the filing; as the row tells it."""
        held = self._figures.shares(filing.company, filing.end).average
        return round(self._figures.net_until(filing) / held, 2)

    def bps(self, filing: Filing) -> float:
        shares = self._figures.shares(filing.company, filing.end)
        return round(self._figures.balance(filing).equity / shares.average, 2)

    def expected_eps(self, filing: Filing) -> float | None:
        """Of the year under way after the statement: this one, or the next when this one is over."""
        if filing.quarter < 4:
            return self.forecast_eps(filing)
        return self._expected_eps(self.following(filing), 0, day=filing.end)

    def forecast_eps(self, filing: Filing) -> float | None:
        """Of its own fiscal year, as known with it or with the revision that belongs to it."""
        return self._expected_eps(filing, self._documents.revisions(filing), day=filing.end)

    def _expected_eps(self, filing: Filing, revisions: int, *, day: int) -> float | None:
        one = filing.company
        if not (one.forecasts or one.is_reit):
            return None
        net = significant(self._figures.net(one, filing.year_end) * (1 + self._off(filing, revisions)))
        return round(net / self._figures.shares(one, day).average, 2)

    def _periods(self, filing: Filing) -> dict[str, str]:
        start = iso(self._start(filing))
        return {
            "CurPerType": QUARTERS[filing.quarter],
            "CurPerSt": start,
            "CurPerEn": iso(filing.end),
            "CurFYSt": start,
            "CurFYEn": iso(filing.year_end),
        }

    def _whole_year(self, filing: Filing) -> dict[str, str]:
        return {"CurPerType": QUARTERS[4], "CurPerEn": iso(filing.year_end)}

    def _start(self, filing: Filing) -> int:
        """The day after the fiscal year before."""
        back = 6 if filing.company.is_reit else 3 * filing.quarter
        return self._companies.before(filing, back).end + 1

    def following(self, filing: Filing) -> Filing:
        return self._companies.before(filing, -6 if filing.company.is_reit else -12)

    def _results(self, filing: Filing) -> dict[str, str]:
        one, figures = filing.company, self._figures
        year, balance = figures.until(filing), figures.balance(filing)
        row = {
            **_amounts("", year, one, filing.fiscal_year),
            "EPS": per_share(self.eps(filing)),
            "TA": amount(balance.assets),
            "Eq": amount(balance.equity),
            "EqAR": f"{balance.equity / balance.assets:.3f}",
        }
        if one.number % 5 == 0 and year.net > 0:
            row["DEPS"] = per_share(self.eps(filing) * 0.997)
        if filing.quarter in {2, 4}:
            row |= self._cash(filing, year, balance.cash)
        if filing.quarter == 4:
            row |= {"BPS": per_share(self.bps(filing)), **self._returns(filing, year)}
            if one.consolidated and one.standard(filing.fiscal_year) == JAPANESE and not one.is_reit:
                row |= self._parent(filing, year)
        return row

    def _cash(self, filing: Filing, year: Year, cash: int) -> dict[str, str]:
        draw = self._companies.draw(filing.company, filing.end, 45)
        operating, investing = int(year.net * (1.1 + draw)), -int(abs(year.net) * (0.4 + draw))
        financing = -int(abs(year.net) * 0.3)
        flows = {"CFO": operating, "CFI": investing, "CFF": financing}
        unit = filing.company.unit
        return {key: amount(value // unit * unit) for key, value in flows.items()} | {"CashEq": amount(cash)}

    def _returns(self, filing: Filing, year: Year) -> dict[str, str]:
        equity = self._figures.balance(filing).equity
        return {"ShEq": amount(int(equity * 0.97)), "ROE": f"{year.net / equity:.3f}"}

    def _parent(self, filing: Filing, year: Year) -> dict[str, str]:
        """What the parent earned and owns without its subsidiaries."""
        one, balance = filing.company, self._figures.balance(filing)
        alone = Year(*(float(int(part * 0.7 / one.unit) * one.unit) for part in year))
        held = self._figures.shares(one, filing.end).average
        assets, equity = int(balance.assets * 0.8), int(balance.equity * 0.85)
        return {
            **_amounts("NC", alone, one, filing.fiscal_year),
            "NCEPS": per_share(alone.net / held),
            "NCTA": amount(assets),
            "NCEq": amount(equity),
            "NCEqAR": f"{equity / assets:.3f}",
            "NCBPS": per_share(equity / held),
            "NCShEq": amount(int(equity * 0.97)),
            "NCROE": f"{alone.net / equity:.3f}",
        }

    def _share_counts(self, filing: Filing) -> dict[str, str]:
        shares = self._figures.shares(filing.company, filing.end)
        return {
            "ShOutFY": amount(shares.issued),
            "TrShFY": amount(shares.treasury),
            "AvgSh": amount(shares.average),
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
        one = filing.company
        dividends = self._figures.dividends(one, filing.year_end, filing.end)
        if one.is_reit:
            return {"DivUnit": rate(dividends.quarters[3])}
        paid = dividends.quarters[: filing.quarter]
        row = {key: rate(value) for key, value in zip(DIVIDEND_KEYS, paid, strict=False)}
        annual = dividends.annual
        if filing.quarter == 4 and annual is not None:
            held = self._figures.shares(one, filing.end).average
            row |= {
                "DivAnn": "" if self._was_split(filing) else rate(annual),
                "DivTotalAnn": amount(int(annual * held) // one.unit * one.unit),
            }
            if self.eps(filing) > 0:
                row["PayoutRatioAnn"] = f"{annual / self.eps(filing):.3f}"
        return row

    def _was_split(self, filing: Filing) -> bool:
        """Then the year's dividends do not add up to a meaningful sum."""
        return filing.company.issue.factor(self._start(filing), filing.end) != 1.0

    def _outlook(self, filing: Filing) -> dict[str, str]:
        """The forecast of a year under way."""
        row = self._forecast(filing, "F")
        if filing.quarter == 1:
            row |= self._forecast_of_half(filing, "F", revisions=self._documents.revisions(filing))
        return row | self._expected_dividends(filing, "F")

    def _coming(self, filing: Filing) -> dict[str, str]:
        """In the report on a whole year: that of the next one."""
        following = self.following(filing)
        row = {
            "NxtFYSt": iso(filing.year_end + 1),
            "NxtFYEn": iso(following.year_end),
            **self._forecast(following, "NxF", day=filing.end),
            **self._forecast_of_half(following, "NxF", revisions=0, day=filing.end),
            **self._expected_dividends(following, "NxF", day=filing.end),
        }
        return {_spelled(key): value for key, value in row.items()}

    def _forecast(self, filing: Filing, prefix: str, *, day: int | None = None) -> dict[str, str]:
        """`day` says whose shares count, for the forecast of a year to come: nothing is revised by then."""
        one = filing.company
        if not (one.forecasts or one.is_reit):
            return {}
        expected = self._expected(
            filing, self._documents.revisions(filing) if day is None else 0, day=day or filing.end
        )
        return {
            **_amounts(prefix, expected.year, one, filing.fiscal_year),
            f"{prefix}EPS": expected.eps(expected.year.net),
        }

    def _forecast_of_half(
        self, filing: Filing, prefix: str, *, revisions: int, day: int | None = None
    ) -> dict[str, str]:
        one = filing.company
        if not (one.forecasts and one.forecasts_halves) or one.is_reit:
            return {}
        expected = self._expected(filing, revisions, day=day or filing.end)
        half = Year(*map(significant, self._figures.part(one, expected.year, filing.year_end, 2)))
        row = {f"{key}2Q": value for key, value in _amounts(prefix, half, one, filing.fiscal_year).items()}
        return row | {f"{prefix}EPS2Q": expected.eps(half.net)}

    def _expected(self, filing: Filing, revisions: int, *, day: int) -> Expected:
        one, off = filing.company, self._off(filing, revisions)
        year = self._figures.year(one, filing.year_end)
        likely = Year(year.sales * (1 + off / 3), *(part * (1 + off) for part in year[1:]))
        return Expected(Year(*map(significant, likely)), self._figures.shares(one, day).average)

    def _off(self, filing: Filing, revisions: int) -> float:
        """By how much the forecast is wrong; each revision takes away most of it."""
        return 0.3 * (self._companies.draw(filing.company, filing.year_end, 40) - 0.5) * 0.35**revisions

    def _expected_dividends(self, filing: Filing, prefix: str, *, day: int | None = None) -> dict[str, str]:
        """Those not paid yet, and the year's sum; all of them for a year to come."""
        one = filing.company
        if not (one.forecasts or one.is_reit):
            return {}
        dividends = self.expected_rates(filing, day=day)
        if one.is_reit:
            return {f"{prefix}DivUnit": rate(dividends.quarters[3])}
        known = 0 if day is not None else filing.quarter
        row = {
            prefix + key: rate(value)
            for key, value in list(zip(DIVIDEND_KEYS, dividends.quarters, strict=True))[known:]
        }
        annual = dividends.annual
        if annual is None:
            return row
        row[f"{prefix}DivAnn"] = rate(annual)
        expected = self._expected(
            filing, 0 if day is not None else self._documents.revisions(filing), day=day or filing.end
        )
        if expected.year.net > 0:
            row[f"{prefix}PayoutRatioAnn"] = f"{annual / (expected.year.net / expected.shares):.3f}"
        return row

    def expected_rates(self, filing: Filing, *, day: int | None = None) -> Dividends:
        """As expected with a filing, or, for a year to come, on that day."""
        dividends = self._figures.dividends(filing.company, filing.year_end, day or filing.end)
        first, second, third, last = dividends.quarters
        seen = 0 if day is not None else filing.quarter
        if last and seen < self._documents.dividend_changes(filing):
            last = max(round(last * 1.8) / 2, 0.5)
        return Dividends((first, second, third, last))


def _amounts(prefix: str, year: Year, one: Company, fiscal_year: int) -> dict[str, str]:
    """Ordinary profit is a Japanese notion; banks have no operating profit."""
    row = {prefix + key: amount(value) for key, value in zip(AMOUNTS, year, strict=True)}
    if one.standard(fiscal_year) != JAPANESE:
        row[f"{prefix}OdP"] = ""
    if one.issue.sector == BANK:
        row[f"{prefix}OP"] = ""
    return row


def _spelled(key: str) -> str:
    """The API writes NxFNp and NxFNp2Q with a lower-case p, and no other key."""
    return key.replace("NxFNP", "NxFNp")


def iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def amount(value: float) -> str:
    return str(int(value))


def per_share(value: float) -> str:
    return f"{value:.2f}"


def rate(value: float | None) -> str:
    return "" if value is None else str(value)
