"""The rows of /edinet/large-volume-shareholders
(https://jpx-jquants.com/en/spec/edinet-large-volume-shareholders)."""

from typing import Any, Final

from jquants.standin.companies.edinet import CORRECTION, Edinet, LargeHolding, document_id, named
from jquants.standin.companies.figures import Figures
from jquants.standin.companies.filings import Companies, traded
from jquants.standin.companies.spelling import iso

FIRST, CHANGE, MASS_TRANSFER, SPECIAL, SPECIAL_CHANGE, CORRECTED = "1", "2", "3", "4", "5", "6"
TYPES: Final = (FIRST, CHANGE, CHANGE, SPECIAL, SPECIAL_CHANGE, SPECIAL_CHANGE, MASS_TRANSFER)
TITLES: Final = {
    FIRST: "大量保有報告書",
    CHANGE: "変更報告書ＮＯ．{}",
    MASS_TRANSFER: "変更報告書（短期大量譲渡）",
    SPECIAL: "大量保有報告書（特例対象株券等）",
    SPECIAL_CHANGE: "変更報告書（特例対象株券等）ＮＯ．{}",
    CORRECTED: "訂正報告書（大量保有報告書・変更報告書）",
}
REASONS: Final = (
    "・株券等保有割合の１％以上の増加",
    "株券等保有割合が１％以上減少したこと　",
    "担保契約等重要な契約の変更",
)
PERSON, COMPANY, UNKNOWN = "1", "2", "0"
# Name, English name, type, raw type, purpose.
HOLDERS: Final = (
    (
        "見本アセットマネジメント株式会社",
        "Mihon Asset Management Co., Ltd.",
        COMPANY,
        "法人(株式会社)",
        "信託財産の運用",
    ),
    (
        "SAMPLE CAPITAL PARTNERS LLP",
        "Sample Capital Partners LLP",
        COMPANY,
        "法人(ＬＬＰ)",
        "純投資及び重要提案行為",
    ),
    ("架空　太郎", None, PERSON, "個人", "創業者としての安定保有　"),
    ("例示証券株式会社", "Reiji Securities Co., Ltd.", COMPANY, "法人（株式会社）", "証券業務に係る商品在庫"),
    ("見本ファンド投資事業組合", None, UNKNOWN, "", "純投資"),
)


class LargeHoldings:
    def __init__(self, companies: Companies, figures: Figures, edinet: Edinet) -> None:
        self._companies = companies
        self._figures = figures
        self._edinet = edinet

    def row(self, report: LargeHolding) -> dict[str, Any]:
        filing = report.filing
        one, original = filing.company, report.corrects or report.day
        corrected = report.kind == CORRECTION
        kind = TYPES[int(7 * self._draw(report, 0))]
        issued = self._figures.shares(one, original).issued
        before = 0.0 if kind in {FIRST, SPECIAL} else 0.05 + 0.1 * self._draw(report, 1)
        ratio = before + 0.012 if before else 0.05 + 0.02 * self._draw(report, 2)
        if kind == MASS_TRANSFER:
            ratio = before / 3
        holders = self._holders(report, issued, round(ratio, 4), round(before, 4))
        return {
            "DocId": document_id(one, report.day, 1 + report.place + 4 * corrected),
            "Code": one.issue.code,
            "EdinetCode": one.edinet_code,
            "IsrName": named(one.issue, report.day)[0],
            "DocTypeCode": report.kind,
            "SubDate": iso(report.day),
            "SubTime": self._edinet.time(filing, 40 + report.place),
            "LargeHldgTypeCode": CORRECTED if corrected else kind,
            "DocTitle": TITLES[CORRECTED if corrected else kind].format(1 + one.number % 12),
            "ChgRsn": REASONS[int(3 * self._draw(report, 3))] if before else None,
            "RptOblgDate": iso(traded(original - 7)),
            "ParDocId": document_id(one, original, 1 + report.place) if corrected else None,
            "TotalShsHeld": sum(int(holder["ShsHeld"]) for holder in holders),
            "TotalShsRatio": round(ratio, 4),
            "TotalShsRatioLast": round(before, 4) if before else None,
            "TotalOutStks": issued,
            "Hldrs": holders,
        }

    def _draw(self, report: LargeHolding, step: int) -> float:
        return self._companies.draw(report.filing.company, report.filing.end + 28, 4 * report.place + step)

    def _holders(
        self, report: LargeHolding, issued: int, ratio: float, before: float
    ) -> list[dict[str, Any]]:
        """One or two who hold together; the second with a third of it."""
        number = int(len(HOLDERS) * self._draw(report, 2))
        together = self._draw(report, 3) > 0.6
        parts = (2 / 3, 1 / 3) if together else (1.0,)
        return [
            self._holder(report, number + place, issued, round(ratio * part, 4), round(before * part, 4))
            for place, part in enumerate(parts)
        ]

    def _holder(
        self, report: LargeHolding, number: int, issued: int, ratio: float, before: float
    ) -> dict[str, Any]:
        name, english, kind, raw, purpose = HOLDERS[number % len(HOLDERS)]
        shares = int(issued * ratio / 100) * 100
        cost = None if kind == COMPANY else shares * 900
        borrowed = shares * 300 if kind == PERSON else None
        day = traded((report.corrects or report.day) - 8)
        return {
            "HldrName": name,
            "HldrNameEn": english,
            "HldrEdinetCode": f"E{90_000 + number % len(HOLDERS)}",
            "HldrCode": None,
            "LargeHldrTypeCode": kind,
            "LargeHldrTypeRaw": raw,
            "HldgPurp": purpose,
            "ImpProp": "該当事項なし" if kind == PERSON else None,
            "ColAgr": None,
            # Some filings write their numbers as texts.
            "ShsHeld": str(shares) if kind == UNKNOWN else shares,
            "ShsRatio": ratio,
            "ShsRatioLast": before or None,
            "OwnFund": None if cost is None else cost - (borrowed or 0),
            "TotalBrw": borrowed,
            "TotalOther": None,
            "OtherBrk": None,
            "TotalFund": cost,
            "AcqDisp": [self._deal(day, shares, sells=ratio < before)] if kind != UNKNOWN else [],
            "BrwList": [_loan(borrowed)] if borrowed else [],
            "CredList": [_creditor()] if borrowed and shares % 300 == 0 else [],
        }

    def _deal(self, day: int, shares: int, *, sells: bool) -> dict[str, Any]:
        off_market = shares % 7 == 0
        return {
            "Date": iso(day),
            "SecType": "普通株式",
            "Shs": max(shares // 20, 100),
            "Ratio": 0.25,  # in %
            "Mkt": "市場外" if off_market else "市場内",
            "MktCode": "2" if off_market else "1",
            "TxnType": "処分" if sells else "取得",
            "TxnTypeCode": "2" if sells else "1",
            "Cptty": "株式会社例示商事" if off_market else None,
            "Price": 900 if off_market else None,
            "PriceRaw": None if off_market else "－",
        }


def _loan(amount: int) -> dict[str, Any]:
    return {
        "Name": "見本銀行株式会社",
        "Ind": "銀行",
        "Rep": "代表取締役　見本　次郎",
        "Addr": "東京都千代田区",
        "DiscBrwPurp": "2",
        "Amt": amount,
    }


def _creditor() -> dict[str, Any]:
    return {"Name": "例示信託銀行株式会社", "Rep": "代表取締役　例示　花子", "Addr": "東京都千代田区  "}
