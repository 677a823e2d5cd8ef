"""The rows of /fins/dividend: what companies tell of dividends to come and decided on, with their corrections
(https://jpx-jquants.com/en/spec/fin-dividend)."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from jquants.standin.companies.documents import FIRST_DISCLOSURE, Document, Kind, pays
from jquants.standin.companies.figures import Figures
from jquants.standin.companies.filings import Companies, Filing, traded
from jquants.standin.companies.forecasts import Forecasts
from jquants.standin.companies.profile import Company
from jquants.standin.companies.spelling import iso
from jquants.standin.market.calendar import trading_day_from

SHORTER_SETTLEMENT: Final = date(2019, 7, 16).toordinal()  # two days instead of three
FIRST_AMOUNTS: Final = date(2014, 2, 24).toordinal()
FIRST_COMMEMORATIVE: Final = date(2022, 6, 6).toordinal()
CORRECTED, DELETED = 0.02, 0.01  # shares of the notices
ORDINARY, COMMEMORATIVE, SPECIAL = "0", "1", "2"
UNDECIDED: Final = "-"
UNSET: Final = ""


class Status(StrEnum):
    NEW, CORRECTION, DELETION = "1", "2", "3"


class Result(StrEnum):
    DECIDED, FORECAST = "1", "2"


class Notice(NamedTuple):
    filing: Filing  # with which it came
    paid_with: Filing  # the quarter whose dividend it is about
    day: int
    status: Status
    result: Result
    corrects: int = 0  # days back to the notice it corrects or deletes
    wrong: bool = False  # to be corrected


class Dividends:
    """Decided when the quarter's figures are; forecast a year before, with the last year's."""

    def __init__(self, companies: Companies, figures: Figures, forecasts: Forecasts) -> None:
        self._companies = companies
        self._figures = figures
        self._forecasts = forecasts

    def of(self, filing: Filing) -> Iterator[Notice]:
        if filing.day < FIRST_DISCLOSURE or not pays(filing.company):
            return
        if self._has(filing):
            yield from self._notices(filing, filing, Result.DECIDED)
        if filing.is_annual and not filing.company.is_reit and filing.company.forecasts:
            following = self._companies.following(filing)
            yield from self._notices(filing, following, Result.FORECAST)

    def row(self, notice: Notice) -> dict[str, str | float]:
        one, paid = notice.filing.company, notice.paid_with
        record, known = paid.end, notice.result is Result.DECIDED
        number, rate = self._number(notice, notice.day), self._rate(notice)
        return {
            "PubDate": iso(notice.day),
            "PubTime": self._time(notice),
            "Code": one.issue.code,
            "RefNo": number,
            "StatCode": notice.status,
            "BoardDate": iso(notice.filing.day),
            "IFCode": "2" if paid.is_annual else "1",
            "FRCode": notice.result,
            "IFTerm": iso(record)[:7],
            "DivRate": rate,
            "RecDate": iso(record),
            "ExDate": iso(ex_day(record)),
            "ActRecDate": iso(traded(record)),
            "PayDate": UNDECIDED if not known else iso(self._pay_day(paid)) if rate else UNSET,
            "CARefNo": self._number(notice, notice.day - notice.corrects) if notice.corrects else number,
            **self._parts(notice, rate),
        }

    def _has(self, filing: Filing) -> bool:
        """A dividend is decided on with this quarter, be it none at all."""
        rates = self._figures.dividends(filing.company, filing.year_end, filing.end)
        return rates.at(filing) is not None

    def _notices(self, filing: Filing, paid: Filing, result: Result) -> Iterator[Notice]:
        fate = self._companies.draw(filing.company, filing.end, 34 + (result is Result.FORECAST))
        if fate >= CORRECTED + DELETED:
            yield Notice(filing, paid, filing.day, Status.NEW, result)
            return
        day = trading_day_from(date.fromordinal(filing.day + 1)).toordinal()
        back = day - filing.day
        if fate < CORRECTED:
            yield Notice(filing, paid, filing.day, Status.NEW, result, wrong=True)
            yield Notice(filing, paid, day, Status.CORRECTION, result, back)
        else:
            yield Notice(filing, paid, filing.day, Status.NEW, result)
            yield Notice(filing, paid, day, Status.DELETION, result, back)
            # What was deleted is told anew.
            yield Notice(filing, paid, day, Status.NEW, result)

    def _number(self, notice: Notice, day: int) -> str:
        one = notice.filing.company
        step = 2 * (notice.result is Result.FORECAST)
        again = 4 * (notice.status is Status.NEW and day > notice.filing.day)
        changed = day == notice.day and notice.status is not Status.NEW
        return f"{date.fromordinal(day):%Y%m%d}{notice.status if changed else 1}B{8 * one.number + step + again:05d}"

    def _time(self, notice: Notice) -> str:
        hour = min(max(int(Document(notice.filing, Kind.STATEMENT, notice.day).time[:2]), 12), 18)
        return (
            f"{hour:02d}:{int(60 * self._companies.draw(notice.filing.company, notice.filing.end, 36)):02d}"
        )

    def _rate(self, notice: Notice) -> str | float:
        """As /fins/summary has it, but for notices that are corrected later."""
        one, paid = notice.filing.company, notice.paid_with
        if notice.result is Result.FORECAST:
            if self._companies.draw(one, notice.filing.end, 37) < 0.1:
                return UNDECIDED
            rates = self._forecasts.rates(paid, day=notice.filing.end)
        else:
            rates = self._figures.dividends(one, paid.year_end, paid.end)
        rate = rates.at(paid)
        return UNSET if rate is None else rate + notice.wrong

    def _parts(self, notice: Notice, rate: str | float) -> dict[str, str | float]:
        """What the dividend is made of: of interest for distributions of capital and for jubilees."""
        one, draw = notice.filing.company, self._companies.draw
        returns = one.is_reit and draw(one, notice.filing.end, 38) < 0.2
        amounts: dict[str, str | float] = dict.fromkeys(
            ("DistAmt", "RetEarn", "DeemDiv", "DeemCapGains", "NetAssetDecRatio"), UNSET
        )
        if notice.day >= FIRST_AMOUNTS and returns and isinstance(rate, float):
            kept = float(round(rate * 0.9))
            amounts = {
                "DistAmt": rate,
                "RetEarn": kept,
                "DeemDiv": 0.0,
                "DeemCapGains": rate - kept,
                "NetAssetDecRatio": 0.003,
            }
        kind = self._jubilee(one, notice.paid_with)
        extra = notice.day >= FIRST_COMMEMORATIVE and isinstance(rate, float) and kind != ORDINARY
        share = round(float(rate) / 5, 2) if extra else UNSET
        return amounts | {
            "CommSpecCode": kind,
            "CommDivRate": share if kind == COMMEMORATIVE else UNSET,
            "SpecDivRate": share if kind == SPECIAL else UNSET,
        }

    def _jubilee(self, one: Company, paid: Filing) -> str:
        draw = self._companies.draw(one, paid.end, 39)
        return COMMEMORATIVE if draw < 0.02 else SPECIAL if draw < 0.04 else ORDINARY

    def _pay_day(self, paid: Filing) -> int:
        late = 65 + int(24 * self._companies.draw(paid.company, paid.end, 46))
        return trading_day_from(date.fromordinal(paid.end) + timedelta(late)).toordinal()


def ex_day(record: int) -> int:
    """The first session whose buyers are not on the register on the record date."""
    fixed = traded(record)
    ex = traded(fixed - 1)
    return ex if fixed >= SHORTER_SETTLEMENT else traded(ex - 1)
