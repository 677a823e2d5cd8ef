"""Schedule texts to schedules: normalise, pick the kind, check the zone."""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scheduler.schedules.base import Schedule
from scheduler.schedules.cron import CronSchedule
from scheduler.schedules.errors import InvalidSchedule
from scheduler.schedules.trading import TradingSchedule
from scheduler.schedules.trading_days import OpenDays
from scheduler.schedules.trading_text import is_trading_text, parse_trading_text

MAX_LENGTH: Final = 200
MINUS_SIGN: Final = "−"  # what Japanese keyboards offer for "-", and NFKC keeps

Calendar = Callable[[], OpenDays]


def parse(
    text: str, *, timezone: str, calendar: Calendar | None = None, now: datetime | None = None
) -> Schedule:
    """The schedule of a text a person wrote, in an IANA zone. Raises InvalidSchedule.

    Trading-day texts need a `calendar`, which is called each time ticks are computed; cron texts ignore it.
    Whoever saves a schedule passes `now`: then one without a tick in the next five years is refused too (R8).
    """
    schedule = _parse(text, timezone, calendar)
    if now is not None and schedule.next_after(now) is None:
        raise InvalidSchedule("no_tick", schedule.text)
    return schedule


@lru_cache(maxsize=16_384)  # as many as a busy moment may need
def _parse(text: str, timezone: str, calendar: Calendar | None) -> Schedule:
    text = normalise(text)
    if not is_trading_text(text):
        return CronSchedule(text, _zone(timezone))
    meaning = parse_trading_text(text)
    if calendar is None:
        raise InvalidSchedule("needs_calendar", str(meaning))
    return TradingSchedule(meaning, _zone(timezone), calendar)


def normalise(text: str) -> str:
    """Half-width characters and single blanks. Raises InvalidSchedule for what is left over."""
    _check_length(text)
    text = " ".join(unicodedata.normalize("NFKC", text).replace(MINUS_SIGN, "-").split())
    _check_length(text)
    foreign = "".join(dict.fromkeys(char for char in text if not " " <= char <= "~"))
    if foreign:
        raise InvalidSchedule("not_ascii", foreign)
    return text


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise InvalidSchedule("too_long", text[:40] + "…", length=len(text), limit=MAX_LENGTH)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise InvalidSchedule("unknown_zone", name) from exc
