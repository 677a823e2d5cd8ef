"""The files of a backfill, one after another: downloaded, and decoded by a process where that pays."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from django.utils.translation import gettext_noop

from jquants import bulk
from jquants.backfill.decoder import Choice, Decoder, DecoderFailedError
from jquants.backfill.decoding import Broken, decoded_days
from jquants.bulk import File
from jquants.client import Client
from jquants.coverage.states import Survey
from jquants.datasets.table import Table
from jquants.errors import JQuantsError

if TYPE_CHECKING:
    from scheduler.runner import Run

logger = logging.getLogger(__name__)

FILES_WORTH_A_PROCESS = 4  # it takes as long to start as a month of quotes to decode

# A file with those of its days that are wanted, or days that the API is to be asked for.
Units: TypeAlias = "list[tuple[File | None, list[date]]]"


@dataclass
class Opened:
    """A file in a folder of this machine, or the `error` that kept it from getting there.

    `asked_at` is before the download: the file may be written anew at any time.
    """

    file: File
    choice: Choice
    asked_at: datetime
    folder: ExitStack
    path: Path | None = None
    task: int | None = None  # of the decoder
    error: JQuantsError | None = None

    @property
    def days(self) -> list[date]:
        """Those that are wanted, oldest first."""
        return sorted(self.choice.wanted)


class Files:
    """The units of a backfill of a data set, for a `with` statement; the folders are gone at its end."""

    def __init__(self, run: Run, client: Client, survey: Survey, units: Units) -> None:
        self._run = run
        self._client = client
        self._survey = survey
        self._units = units
        self._decoder: Decoder | None = None
        self._folders = ExitStack()

    def __enter__(self) -> Self:
        if sum(file is not None for file, _days in self._units) >= FILES_WORTH_A_PROCESS:
            self._decoder = Decoder(self._run.check_stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._decoder is not None:  # before the folders that it may be writing to
            self._decoder.close()
        self._folders.close()

    def opened(self, pause: Callable[[], None]) -> Iterator[Opened | list[date]]:
        """Yield each file once it is here, and the days to ask for; `pause` before each.

        With a decoder the next one is opened before: a run that ends at a pause has stored all that came out of here.
        """
        opened: deque[Opened | list[date]] = deque()
        for file, days in self._units:
            opened.append(days if file is None else self._open(file, days))
            if len(opened) > (self._decoder is not None):
                pause()
                yield opened.popleft()
        while opened:
            pause()
            yield opened.popleft()

    def _open(self, file: File, days: list[date]) -> Opened:
        survey = self._survey
        choice = Choice(frozenset(days), survey.first, survey.last, frozenset(filter(None, survey.states)))
        opened = Opened(file, choice, self._run.now(), self._folders.enter_context(ExitStack()))
        try:
            opened.path = opened.folder.enter_context(bulk.downloaded(self._client, file))
        except JQuantsError as error:
            opened.error = error
        else:
            if self._decoder is not None:
                opened.task = self._decoder.begin(survey.dataset, opened.path, choice)
        return opened

    def decoded(self, opened: Opened) -> Iterator[Table | Broken]:
        """Yield the days of a file; those that the decoder leaves are decoded here. Raises what keeps it from being read."""
        if opened.error is not None:
            raise opened.error
        assert opened.path is not None
        dataset, days = self._survey.dataset, opened.choice
        if self._decoder is not None and opened.task is not None:
            try:
                for table in self._decoder.tables(dataset, opened.task):
                    yield table
                    days = days.without(frozenset([table.day] if table.day else ()))
            except DecoderFailedError as error:
                logger.info(
                    gettext_noop("decoding the rest of a file here"),
                    exc_info=error,
                    extra={"action": "decode"},
                )
            else:
                return
        yield from decoded_days(dataset, opened.path, days)
