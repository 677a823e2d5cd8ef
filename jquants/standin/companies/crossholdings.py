"""The rows of /edinet/cross-shareholdings (https://jpx-jquants.com/en/spec/edinet-cross-shareholdings)."""

from datetime import date
from typing import Any, Final

from jquants.standin.companies.edinet import Edinet, Report, named
from jquants.standin.companies.filings import Companies, Filing
from jquants.standin.companies.holders import heading
from jquants.standin.companies.profile import Company
from jquants.standin.market.issues import NEVER, REIT

FIRST_REPORT: Final = date(2020, 3, 31).toordinal()
MILLION: Final = 1_000_000
PURPOSES: Final = (
    "取引関係の維持・強化のため",
    "安定的な資金調達のため　",
    "（保有目的）事業上の協力関係の維持\n（定量的な保有効果）記載が困難",
    "地域経済との関係維持のため  ",
)
# (raw text, code)
HOLDS_BACK: Final = (("有", "1"), ("無", "0"), ("有　", "1"), ("（注２）", "2"))
FOOTNOTE: Final = "<p>（注）１．「－」は、当該銘柄を保有していないことを示しております。</p>"
HIDDEN: Final = ("*", "（注3）")


class CrossHoldings:
    def __init__(self, companies: Companies, edinet: Edinet) -> None:
        self._companies = companies
        self._edinet = edinet
        self._issuers = [
            one
            for one in companies.by_code.values()
            if one.issue.delisted == NEVER and not one.issue.listed and one.issue.product != REIT
        ]

    def row(self, report: Report) -> dict[str, Any]:
        filing = report.filing
        one = filing.company
        start = self._companies.start(filing)
        fate = self._companies.draw(one, filing.end, 53)
        name, _ = named(one.issue, report.day)
        holding_company = one.number % 9 == 0
        subsidiary = f"{name.removesuffix('ホールディングス')}事業会社" if holding_company else ""
        return {
            **heading(report, start, self._edinet),
            "Report": self._block(filing, name, one, listed=0 if holding_company else 3 + int(9 * fate)),
            "Largest": self._block(filing, subsidiary, None, listed=4) if holding_company else None,
            "SecondLargest": self._block(filing, f"{subsidiary}第二", None, listed=0)
            if one.number % 27 == 0
            else None,
        }

    def _block(self, filing: Filing, name: str, holder: Company | None, *, listed: int) -> dict[str, Any]:
        items = [self._item(filing, place) for place in range(listed)]
        value = sum(item["CurBookVal"] or 0 for item in items)
        bought = [item for item in items if (item["CurShs"] or 0) > (item["PriShs"] or 0)]
        has_deemed = listed > 8
        return {
            "HldrName": name,
            "HldrCode": holder and holder.issue.code,
            "HldrEdinetCode": holder and holder.edinet_code,
            "ListedIss": listed,
            "ListedBookVal": value,
            "ListedIncIss": len(bought),
            "ListedIncAcqCost": sum(item["CurBookVal"] or 0 for item in bought) // 10,
            "ListedDecIss": 0 if listed < 5 else 1,
            "ListedDecSaleAmt": 0 if listed < 5 else 120 * MILLION,
            "ListedIncRsn": "取引先持株会を通じた取得のため" if bought else None,
            "NonListedIss": listed // 2 + 1,
            "NonListedBookVal": (listed // 2 + 1) * 37 * MILLION,
            "NonListedIncIss": 0,
            "NonListedIncAcqCost": 0,
            "NonListedDecIss": 0,
            "NonListedDecSaleAmt": 0,
            "NonListedIncRsn": None,
            "Spec": items,
            "Deem": [self._item(filing, listed)] if has_deemed else [],
            "SpecFn": FOOTNOTE if listed > 5 else None,
            "DeemFn": FOOTNOTE if has_deemed else None,
        }

    def _item(self, filing: Filing, place: int) -> dict[str, Any]:
        """One security held; its value is that of the close of the year's last session."""
        draw, one = self._companies.draw, filing.company
        # The same securities every year.
        issuer = self._issuers[(one.number * 31 + place * 577) % len(self._issuers)]
        shares = 1_000 * (20 + int(500 * draw(one, one.number, place % 60)))
        before = shares - 1_000 * (draw(one, filing.end, place % 60) < 0.1)
        hidden = HIDDEN[place % 2] if draw(one, filing.end, 54) < 0.06 and place == 1 else None
        now, then = (
            self._value(issuer, count, end)
            for count, end in ((shares, filing.end), (before, self._companies.before(filing, 12).end))
        )
        holds, code = HOLDS_BACK[(one.number + place) % len(HOLDS_BACK)]
        return {
            "IsrName": named(issuer.issue, filing.end)[0],
            "IsrCode": issuer.issue.code,
            "IsrEdinetCode": issuer.edinet_code,
            "CurShs": None if hidden else shares,
            "PriShs": before,
            "CurBookVal": None if hidden else now,
            "PriBookVal": then,
            "CurShsNotDisc": hidden,
            "PriShsNotDisc": None,
            "CurBookValNotDisc": hidden,
            "PriBookValNotDisc": None,
            "HoldRat": PURPOSES[(one.number + place) % len(PURPOSES)],
            "IsrHolds": holds,
            "IsrHoldsCode": code,
        }

    def _value(self, issuer: Company, shares: int, end: int) -> int:
        market = self._companies.market
        session = max(market.sessions.number(date.fromordinal(end)), 0)
        return int(shares * market.prices.close(issuer.issue, session)) // MILLION * MILLION
