"""The job types of J-Quants: one for each data set, made from its declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from jquants import calendar, newest_day, session, whole
from jquants.backfill import corrections, work
from jquants.backfill.request import BACKFILL_SLUG, Request
from jquants.coverage import expected, fetches
from jquants.daily import fetching, files
from jquants.daily.days import DEFAULT_DAYS
from jquants.datasets import ALL, LISTED_COMPANIES, Dataset
from jquants.datasets.dataset import Partition
from jquants.disclosure_files import DisclosureFiles
from jquants.forms import BackfillForm, DailyForm, ListedCompaniesForm
from jquants.plan import check, subscription
from scheduler import messages
from scheduler.job_types import JobType, get

__all__ = ["DatasetJob", "DisclosureFiles", "ListedCompanies", "job_type"]

if TYPE_CHECKING:
    from datetime import date

    from scheduler.runner import Run


class DatasetJob(JobType):
    """Fetches `dataset`: a subclass that has one is a job type, named and scheduled by its declaration."""

    dataset: ClassVar[Dataset]

    @classmethod
    def unavailable(cls) -> str | None:
        return subscription.current().lack(cls.dataset)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if dataset := getattr(cls, "dataset", None):
            cls.slug, cls.label, cls.description = dataset.slug, dataset.label, dataset.description
            cls.default_schedule = dataset.schedule
            cls.default_calendar = calendar.NAME if dataset.schedule.startswith("@trading") else ""
        super().__init_subclass__(**kwargs)


class WholeJob(DatasetJob):
    """Asks for all that the plan permits, each time: the past may change too."""

    def perform(self, run: Run) -> None:
        whole.fetch(run, self.dataset)


class DailyJob(DatasetJob):
    """Asks for the days that are expected and not stored."""

    parameters = DailyForm

    def perform(self, run: Run) -> None:
        fetching.fetch(run, self.dataset)


class FilesJob(DatasetJob):
    """Reads the days that are expected and not stored from CSV files, as no endpoint answers them."""

    parameters = DailyForm

    @classmethod
    def is_enabled_by_default(cls) -> bool:
        """Each trade of the market, some million rows a day, is for a person to ask for."""
        return False

    def perform(self, run: Run) -> None:
        files.fetch(run, self.dataset)


class NewestJob(DatasetJob):
    """Asks for the only day that J-Quants offers of the data set."""

    def perform(self, run: Run) -> None:
        newest_day.fetch(run, self.dataset)


class ListedCompanies(DatasetJob):
    """Asks for the list of today and, where one is stored, for those of the days since that are not.

    J-Quants may answer with that of the next trading day.
    """

    dataset = LISTED_COMPANIES
    parameters = ListedCompaniesForm

    def perform(self, run: Run) -> None:
        asked = run.parameters.get("date")
        newest = self._day_of_answer(run)
        for day in [asked] if asked else self._wanted(run, newest):
            run.check_stop()
            asked_at = run.now()
            with session.open_client(run) as client:
                query = {"date": day.isoformat()} if asked or day != newest else {}
                answer = session.ask(client, LISTED_COMPANIES, **query)
            # On a holiday the answer is the list of the next trading day: its own day decides.
            session.store(run, LISTED_COMPANIES, answer, asked_at=asked_at)

    def _wanted(self, run: Run, newest: date) -> list[date]:
        """Return the days whose list to ask for, oldest first; one that is not final yet is asked for when it is."""
        if run.parameters.get("force"):
            return [newest]
        recent = calendar.newest_trading_days(DEFAULT_DAYS, newest).days
        stored = fetches.fetched(LISTED_COMPANIES, recent[0], newest)
        early = {day for day in stored if not expected.is_final(LISTED_COMPANIES, day, run.now())}
        done = early | fetches.covered(LISTED_COMPANIES, recent)
        if newest in done:
            run.log.info(
                gettext_noop("the list of %(day)s is stored already"),
                {"day": newest},
                extra={"action": "covered"},
            )
        return [day for day in recent if day >= min(stored, default=newest) and day not in done]

    def _day_of_answer(self, run: Run) -> date:
        today = calendar.today(run.now())
        last = session.window(run, LISTED_COMPANIES).last
        return calendar.next_trading_day(min(last, today) if last else today)


class Backfill(JobType):
    """Brings what is missing of the past, after everything live."""

    slug = BACKFILL_SLUG
    label = _("Backfill")
    description = _("Fetches what is missing of a data set, or of all; lets live jobs go first.")
    parameters = BackfillForm
    default_timeout_seconds = 14 * 24 * 3600  # ten years of everything on the smallest plan
    default_max_retries = 10
    max_snooze_seconds = 60 * 24 * 3600  # giving way is no failure

    def perform(self, run: Run) -> None:
        work.perform(run, Request.of(run.parameters))


class Corrections(JobType):
    """Notices CSV files that J-Quants wrote anew, and fetches their days again."""

    slug = "corrections"
    label = _("Corrections")
    description = _("Looks once a day which CSV files J-Quants has rewritten, and fetches those days again.")
    default_schedule = "30 7 * * *"
    default_timeout_seconds = 6 * 3600

    def perform(self, run: Run) -> None:
        corrections.perform(run)


class ConnectionCheck(JobType):
    """Once a day, so that a changed plan or a key that ended is noticed before the data of the day is missing."""

    slug = "connection_check"
    label = _("Connection check")
    description = _("Checks key, plan, clock and rate limit of J-Quants, and finds out what the plan covers.")
    default_schedule = "45 4 * * *"

    def perform(self, run: Run) -> None:
        results = check.check(run.now(), wait=run.sleep)
        told = lazy(messages.render, str)  # in each language of the log
        for result in results:
            run.log.info(
                gettext_noop("%(name)s: %(result)s"),
                {"name": told(f"check_{result.name}", {}), "result": told(**result.sentence)},
                extra={"action": "checked"},
            )
        if failure := check.failure(results):
            raise failure


def _way_of(dataset: Dataset) -> type[DatasetJob]:
    if dataset.partition is Partition.WHOLE:
        return WholeJob
    if dataset.is_bulk_only:
        return FilesJob
    return DailyJob if dataset.day_parameter else NewestJob


def job_type(dataset: Dataset) -> type[JobType]:
    """Return the job type of a data set."""
    return get(dataset.slug)


for _dataset in ALL:
    if _dataset is not LISTED_COMPANIES:
        type(f"Job of {_dataset.slug}", (_way_of(_dataset),), {"dataset": _dataset})
