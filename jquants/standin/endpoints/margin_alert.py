"""GET /markets/margin-alert (https://jpx-jquants.com/en/spec/mkt-margin-alert).

The balances of a session, of the issues that are watched, published on the next; some once more, corrected.
"""

from collections.abc import Iterator
from datetime import time
from typing import Final

from jquants.standin.endpoints.base import BulkFiles, Endpoint, Row, last_published, sessions_asked
from jquants.standin.market import Issue, Market
from jquants.standin.market.issues import FUND
from jquants.standin.market.margins import Balance, Watch
from jquants.standin.plans import STANDARD_UP
from jquants.standin.questions import BY_CODE_OR_DATE, Question

PUBLISHED_AT: Final = time(16, 30)
NO_CHANGE_KNOWN, NO_RATIO = "-", "*"
ERROR_LOTS: Final = 2  # what wrong figures have too much
# The flags of PubReason, each with the classes of TSEMrgnRegCls that set it.
REASONS: Final = {
    "Restricted": ("003", "004", "005", "006"),
    "DailyPublication": ("002",),
    "Monitoring": ("102",),
    "RestrictedByJSF": ("005", "006"),
    "PrecautionByJSF": ("001",),
    "UnclearOrSecOnAlert": ("101",),
}


def rows(market: Market, question: Question) -> Iterator[Row]:
    for session in sessions_asked(market, question, last_published(question.moment, PUBLISHED_AT)):
        for issue in market.listed(market.sessions.days[session], question.code):
            yield from _published(market, issue, session)


def _published(market: Market, issue: Issue, session: int) -> Iterator[Row]:
    """The correction of an earlier row, then the row of the session before."""
    margins = market.margins
    for applied, is_correction in ((session - 2, True), (session - 1, False)):
        if applied < 0 or not issue.is_listed(market.sessions.ordinals[max(applied - 1, 0)]):
            continue
        watch = margins.watch(issue, applied)
        is_wrong = bool(watch) and margins.is_corrected(issue, applied)
        if watch and (is_wrong or not is_correction):
            error = ERROR_LOTS * issue.lot if is_wrong and not is_correction else 0
            yield _row(market, issue, watch, applied, session, error)


def _row(market: Market, issue: Issue, watch: Watch, applied: int, published: int, error: int) -> Row:
    days = market.sessions.days
    right = market.margins.balance(issue, applied)
    now = right._replace(long_standardized=right.long_standardized + error)
    before = None if watch.is_first or applied == 0 else market.margins.balance(issue, applied - 1)
    return {
        "PubDate": str(days[published]),
        "Code": issue.code,
        "AppDate": str(days[applied]),
        "PubReason": {
            name: "1" if watch.classification in classes else "0" for name, classes in REASONS.items()
        },
        **_figures(now, before, _shares(market, issue, applied)),
        "TSEMrgnRegCls": watch.classification,
    }


def _shares(market: Market, issue: Issue, session: int) -> float | None:
    """Listed shares; None for a fund, which has no fixed number of them."""
    if issue.product == FUND:
        return None
    return issue.shares / (issue.factor(0, market.sessions.ordinals[session]) if issue.actions else 1.0)


def _figures(now: Balance, before: Balance | None, shares: float | None) -> Row:
    def change(name: str) -> float | str:
        return NO_CHANGE_KNOWN if before is None else getattr(now, name) - getattr(before, name)

    def ratio(amount: float) -> float | str:
        return NO_RATIO if shares is None else round(100 * amount / shares, 1)

    return {
        "ShrtOut": now.short,
        "ShrtOutChg": change("short"),
        "ShrtOutRatio": ratio(now.short),
        "LongOut": now.long,
        "LongOutChg": change("long"),
        "LongOutRatio": ratio(now.long),
        "SLRatio": round(100 * now.short / now.long, 1) if now.long else 0.0,
        "ShrtNegOut": now.short_negotiable,
        "ShrtNegOutChg": change("short_negotiable"),
        "ShrtStdOut": now.short_standardized,
        "ShrtStdOutChg": change("short_standardized"),
        "LongNegOut": now.long_negotiable,
        "LongNegOutChg": change("long_negotiable"),
        "LongStdOut": now.long_standardized,
        "LongStdOutChg": change("long_standardized"),
    }


def cells(row: Row) -> Row:
    """The reasons are one cell, written as Python writes a dict."""
    return {**row, "PubReason": str(row.get("PubReason"))}


MARGIN_ALERT: Final = Endpoint(
    path="/markets/margin-alert",
    rows=rows,
    parameters=BY_CODE_OR_DATE,
    day="PubDate",
    plans=STANDARD_UP,
    published_at=PUBLISHED_AT,
    bulk=BulkFiles(
        columns=(
            *("PubDate", "Code", "AppDate", "PubReason", "ShrtOut", "ShrtOutChg", "ShrtOutRatio", "LongOut"),
            *("LongOutChg", "LongOutRatio", "SLRatio", "ShrtNegOut", "ShrtNegOutChg", "ShrtStdOut"),
            *("ShrtStdOutChg", "LongNegOut", "LongNegOutChg", "LongStdOut", "LongStdOutChg", "TSEMrgnRegCls"),
        ),
        cells=cells,
        rows_an_issue=0.05,
        bytes_a_row=120,
    ),
)
