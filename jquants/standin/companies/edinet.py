"""What is filed on EDINET: which documents there are and when, and who the holders in them are."""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from jquants.standin.companies.filings import Companies, Filing, traded
from jquants.standin.companies.profile import Company
from jquants.standin.market import Issue

ANNUAL, QUARTERLY, HALF_YEARLY = "120", "140", "160"
LARGE_HOLDING, CORRECTION = "350", "360"
# Half-yearly reports took the place of quarterly ones.
HALF_YEARS_FROM: Final = date(2024, 4, 1).toordinal()
FIRST_REPORT: Final = date(2016, 6, 1).toordinal()
FIRST_LARGE_HOLDING: Final = date(2021, 7, 1).toordinal()
DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
COMPANIES_AT_MOST: Final = 8_192
HOLDINGS_A_QUARTER: Final = 4  # reports of large holders about one company, at most

TRUSTS: Final = (
    ("さくら信託口銀行株式会社（信託口）", "東京都港区赤坂一丁目８番１号"),
    ("あおば資産管理銀行株式会社（信託口）", "東京都中央区晴海一丁目８番１２号"),
    ("NORTHERN HARBOR TRUST CO. 505001", "ONE HARBOR STREET, BOSTON, MA, U.S.A.  "),
    ("みらい生命保険相互会社", "東京都千代田区丸の内二丁目１番１号"),
    ("GLOBAL CUSTODY BANK - TREATY 505234　", "240 GREENWICH STREET, NEW YORK, U.S.A."),
    ("ひので損害保険株式会社", "東京都新宿区西新宿一丁目２６番１号"),
    ("従業員持株会", "東京都品川区大崎一丁目１１番２号　"),
    ("架空　太郎", "神奈川県横浜市"),
    ("見本　花子", "大阪府大阪市"),
    ("株式会社見本ホールディングス", "愛知県名古屋市中村区名駅四丁目７番１号"),
    ("CAYMAN SAMPLE FUND LTD", "PO BOX 309, GRAND CAYMAN"),
    ("例示ファンド投資事業有限責任組合", "東京都港区六本木六丁目１０番１号"),
)


class Report(NamedTuple):
    """An annual, quarterly or half-yearly report."""

    filing: Filing
    day: int
    kind: str


class LargeHolding(NamedTuple):
    filing: Filing  # of the quarter before it
    place: int  # among the reports after that quarter
    day: int
    kind: str  # LARGE_HOLDING or CORRECTION
    corrects: int = 0  # the day of the report it corrects


class Edinet:
    def __init__(self, companies: Companies) -> None:
        self._companies = companies

    def annual(self, filing: Filing) -> Iterator[Report]:
        """Of every company but REITs, three months after the year's end at the latest."""
        if filing.company.is_reit or not filing.is_annual:
            return
        lag = 78 + int(13 * self._companies.draw(filing.company, filing.end, 47))
        if (day := traded(filing.end + lag)) >= FIRST_REPORT:
            yield Report(filing, day, ANNUAL)

    def with_holders(self, filing: Filing) -> Iterator[Report]:
        """The reports that list the largest holders: of years and half years."""
        yield from self.annual(filing)
        if filing.quarter != 2:
            return
        kind = HALF_YEARLY if filing.end > HALF_YEARS_FROM else QUARTERLY
        day = traded(filing.end + 45)
        if day >= FIRST_REPORT and day >= filing.day:
            yield Report(filing, day, kind)

    def large_holdings(self, filing: Filing) -> Iterator[LargeHolding]:
        """Some four days in five, a fifth of the companies has one; one in twenty is corrected."""
        draw, one = self._companies.draw, filing.company
        for place in range(int(draw(one, filing.end, 48) ** 2 * HOLDINGS_A_QUARTER)):
            day = traded(filing.end + 4 + int(86 * draw(one, filing.end, 56 + place)))
            if day < FIRST_LARGE_HOLDING:
                continue
            yield LargeHolding(filing, place, day, LARGE_HOLDING)
            if draw(one, filing.end, 60 + place) < 0.05:
                yield LargeHolding(filing, place, traded(day + 6), CORRECTION, corrects=day)

    def time(self, filing: Filing, step: int) -> str:
        """Between 9:00 and 16:59."""
        minutes = int(480 * self._companies.draw(filing.company, filing.end, step))
        return f"{9 + minutes // 60:02d}:{minutes % 60:02d}:00"


def document_id(company: Company, day: int, kind: int = 0) -> str:
    """S, then seven characters: another one for every company, week and kind (below 8)."""
    number = ((day // 7 % 2_000) * 8 + kind) * COMPANIES_AT_MOST + company.number
    text = ""
    for _ in range(6):
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return f"S1{text}"


def named(issue: Issue, day: int) -> tuple[str, str]:
    """As a filer calls itself, in Japanese and in English."""
    attributes = issue.attributes(day)
    return f"株式会社{attributes['CoName'].rstrip()}", attributes["CoNameEn"]
