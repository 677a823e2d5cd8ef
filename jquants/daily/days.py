"""Which days a run of a daily job fetches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop

from jquants import calendar, session
from jquants.calendar import TradingDays
from jquants.coverage import fetches
from jquants.coverage.expected import expected_days, newest_published
from jquants.datasets import Dataset
from jquants.datasets.plans import Window
from jquants.errors import JQuantsError
from jquants.plan import subscription

if TYPE_CHECKING:
    from scheduler.runner import Run

DEFAULT_DAYS = 10  # newest trading days, where a job names none


class FutureDateError(JQuantsError):
    code = "future_date"
    summary = "There are no data of a day that has not come; ask for today or an earlier day"

    def __init__(self, day: date) -> None:
        super().__init__(detail=day.isoformat())


def days_to_fetch(run: Run, dataset: Dataset) -> list[date]:
    """Return the days to ask for, oldest first; those outside the plan are noted as refused. Raises JQuantsError.

    Parameters of the run: `date`, or `date_from` and `date_to`, or `days` (newest trading days, with what is expected
    between them); `force` takes days that are stored too. The plan does not matter where one `date` is named.
    """
    if exact := run.parameters.get("date"):
        found = _of_date(run, dataset, exact)
    else:
        found = _of_span(
            dataset, run.parameters, session.window(run, dataset), newest_published(dataset, run.now())
        )
    _tell(run, found)
    days: Sequence[date] = found.days
    if not run.parameters.get("force"):
        days = _missing(run, dataset, days)
    return list(days) if exact else _inside(run, dataset, days, session.window(run, dataset))


def _of_date(run: Run, dataset: Dataset, day: date) -> TradingDays:
    if day > calendar.today(run.now()):
        raise FutureDateError(day)
    if dataset.is_sparse:  # companies may disclose on any day, expected or not
        return TradingDays([day], [])
    return expected_days(dataset, day, day)


def _of_span(dataset: Dataset, parameters: dict[str, Any], window: Window, newest: date) -> TradingDays:
    if first := parameters.get("date_from"):
        return expected_days(dataset, first, min(parameters.get("date_to") or newest, newest))
    last = min(window.last or newest, newest)
    counted = calendar.newest_trading_days(parameters.get("days") or DEFAULT_DAYS, last).days
    return expected_days(dataset, counted[0], last)


def _tell(run: Run, found: TradingDays) -> None:
    if not found.days:
        run.log.info(
            gettext_noop("no trading day among the days asked for"), extra={"action": "nothing_to_fetch"}
        )
    if found.provisional:
        run.log.info(
            gettext_noop(
                "%(days)s of the days are beyond the stored calendar; Japan's holidays decide there"
            ),
            {"days": f"{len(found.provisional):,}"},
            extra={"action": "provisional_calendar"},
        )


def _missing(run: Run, dataset: Dataset, days: Sequence[date]) -> list[date]:
    covered = fetches.covered(dataset, days)
    if covered:
        run.log.info(
            gettext_noop("%(stored)s of %(days)s days are stored already"),
            {"stored": f"{len(covered):,}", "days": f"{len(days):,}"},
            extra={"action": "covered"},
        )
    return [day for day in days if day not in covered]


def _inside(run: Run, dataset: Dataset, days: Sequence[date], window: Window) -> list[date]:
    """Return those of `days` that the plan covers; note the others as refused."""
    outside = [day for day in days if day not in window]
    if outside:
        fetches.record_refused(dataset, outside, execution=run.execution, now=run.now())
        run.log.warning(
            gettext_noop(
                "%(days)s days, %(first)s to %(last)s, are outside the plan %(plan)s (%(window)s): not fetched"
            ),
            {
                "days": f"{len(outside):,}",
                "first": outside[0],
                "last": outside[-1],
                "plan": subscription.current().plan,
                "window": window,
            },
            extra={"action": "outside_plan"},
        )
    return [day for day in days if day in window]
