"""Issues whose codes everybody knows, so that examples work, and an odd one. Their figures are fictitious."""

from datetime import date
from typing import Final, NamedTuple

from jquants.standin.market.issues import FUND, REVERSE_SPLIT, SPLIT, STOCK, Action, Name


class Famous(NamedTuple):
    code: str
    names: tuple[Name, ...]
    sector: str
    scale: str
    base: float  # yen on the first day
    shares: float
    product: str = STOCK
    listed: int = 0
    actions: tuple[Action, ...] = ()


def _day(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal()


FAMOUS: Final = (
    Famous(
        "13060",
        (Name(0, "ＮＥＸＴ　ＦＵＮＤＳ　ＴＯＰＩＸ連動型上場投信", "NEXT FUNDS TOPIX Exchange Traded Fund"),),
        "9999",
        "-",
        2_400.0,
        8e9,
        product=FUND,
    ),
    Famous("25930", (Name(0, "伊藤園", "ITO EN,LTD."),), "3050", "TOPIX Mid400", 2_600.0, 8.9e7),
    Famous(
        "25935", (Name(0, "伊藤園　第１種優先株式", "ITO EN,LTD. Preferred"),), "3050", "-", 1_700.0, 3.4e7
    ),
    Famous("62690", (Name(0, "三井海洋開発", "MODEC,INC."),), "3600", "TOPIX Mid400", 2_300.0, 5.6e7),
    Famous(
        "67580",
        (
            Name(0, "ソニー", "SONY CORPORATION"),
            Name(_day(2021, 4, 1), "ソニーグループ", "SONY GROUP CORPORATION"),
        ),
        "3650",
        "TOPIX Core30",
        9_800.0,
        1.2e9,
        actions=(Action(_day(2024, 9, 27), 0.2, SPLIT),),
    ),
    Famous(
        "72030",
        (Name(0, "トヨタ自動車", "TOYOTA MOTOR CORPORATION"),),
        "3700",
        "TOPIX Core30",
        7_400.0,
        3.2e9,
        actions=(Action(_day(2021, 9, 29), 0.2, SPLIT),),
    ),
    Famous(
        "86970",
        (Name(0, "日本取引所グループ", "Japan Exchange Group,Inc."),),
        "7200",
        "TOPIX Large70",
        4_100.0,
        5.5e8,
        listed=_day(2013, 1, 4),
        actions=(Action(_day(2024, 9, 27), 0.5, SPLIT),),
    ),
    Famous(
        "94320",
        (
            Name(0, "日本電信電話", "NIPPON TELEGRAPH AND TELEPHONE CORPORATION"),
            Name(_day(2025, 7, 1), "ＮＴＴ", "NTT,Inc."),
        ),
        "5250",
        "TOPIX Core30",
        4_800.0,
        3.6e9,
        actions=(Action(_day(2023, 6, 29), 0.04, SPLIT),),
    ),
    Famous("94330", (Name(0, "ＫＤＤＩ", "KDDI CORPORATION"),), "5250", "TOPIX Core30", 3_100.0, 2.3e9),
    Famous(
        "94340",
        (Name(0, "ソフトバンク", "SoftBank Corp."),),
        "5250",
        "TOPIX Large70",
        1_450.0,
        4.7e9,
        listed=_day(2018, 12, 19),
        actions=(Action(_day(2024, 9, 27), 0.1, SPLIT),),
    ),
    Famous(
        "95010",
        (Name(0, "武蔵路電力ホールディングス", "Musashiji Electric Power Holdings"),),
        "4050",
        "TOPIX Mid400",
        52.0,
        1.6e9,
        actions=(Action(_day(2017, 9, 27), 10.0, REVERSE_SPLIT),),
    ),
    Famous(
        "99840",
        (Name(0, "ソフトバンクグループ", "SoftBank Group Corp."),),
        "5250",
        "TOPIX Core30",
        6_900.0,
        1.7e9,
    ),
    Famous(
        "99990", (Name(0, "見本総合", "Mihon General Corporation"),), "6050", "TOPIX Small 1", 1_200.0, 8e7
    ),
)
