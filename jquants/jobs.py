"""The job types of J-Quants: what the scheduler can run. A new one is one class here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from jquants import calendar, coverage, daily, session
from jquants.datasets import DAILY_QUOTES, LISTED_COMPANIES, TRADING_CALENDAR
from jquants.forms import DailyForm, ListedCompaniesForm
from jquants.plan import check
from jquants.plan.job_type import DatasetJob
from scheduler.job_types import JobType

if TYPE_CHECKING:
    from datetime import date

    from scheduler.runner import Run


class TradingCalendar(DatasetJob):
    """The whole calendar that the plan permits, each time: its past and its future may change."""

    dataset = TRADING_CALENDAR
    slug = TRADING_CALENDAR.slug
    label = _("Trading calendar")
    description = _("Fetches which days the exchange is open, to the end of the published calendar.")
    default_schedule = "0 5 * * *"

    def fetch(self, run: Run) -> None:
        with session.open_client(run) as client:
            session.store(run, TRADING_CALENDAR, client.rows(TRADING_CALENDAR.path))


class ListedCompanies(DatasetJob):
    dataset = LISTED_COMPANIES
    slug = LISTED_COMPANIES.slug
    label = _("Listed companies")
    description = _("Fetches the list of all issues of a day, and keeps what changed.")
    default_schedule = "0 6 * * *"
    parameters = ListedCompaniesForm

    def fetch(self, run: Run) -> None:
        asked = run.parameters.get("date")
        if not asked and not run.parameters.get("force") and self._is_covered(run):
            return
        with session.open_client(run) as client:
            query = {"date": asked.isoformat()} if asked else {}
            # On a holiday the answer is the list of the next trading day: its own day decides.
            session.store(run, LISTED_COMPANIES, client.rows(LISTED_COMPANIES.path, **query))

    def _is_covered(self, run: Run) -> bool:
        """Whether the list that J-Quants would answer now is stored."""
        day = self._day_of_answer(run)
        if not coverage.covered(LISTED_COMPANIES, [day]):
            return False
        run.log.info("the list of %s is stored already", day, extra={"action": "covered"})
        return True

    def _day_of_answer(self, run: Run) -> date:
        today = calendar.today(run.now())
        last = session.window(today).last
        return calendar.next_trading_day(min(last, today) if last else today)


class DailyQuotes(DatasetJob):
    dataset = DAILY_QUOTES
    slug = DAILY_QUOTES.slug
    label = _("Daily quotes")
    description = _("Fetches the prices of all issues, for the trading days that are not stored yet.")
    default_schedule = "@trading 16:45"
    default_calendar = calendar.NAME
    parameters = DailyForm

    def fetch(self, run: Run) -> None:
        daily.fetch(run, DAILY_QUOTES)


class ConnectionCheck(JobType):
    """Once a day, so that a changed plan or a key that ended is noticed before the data of the day is missing."""

    slug = "connection_check"
    label = _("Connection check")
    description = _("Checks key, plan, clock and rate limit of J-Quants, and finds out what the plan covers.")
    default_schedule = "45 4 * * *"

    def perform(self, run: Run) -> None:
        results = check.check(run.now(), wait=run.sleep)
        for result in results:
            run.log.info("%s: %s", result.name, result.text, extra={"action": "checked"})
        if problems := [result for result in results if not result.is_ok]:
            raise check.CheckFailedError(problems)
