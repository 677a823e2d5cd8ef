"""The rows of /td/list (https://jpx-jquants.com/en/spec/td-list): statements, revisions and other news."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from jquants.standin.companies.documents import NUMBERS, SLOTS, Document, Documents, Kind
from jquants.standin.companies.filings import Companies, Filing, traded
from jquants.standin.companies.profile import IFRS, JAPANESE, JMIS, US
from jquants.standin.companies.spelling import iso

QUARTERS: Final = ("第１四半期", "第２四半期（中間期）", "第３四半期", "第４四半期", "第５四半期")
STANDARDS: Final = {JAPANESE: "日本基準", IFRS: "ＩＦＲＳ", US: "米国基準", JMIS: "修正国際基準"}
# Title, item.
NEWS: Final = (
    ("自己株式の取得状況に関するお知らせ", "12001"),
    ("代表取締役の異動に関するお知らせ", "12110"),
    ("株主優待制度の変更に関するお知らせ", "12205"),
    ("固定資産の譲渡及び特別利益の計上に関するお知らせ", "12033"),
)
TITLES: Final = {
    Kind.EARNINGS: ("業績予想の修正に関するお知らせ", ["14021"]),
    Kind.DIVIDEND: ("配当予想の修正に関するお知らせ", ["14021", "14022"]),
}
STATEMENT_ITEM: Final = "14012"
ALL_FILES, WITH_DATA, TEXT_ONLY = ["g", "s", "x"], ["g", "x"], ["g"]
NEWS_SLOT: Final = 40  # of the numbers of a company and day; documents have those below


class News(NamedTuple):
    """What a company tells between its statements, or a document of them."""

    filing: Filing
    day: int
    place: int = 0
    document: Document | None = None


class TdNet:
    def __init__(self, companies: Companies, documents: Documents) -> None:
        self._companies = companies
        self._documents = documents

    def of(self, filing: Filing) -> Iterator[News]:
        for document in self._documents.of(filing):
            yield News(filing, document.day, document=document)
        draw = self._companies.draw
        for place in range(int(3 * draw(filing.company, filing.end, 55))):
            yield News(
                filing,
                traded(filing.end + 3 + 29 * place + int(28 * draw(filing.company, filing.end, 56 + place))),
                place,
            )

    def row(self, news: News) -> dict[str, Any]:
        filing = news.filing
        document = news.document or Document(filing, Kind.STATEMENT, news.day)
        title, items, docs = self._told(news)
        return {
            "DiscNo": document.number if news.document else _number(news),
            "Code": filing.company.issue.code,
            "Name": filing.company.issue.attributes(news.day)["CoName"],
            "DiscDate": iso(news.day),
            "DiscTime": document.time[:5],
            "Title": title,
            "DiscStatus": None,
            "RevNo": 1,
            "DiscItems": items,
            "Docs": docs,
        }

    def _told(self, news: News) -> tuple[str, list[str], list[str]]:
        filing, document = news.filing, news.document
        if document is None:
            title, item = NEWS[(filing.company.number + news.place) % len(NEWS)]
            return title, [item], TEXT_ONLY
        if document.kind is not Kind.STATEMENT:
            title, items = TITLES[document.kind]
            return title, items, WITH_DATA
        end = date.fromordinal(filing.year_end)
        standard = STANDARDS[filing.company.standard(filing.fiscal_year)]
        scope = "連結" if filing.company.consolidated else "非連結"
        quarter = "" if filing.is_annual else QUARTERS[filing.quarter - 1]
        title = f"{end.year}年{end.month}月期　{quarter}決算短信〔{standard}〕（{scope}）"
        return title, [STATEMENT_ITEM], ALL_FILES


def _number(news: News) -> str:
    place = news.filing.company.number * 4_099 % NUMBERS
    return f"{date.fromordinal(news.day):%Y%m%d}{400_000 + SLOTS * place + NEWS_SLOT + 4 * news.place + news.filing.quarter - 1}"
