"""The rows of /fins/details (https://jpx-jquants.com/en/spec/fin-details): statements under the taxonomy's labels."""

from typing import Final

from jquants.standin.companies.documents import Document
from jquants.standin.companies.profile import BANK, IFRS, JAPANESE, JMIS
from jquants.standin.companies.summary import Summary

# What /fins/summary calls a figure, and what the statements do.
LABELS: Final = {
    IFRS: {
        "TA": "Assets (IFRS)",
        "Eq": "Equity (IFRS)",
        "Sales": "Revenue - 2 (IFRS)",
        "OP": "Operating profit (loss) (IFRS)",
        "NP": "Profit (loss) attributable to owners of parent (IFRS)",
        "EPS": "Basic earnings (loss) per share (IFRS)",
        "DEPS": "Diluted earnings (loss) per share (IFRS)",
        "CashEq": "Cash and cash equivalents (IFRS)",
        "CFO": "Net cash provided by (used in) operating activities (IFRS)",
        "CFI": "Net cash provided by (used in) investing activities (IFRS)",
        "CFF": "Net cash provided by (used in) financing activities (IFRS)",
    },
    JAPANESE: {
        "TA": "Assets",
        "Eq": "Net assets",
        "Sales": "Net sales",
        "OP": "Operating profit (loss)",
        "OdP": "Ordinary profit (loss)",
        "NP": "Profit (loss) attributable to owners of parent",
        "CashEq": "Cash and cash equivalents",
        "CFO": "Net cash provided by (used in) operating activities",
        "CFI": "Net cash provided by (used in) investing activities",
        "CFF": "Net cash provided by (used in) financing activities",
    },
}
BANK_SALES: Final = "Ordinary income"
ALONE_NET: Final = "Profit (loss)"
WITH_POINT: Final = "Revenue - 2 (IFRS)"  # some figures come as 124663000000.0


class Details:
    def __init__(self, summary: Summary) -> None:
        self._summary = summary

    def row(self, document: Document) -> dict[str, str | dict[str, str]]:
        """Of a statement; its figures are those of the row of /fins/summary with the same number."""
        told = self._summary.row(document)
        meta = {key: told[key] for key in ("DiscDate", "DiscTime", "Code", "DiscNo", "DocType")}
        return {**meta, "FS": self._heading(document, told) | self._figures(document, told)}

    def _heading(self, document: Document, told: dict[str, str]) -> dict[str, str]:
        company, standard = document.filing.company, self._standard(document)
        return {
            "EDINET code, DEI": company.edinet_code,
            "Security code, DEI": told["Code"],
            "Accounting standards, DEI": "Japan GAAP" if standard == JAPANESE else standard,
            "Document type, DEI": told["DocType"],
            "Whether consolidated financial statements are prepared, DEI": str(company.consolidated).lower(),
            "Type of current period, DEI": told["CurPerType"],
            "Current fiscal year start date, DEI": told["CurFYSt"],
            "Current fiscal year end date, DEI": told["CurFYEn"],
            "Current period end date, DEI": told["CurPerEn"],
            "Number of submission, DEI": "1",
            "Amendment flag, DEI": "false",
        }

    def _figures(self, document: Document, told: dict[str, str]) -> dict[str, str]:
        company, standard = document.filing.company, self._standard(document)
        labels = LABELS[standard if standard in LABELS else JAPANESE]
        if standard == JMIS:
            labels = {key: label.replace("(IFRS)", "(JMIS)") for key, label in LABELS[IFRS].items()}
        elif standard not in LABELS:
            labels = {key: f"{label} (US GAAP)" for key, label in labels.items()}
        elif standard == JAPANESE:
            sales = {"Sales": BANK_SALES} if company.issue.sector == BANK else {}
            labels = labels | sales | ({} if company.consolidated else {"NP": ALONE_NET})
        figures = {label: told[key] for key, label in labels.items() if told[key]}
        figures |= self._parts(told, suffix=f" ({standard})" if standard in {IFRS, JMIS} else "")
        if WITH_POINT in figures:
            figures[WITH_POINT] += ".0"
        return figures

    def _standard(self, document: Document) -> str:
        return document.filing.company.standard(document.filing.fiscal_year)

    def _parts(self, told: dict[str, str], *, suffix: str) -> dict[str, str]:
        """What the totals are made of."""
        assets, equity = int(told["TA"]), int(told["Eq"])
        current = assets * 11 // 20
        liabilities = assets - equity
        parts = {
            "Current assets": current,
            "Non-current assets": assets - current,
            "Liabilities": liabilities,
            "Current liabilities": liabilities * 3 // 5,
            "Non-current liabilities": liabilities - liabilities * 3 // 5,
            "Retained earnings": equity * 2 // 3,
        }
        return {label + suffix: str(amount) for label, amount in parts.items()}
