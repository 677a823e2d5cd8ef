"""The base of job types that fetch one data set: whether it can work follows from the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from jquants import session
from jquants.plan import subscription
from scheduler.job_types import JobType

if TYPE_CHECKING:
    from jquants.datasets import Dataset
    from scheduler.runner import Run


class DatasetJob(JobType):
    """A type that fetches `dataset`; a subclass says how in `fetch`."""

    dataset: ClassVar[Dataset]

    @classmethod
    def unavailable(cls) -> str | None:
        return subscription.current().lack(cls.dataset)

    def perform(self, run: Run) -> None:
        session.know_plan(run)
        self.fetch(run)

    def fetch(self, run: Run) -> None:
        """Fetch and store what `run` asks for."""
        raise NotImplementedError
