"""The rows of /fins/earnings-date: which day a company says it will report on, and when it says so
(https://jpx-jquants.com/en/spec/fin-earnings-date)."""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from jquants.standin.companies.documents import FIRST_DISCLOSURE
from jquants.standin.companies.filings import Companies, Filing, traded
from jquants.standin.companies.spelling import iso

UNDECIDED: Final = 0.06  # share of the filings announced first without a day
MOVED: Final = 0.06  # share whose day changes once
FIRST_NOTICE: Final = date(2014, 9, 1).toordinal()


class Announcement(NamedTuple):
    filing: Filing
    day: int  # on which it is published
    scheduled: int  # 0 for undecided
    valid_until: int  # the day before another takes its place; the last one's is without end


class Announcements:
    def __init__(self, companies: Companies) -> None:
        self._companies = companies

    def of(self, filing: Filing) -> Iterator[Announcement]:
        """Oldest first; the last tells the day on which the statement really comes.

        Those of other quarters than the first three, in a long fiscal year, are not announced.
        """
        is_announced = filing.is_annual or filing.quarter < 4
        if not is_announced or filing.day < max(FIRST_NOTICE, FIRST_DISCLOSURE):
            return
        days = list(self._said(filing))
        for (day, scheduled), later in zip(days, [*days[1:], None], strict=True):
            yield Announcement(filing, day, scheduled, later[0] - 1 if later else date.max.toordinal())

    def _said(self, filing: Filing) -> Iterator[tuple[int, int]]:
        one, draw = filing.company, self._companies.draw
        first = traded(filing.day - 14 - int(20 * draw(one, filing.end, 32)))
        fate = draw(one, filing.end, 33)
        if fate < UNDECIDED:
            yield first, 0
        elif fate < UNDECIDED + MOVED:
            yield first, traded(filing.day + (5 if fate < UNDECIDED + MOVED / 2 else -4))
        else:
            yield first, filing.day
            return
        yield traded(filing.day - 7), filing.day


def row(announcement: Announcement) -> dict[str, str]:
    filing = announcement.filing
    issue = filing.company.issue
    named = issue.attributes(announcement.day)
    end = date.fromordinal(filing.year_end)
    return {
        "PubDate": iso(announcement.day),
        "SchDate": iso(announcement.scheduled) if announcement.scheduled else "",
        "FQName": filing.period,
        "FYE": f"{end:%m%d}",
        "Code": issue.code,
        "CoName": named["CoName"],
        "CoNameEn": named["CoNameEn"],
    }
