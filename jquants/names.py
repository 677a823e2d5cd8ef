"""What the sectors and indices of the exchange are called; J-Quants sends their codes only."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import get_language


class Name(NamedTuple):
    """`str()` is the name in the reader's language."""

    japanese: str
    english: str

    def __str__(self) -> str:
        return self.japanese if (get_language() or "").startswith("ja") else self.english


SECTORS_33 = {
    "0050": Name("水産・農林業", "Fishery, Agriculture & Forestry"),
    "1050": Name("鉱業", "Mining"),
    "2050": Name("建設業", "Construction"),
    "3050": Name("食料品", "Foods"),
    "3100": Name("繊維製品", "Textiles & Apparels"),
    "3150": Name("パルプ・紙", "Pulp & Paper"),
    "3200": Name("化学", "Chemicals"),
    "3250": Name("医薬品", "Pharmaceutical"),
    "3300": Name("石油・石炭製品", "Oil & Coal Products"),
    "3350": Name("ゴム製品", "Rubber Products"),
    "3400": Name("ガラス・土石製品", "Glass & Ceramics Products"),
    "3450": Name("鉄鋼", "Iron & Steel"),
    "3500": Name("非鉄金属", "Nonferrous Metals"),
    "3550": Name("金属製品", "Metal Products"),
    "3600": Name("機械", "Machinery"),
    "3650": Name("電気機器", "Electric Appliances"),
    "3700": Name("輸送用機器", "Transportation Equipment"),
    "3750": Name("精密機器", "Precision Instruments"),
    "3800": Name("その他製品", "Other Products"),
    "4050": Name("電気・ガス業", "Electric Power & Gas"),
    "5050": Name("陸運業", "Land Transportation"),
    "5100": Name("海運業", "Marine Transportation"),
    "5150": Name("空運業", "Air Transportation"),
    "5200": Name("倉庫・運輸関連業", "Warehousing & Harbor Transportation"),
    "5250": Name("情報・通信業", "Information & Communication"),
    "6050": Name("卸売業", "Wholesale Trade"),
    "6100": Name("小売業", "Retail Trade"),
    "7050": Name("銀行業", "Banks"),
    "7100": Name("証券・商品先物取引業", "Securities & Commodity Futures"),
    "7150": Name("保険業", "Insurance"),
    "7200": Name("その他金融業", "Other Financing Business"),
    "8050": Name("不動産業", "Real Estate"),
    "9050": Name("サービス業", "Services"),
    "9999": Name("その他", "Other"),
}

_SECTORS_17 = (
    Name("食品", "Foods"),
    Name("エネルギー資源", "Energy Resources"),
    Name("建設・資材", "Construction & Materials"),
    Name("素材・化学", "Raw Materials & Chemicals"),
    Name("医薬品", "Pharmaceutical"),
    Name("自動車・輸送機", "Automobiles & Transportation Equipment"),
    Name("鉄鋼・非鉄", "Steel & Nonferrous Metals"),
    Name("機械", "Machinery"),
    Name("電機・精密", "Electric Appliances & Precision Instruments"),
    Name("情報通信・サービスその他", "IT & Services, Others"),
    Name("電気・ガス", "Electric Power & Gas"),
    Name("運輸・物流", "Transportation & Logistics"),
    Name("商社・卸売", "Commercial & Wholesale Trade"),
    Name("小売", "Retail Trade"),
    Name("銀行", "Banks"),
    Name("金融（除く銀行）", "Financials (Ex Banks)"),
    Name("不動産", "Real Estate"),
)

_OWN = {
    "0000": Name("TOPIX", "TOPIX"),
    "0001": Name("東証二部総合指数", "TSE 2nd Section Stock Price Index"),
    "0028": Name("TOPIX Core30", "TOPIX Core30"),
    "0029": Name("TOPIX Large70", "TOPIX Large70"),
    "002A": Name("TOPIX 100", "TOPIX 100"),
    "002B": Name("TOPIX Mid400", "TOPIX Mid400"),
    "002C": Name("TOPIX 500", "TOPIX 500"),
    "002D": Name("TOPIX Small", "TOPIX Small"),
    "002E": Name("TOPIX 1000", "TOPIX 1000"),
    "002F": Name("TOPIX Small500", "TOPIX Small500"),
    "0070": Name("東証グロース市場250指数", "TSE Growth Market 250 Index"),
    "0075": Name("東証REIT指数", "TSE REIT Index"),
    "0091": Name("JASDAQ INDEX", "JASDAQ INDEX"),
    "0500": Name("東証プライム市場指数", "TSE Prime Market Index"),
    "0501": Name("東証スタンダード市場指数", "TSE Standard Market Index"),
    "0502": Name("東証グロース市場指数", "TSE Growth Market Index"),
    "0503": Name("JPXプライム150指数", "JPX Prime 150 Index"),
    "0504": Name("JPXスタートアップ急成長100指数", "JPX Start-Up Acceleration 100 Index"),
    "8100": Name("TOPIX バリュー", "TOPIX Value"),
    "812C": Name("TOPIX500 バリュー", "TOPIX 500 Value"),
    "812D": Name("TOPIXSmall バリュー", "TOPIX Small Value"),
    "8200": Name("TOPIX グロース", "TOPIX Growth"),
    "822C": Name("TOPIX500 グロース", "TOPIX 500 Growth"),
    "822D": Name("TOPIXSmall グロース", "TOPIX Small Growth"),
    "8501": Name("東証REITオフィス指数", "TSE REIT Office Index"),
    "8502": Name("東証REIT住宅指数", "TSE REIT Residential Index"),
    "8503": Name("東証REIT商業・物流等指数", "TSE REIT Retail & Logistics, Others Index"),
}
_OF_SECTORS = {
    f"{0x40 + position:04X}": Name(f"東証業種別 {name.japanese}", f"TSE sector: {name.english}")
    for position, name in enumerate(list(SECTORS_33.values())[:-1])
} | {
    f"{0x80 + position:04X}": Name(f"TOPIX-17 {name.japanese}", f"TOPIX-17 {name.english}")
    for position, name in enumerate(_SECTORS_17)
}
_PRICE_INDICES = _OWN | _OF_SECTORS
# With dividends: their codes are those of the price index, changed.
_PARENTS = (
    {
        f"60{code[2:]}": code
        for code in _PRICE_INDICES
        if code.startswith("00") and code not in {"0001", "002F", "0070", "0091"}
    }
    | {"6503": "0503", "6504": "0504", "7000": "0500", "7001": "0501", "7002": "0502"}
    | {f"B{code[1:]}": code for code in ("8100", "812C", "812D")}
    | {"B200": "8200", "B22C": "822C", "B22D": "822D", "B501": "8501", "B502": "8502", "B503": "8503"}
)


def _with_dividends(name: Name) -> Name:
    return Name(f"{name.japanese}（配当込み）", f"{name.english} (Total Return)")


INDICES = (
    _PRICE_INDICES
    | {code: _with_dividends(_PRICE_INDICES[parent]) for code, parent in _PARENTS.items()}
    | {
        "6095": Name("TOPIX（税引後配当込み）", "TOPIX (Net Total Return)"),
        "6096": Name("JPX日経インデックス400（税引後配当込み）", "JPX-Nikkei Index 400 (Net Total Return)"),
        "B507": Name("JPX日経インデックス400（配当込み）", "JPX-Nikkei Index 400 (Total Return)"),
        "B500": Name("配当フォーカス100指数（配当込み）", "Dividend Focus 100 Index (Total Return)"),
    }
)
