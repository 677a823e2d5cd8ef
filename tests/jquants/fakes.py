"""A run in memory, and rows as J-Quants sends them."""

import logging
from datetime import UTC, date, datetime
from typing import Any, NoReturn

from scheduler.errors import Interrupted, Snoozed
from scheduler.job_types import JobType

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # a Friday, 17:00 in Tokyo
TODAY = date(2026, 11, 20)

Row = dict[str, Any]


class FakeRun:
    """What `perform` gets from the engine, with nothing behind it."""

    execution = None
    is_backfill = False
    log = logging.getLogger("tests.run")

    def __init__(self, parameters: dict[str, Any] | None = None, *, now: datetime = NOW) -> None:
        self.parameters = parameters or {}
        self.counts = dict.fromkeys(("fetched", "inserted", "updated", "unchanged"), 0)
        self.seen_progress: list[tuple[int, int | None, str]] = []
        self.is_stopping = False
        self._now = now

    def now(self) -> datetime:
        return self._now

    def progress(self, done: int, of: int | None = None, text: str = "") -> None:
        self.seen_progress.append((done, of, text))

    def count(self, **more: int) -> None:
        for name, count in more.items():
            self.counts[name] += count

    def should_stop(self) -> bool:
        return self.is_stopping

    def check_stop(self) -> None:
        if self.is_stopping:
            raise Interrupted

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"a test waited for {seconds} s")

    def snooze(self, seconds: float, code: str, **params: Any) -> NoReturn:
        raise Snoozed(seconds, code, params)


def perform(job_type: type[JobType], *, now: datetime = NOW, **given: Any) -> FakeRun:
    """Run a job type as the engine does, with `given` cleaned by its form; return the run."""
    run = FakeRun(job_type.clean_parameters(given), now=now)
    job_type().perform(run)  # type: ignore[arg-type]
    return run


def bar(code: str = "72030", day: date | str = TODAY, **fields: Any) -> Row:
    """Return a row of /equities/bars/daily as the plans below premium get it."""
    return {
        "Date": str(day),
        "Code": code,
        "O": 2047.0,
        "H": 2069.0,
        "L": 2035.0,
        "C": 2045.5,
        "UL": "0",
        "LL": "0",
        "Vo": 2202500.0,
        "Va": 4507051850.0,
        "AdjFactor": 1.0,
        "AdjO": 2047.0,
        "AdjH": 2069.0,
        "AdjL": 2035.0,
        "AdjC": 2045.5,
        "AdjVo": 2202500.0,
        "MktCap": 1068000.5,
        "ExRT": None,
    } | fields


NO_TRADE: Row = dict.fromkeys(
    ("O", "H", "L", "C", "Vo", "Va", "AdjO", "AdjH", "AdjL", "AdjC", "AdjVo", "MktCap")
)


def issue(code: str = "72030", day: date | str = TODAY, **fields: Any) -> Row:
    """Return a row of /equities/master."""
    return {
        "Date": str(day),
        "Code": code,
        "CoName": "トヨタ自動車",
        "CoNameEn": "TOYOTA MOTOR CORPORATION",
        "S17": "6",
        "S17Nm": "自動車・輸送機",
        "S33": "3700",
        "S33Nm": "輸送用機器",
        "ScaleCat": "TOPIX Core30",
        "Mkt": "0111",
        "MktNm": "プライム",
        "Mrgn": "2",
        "MrgnNm": "貸借",
        "ProdCat": "011",
    } | fields


def calendar_day(day: date | str, division: str = "1") -> Row:
    """Return a row of /markets/calendar."""
    return {"Date": str(day), "HolDiv": division}
