"""The grammar of trading-day schedules: `@trading 16:45` and its kin (R10)."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from scheduler.schedules.errors import InvalidSchedule

LAST_HOUR: Final = 47  # hours past 23 are of the next day, and belong to the trading day
TIME: Final = re.compile(r"(\d{1,2}):(\d{2})")
NTH: Final = re.compile(r"-?\d{1,2}")


class Period(Enum):
    """Among which days a schedule counts, by the word that begins its text."""

    DAY = "@trading"
    WEEK = "@trading-week"
    MONTH = "@trading-month"


MOST_IN_WEEK: Final = 5
MOST_IN_MONTH: Final = 23


@dataclass(frozen=True, slots=True)
class TradingText:
    """What a trading-day text means; `str()` is the text as it is saved.

    `nth` counts the trading days of the period from 1, or from -1 backwards from its end; for DAY it is 1.
    """

    period: Period
    nth: int
    hour: int
    minute: int

    @property
    def since_midnight(self) -> timedelta:
        """The wall time, counted from the beginning of the trading day."""
        return timedelta(hours=self.hour, minutes=self.minute)

    def __str__(self) -> str:
        nth = "" if self.period is Period.DAY else f" {self.nth}"
        return f"{self.period.value}{nth} {self.hour}:{self.minute:02}"


def is_trading_text(text: str) -> bool:
    return text.lower().startswith(Period.DAY.value)


def parse_trading_text(text: str) -> TradingText:
    """Parse a normalised text for which `is_trading_text`. Raises InvalidSchedule."""
    match text.lower().split():
        case [Period.DAY.value, time]:
            return TradingText(Period.DAY, 1, *_time(time))
        case [Period.WEEK.value, nth, time]:
            return TradingText(Period.WEEK, _nth_of_week(nth), *_time(time))
        case [Period.MONTH.value, nth, time]:
            return TradingText(Period.MONTH, _nth_of_month(nth), *_time(time))
    raise InvalidSchedule("trading_form", text)


def _time(word: str) -> tuple[int, int]:
    if match := TIME.fullmatch(word):
        hour, minute = int(match[1]), int(match[2])
        if hour <= LAST_HOUR and minute < 60:
            return hour, minute
    raise InvalidSchedule("trading_time", word, last=LAST_HOUR)


def _nth_of_week(word: str) -> int:
    nth = _number(word)
    if not 1 <= nth <= MOST_IN_WEEK:
        raise InvalidSchedule("trading_nth_of_week", word, most=MOST_IN_WEEK)
    return nth


def _nth_of_month(word: str) -> int:
    nth = _number(word)
    if not 1 <= abs(nth) <= MOST_IN_MONTH:
        raise InvalidSchedule("trading_nth_of_month", word, most=MOST_IN_MONTH)
    return nth


def _number(word: str) -> int:
    """The number, or 0, which counts nothing."""
    return int(word) if NTH.fullmatch(word) else 0
