"""Rows of statements, dividends, derivatives and filings as J-Quants sends them."""

from typing import Any

from jquants.datasets import FUTURES, OPTIONS, STATEMENTS

Row = dict[str, Any]


def statement(number: str = "20261120000001", **fields: str) -> Row:
    """Return a row of /fins/summary: the third quarter of a year that began in April; all else not given."""
    return (
        dict.fromkeys((column.key for column in STATEMENTS.columns), "")
        | {
            "DiscDate": "2026-11-20",
            "DiscTime": "15:00:00",
            "Code": "72030",
            "DiscNo": number,
            "DocType": "3QFinancialStatements_Consolidated_IFRS",
            "CurPerType": "3Q",
            "CurPerSt": "2026-04-01",
            "CurPerEn": "2026-12-31",
            "CurFYSt": "2026-04-01",
            "CurFYEn": "2027-03-31",
        }
        | fields
    )


def details(number: str = "20261120000001", **items: str) -> Row:
    """Return a row of /fins/details."""
    return {key: statement(number)[key] for key in ("DiscDate", "DiscTime", "Code", "DiscNo", "DocType")} | {
        "FS": {"Accounting standards, DEI": "IFRS"} | items
    }


def dividend(number: str = "202611201B00001", **fields: Any) -> Row:
    """Return a row of /fins/dividend: a notice of 20 yen."""
    return {
        "PubDate": "2026-11-20",
        "PubTime": "15:00",
        "Code": "72030",
        "RefNo": number,
        "StatCode": "1",
        "BoardDate": "2026-11-20",
        "IFCode": "2",
        "FRCode": "1",
        "IFTerm": "2027-03",
        "DivRate": 20.0,
        "RecDate": "2027-03-31",
        "ExDate": "2027-03-30",
        "ActRecDate": "2027-03-31",
        "PayDate": "-",
        "CARefNo": number,
        "DistAmt": "",
        "RetEarn": "",
        "DeemDiv": "-",
        "DeemCapGains": "",
        "NetAssetDecRatio": "",
        "CommSpecCode": "0",
        "CommDivRate": "",
        "SpecDivRate": "",
    } | fields


def earnings_date(day: str = "2026-11-20", scheduled: str = "2027-02-05", **fields: str) -> Row:
    """Return a row of /fins/earnings-date."""
    return {
        "PubDate": day,
        "SchDate": scheduled,
        "FQName": "3Q",
        "FYE": "0331",
        "Code": "72030",
        "CoName": "トヨタ自動車",
        "CoNameEn": "TOYOTA MOTOR CORPORATION",
    } | fields


def future(**fields: Any) -> Row:
    """Return a row of /derivatives/bars/daily/futures."""
    return dict.fromkeys((column.key for column in FUTURES.columns), 2825.5) | CONTRACT | fields


def option(**fields: Any) -> Row:
    """Return a row of /derivatives/bars/daily/options."""
    own = {"UndSSO": "-", "PCDiv": "2"}
    return dict.fromkeys((column.key for column in OPTIONS.columns), 0.0) | CONTRACT | own | fields


CONTRACT: Row = {
    "Code": "169090005",
    "ProdCat": "TOPIXF",
    "Date": "2026-11-20",
    "EmMrgnTrgDiv": "002",
    "CM": "2026-12",
    "CCMFlag": "1",
    "LTD": "2026-12-10",
    "SQD": "2026-12-11",
    "Vo": 42910.0,
    "OI": 479812.0,
    "VoOA": 40405.0,
    "MO": "",
    "MH": "",
    "ML": "",
    "MC": "",
}


def document(number: str = "S100AAA1", **fields: Any) -> Row:
    """Return what rows of all three /edinet paths have."""
    return {
        "DocId": number,
        "Code": "72030",
        "EdinetCode": "E02144",
        "DocTypeCode": "120",
        "SubDate": "2026-11-20",
        "SubTime": "15:00:00",
        "FilerName": "トヨタ自動車株式会社　",
        "FilerNameEn": "TOYOTA MOTOR CORPORATION",
        "PerSt": "2025-04-01",
        "PerEn": "2026-03-31",
    } | fields


def shareholders(number: str = "S100AAA1", *holders: Row, **fields: Any) -> Row:
    """Return a row of /edinet/major-shareholders."""
    period = {"CurPerSt": "2025-04-01", "CurPerEn": "2026-03-31"}
    return document(number, **period, Hldrs=list(holders), **fields)


def holder(name: str = "日本マスタートラスト信託銀行", **fields: Any) -> Row:
    return {"Rank": 1, "HldrName": name, "HldrAddr": None, "ShsHeld": 1000, "ShsRatio": 0.17} | fields


def cross_holder(*specified: Row, **fields: Any) -> Row:
    """Return a block of /edinet/cross-shareholdings."""
    counts = ("Iss", "BookVal", "IncIss", "IncAcqCost", "DecIss", "DecSaleAmt", "IncRsn")
    own = dict.fromkeys((f"{kind}{name}" for kind in ("Listed", "NonListed") for name in counts), None)
    names = {"HldrName": "トヨタ自動車株式会社", "HldrCode": "72030", "HldrEdinetCode": "E02144"}
    return own | names | {"Spec": list(specified), "Deem": [], "SpecFn": None, "DeemFn": None} | fields


def cross_holding(**fields: Any) -> Row:
    names = ("IsrName", "IsrCode", "IsrEdinetCode", "CurShs", "PriShs", "CurBookVal", "PriBookVal")
    marks = ("CurShsNotDisc", "PriShsNotDisc", "CurBookValNotDisc", "PriBookValNotDisc")
    told = ("HoldRat", "IsrHolds", "IsrHoldsCode")
    return dict.fromkeys((*names, *marks, *told), None) | fields


def large_holding(number: str = "S100AAA1", *holders: Row, **fields: Any) -> Row:
    """Return a row of /edinet/large-volume-shareholders."""
    of_filers = {"FilerName", "FilerNameEn", "PerSt", "PerEn"}
    meta = {key: value for key, value in document(number).items() if key not in of_filers}
    own = {
        "DocTypeCode": "350",
        "IsrName": "トヨタ自動車株式会社",
        "LargeHldgTypeCode": "1",
        "DocTitle": "大量保有報告書",
        "ChgRsn": None,
        "RptOblgDate": "2026-11-13",
        "ParDocId": None,
        "TotalShsHeld": 76018630,
        "TotalShsRatio": 0.0728,
        "TotalShsRatioLast": None,
        "TotalOutStks": 1044578366,
        "Hldrs": list(holders),
    }
    return meta | own | fields


def large_holder(name: str = "サンプル投資顧問", **fields: Any) -> Row:
    texts = ("HldrNameEn", "HldrEdinetCode", "HldrCode", "LargeHldrTypeRaw", "HldgPurp", "ImpProp", "ColAgr")
    funds = ("OwnFund", "TotalBrw", "TotalOther", "OtherBrk", "TotalFund")
    return (
        dict.fromkeys((*texts, *funds), None)
        | {
            "HldrName": name,
            "LargeHldrTypeCode": "2",
            "ShsHeld": 59555500,
            "ShsRatio": 0.057,
            "ShsRatioLast": 0.0506,
            "AcqDisp": [],
            "BrwList": [],
            "CredList": [],
        }
        | fields
    )


def transaction(**fields: Any) -> Row:
    return {
        "Date": "2026-11-13",
        "SecType": "普通株式",
        "Shs": 100000,
        "Ratio": 0.01,
        "Mkt": "市場内",
        "MktCode": "1",
        "TxnType": "取得",
        "TxnTypeCode": "1",
        "Cptty": None,
        "Price": None,
        "PriceRaw": None,
    } | fields


def disclosure(number: str = "20261120000001", **fields: Any) -> Row:
    """Return a row of /td/list."""
    return {
        "DiscNo": number,
        "Code": "72030",
        "Name": "トヨタ自動車",
        "DiscDate": "2026-11-20",
        "DiscTime": "15:00",
        "Title": "2027年3月期 第2四半期決算短信",
        "DiscStatus": None,
        "RevNo": 1,
        "DiscItems": ["11301"],
        "Docs": ["g", "s"],
    } | fields
