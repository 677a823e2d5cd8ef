"""The question for one day, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from jquants import session
from jquants.client import Client
from jquants.datasets import Dataset
from jquants.datasets.errors import DataError
from jquants.datasets.plans import Window
from jquants.datasets.table import Packed
from jquants.errors import OF_ONE_QUESTION, JQuantsError, WindowError

if TYPE_CHECKING:
    from scheduler.runner import Run


class Fetched(NamedTuple):
    """A day as it is to be stored, and how many rows came for it."""

    table: Packed
    rows: int


Answer: TypeAlias = Fetched | JQuantsError


class Answered(NamedTuple):
    """An answer, and when it was asked for: it has nothing that was published later."""

    answer: Answer
    asked_at: datetime


def row_count(answered: Answered) -> int:
    return answered.answer.rows if isinstance(answered.answer, Fetched) else 0


class Question:
    """Ask for a day. Once J-Quants has named the plan's window, a day outside it is not asked for."""

    def __init__(self, run: Run, client: Client, dataset: Dataset) -> None:
        self._run = run
        self._client = client
        self._dataset = dataset
        self._window = Window(date.min, None)
        self._refusal = WindowError()

    def __call__(self, day: date) -> Answered:
        asked_at = self._run.now()
        return Answered(self._answer(day), asked_at)

    def _answer(self, day: date) -> Answer:
        if day not in self._window:
            return self._refusal
        try:
            asked = {self._dataset.day_parameter: day.isoformat()}
            answer = session.ask(self._client, self._dataset, **asked)
            count = len(answer)
            table = session.decoded(self._dataset, answer, day=day)
        except WindowError as error:
            self._window, self._refusal = Window(error.first or date.min, error.last), error
            return error
        except (*OF_ONE_QUESTION, DataError) as error:
            if error.retryable:
                raise
            return error
        del answer  # minute bars of a day are hundreds of megabytes
        return Fetched(table.packed(), count)
