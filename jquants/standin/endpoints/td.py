"""GET /td/list (https://jpx-jquants.com/en/spec/td-list). Its files are served by jquants.standin.td_api."""

from datetime import datetime, timedelta
from typing import Final

from jquants.standin.companies.reports import reports
from jquants.standin.endpoints.base import Endpoint, Row
from jquants.standin.endpoints.fins import events
from jquants.standin.limits import Bucket
from jquants.standin.market import Market
from jquants.standin.plans import PAID_PLANS
from jquants.standin.questions import Equal, Parameters, Question

ADDON: Final = "tdnet"
BUCKET: Final = Bucket(ADDON, 100, is_apart=True)
YEARS: Final = 5
CAPTURE: Final = timedelta(minutes=5)  # after the disclosure
ITEMS: Final = Equal("DiscItems")
COLUMNS: Final = (
    *("DiscNo", "Code", "Name", "DiscDate", "DiscTime", "Title", "DiscStatus", "RevNo", "DiscItems", "Docs"),
)


def rows(market: Market, question: Question) -> list[Row]:
    told = reports(market)
    found = [told.tdnet.row(news) for news in events(told.news, question)]
    wanted = set((question.wanted(ITEMS.field) or "").split(",")) - {""}
    seen = (row for row in found if _is_seen(row, question) and wanted <= set(row["DiscItems"]))
    return sorted(seen, key=lambda row: str(row["DiscNo"]))


def _is_seen(row: Row, question: Question) -> bool:
    disclosed = datetime.fromisoformat(f"{row['DiscDate']}T{row['DiscTime']}")
    at = disclosed.replace(tzinfo=question.moment.tzinfo) + CAPTURE
    return at <= question.moment and (question.after is None or at > question.after)


TD_LIST: Final = Endpoint(
    path="/td/list",
    rows=rows,
    parameters=Parameters(
        requires=("date", "code"),
        excludes={"date": ("code",)},
        range_with="code",
        range_is_pair=True,
        equal={"discItems": ITEMS},
    ),
    day="DiscDate",
    plans=PAID_PLANS,
    addon=ADDON,
    years=YEARS,
    bucket=BUCKET,
    is_live=True,
    cursor_plans=PAID_PLANS,
    cursor_when_paged=False,
)
