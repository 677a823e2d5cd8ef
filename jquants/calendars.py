"""The exchange's days as a calendar that schedules follow (R11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db import connection

from jquants.calendar import NAME, is_probable_trading_day
from jquants.datasets import TRADING_CALENDAR
from jquants.models import TradingDay
from jquants.models.trading_day import TRADING
from scheduler import calendars

LABEL = "JPX (J-Quants)"  # a name, the same in every language

Version = tuple[Any, ...]  # when the calendar was fetched and its checksum, as the database has them
_VERSION = "SELECT fetched_at, checksum FROM jquants_coverage WHERE dataset = %s AND day IS NULL"


@dataclass(frozen=True)
class ExchangeCalendar:
    """The published days, and a guess by weekday and holidays for all others."""

    published: Mapping[date, bool]
    name: ClassVar[str] = NAME

    def is_open(self, day: date) -> bool:
        is_open = self.published.get(day)
        return is_probable_trading_day(day) if is_open is None else is_open

    def is_provisional(self, day: date) -> bool:
        return day not in self.published


class StoredCalendar:
    """The calendar of the database, kept in memory until another process or this one has fetched it again.

    A call costs one small query, never per job: only a schedule that computes ticks asks. It is right across
    processes, and in the transaction of a fetch once its rows are written.
    """

    def __init__(self) -> None:
        self._kept: tuple[Version, ExchangeCalendar] | None = None

    def __call__(self) -> ExchangeCalendar:
        version = _version()
        kept = self._kept
        if kept is not None and kept[0] == version:
            return kept[1]
        calendar = ExchangeCalendar(_published())
        # Rows without the record of a fetch have no version to tell when they change.
        self._kept = (version, calendar) if version else None
        return calendar


def _version() -> Version | None:
    """Return what changes with each fetch; the fetch writes it in the transaction of its rows."""
    with connection.cursor() as cursor:  # a queryset would take ten times as long to say the same
        cursor.execute(_VERSION, [TRADING_CALENDAR.slug])
        version: Version | None = cursor.fetchone()
        return version


def _published() -> dict[date, bool]:
    rows = TradingDay.objects.order_by().values_list("date", "holiday_division")
    return {day: division in TRADING for day, division in rows}


current = StoredCalendar()


def register() -> None:
    calendars.register(NAME, LABEL, current)
