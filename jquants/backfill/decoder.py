"""A process that decodes CSV files while its caller writes: two cores are faster than one, threads of Python are not."""

from __future__ import annotations

import marshal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import Pipe
from pathlib import Path
from typing import cast

from django.conf import settings

from jquants.datasets import Dataset
from jquants.datasets.table import Packed, Table

PROCESS = "jquants.backfill.decoder_process"
PATIENCE = 0.1  # seconds between looks at whether to stop


@dataclass(frozen=True)
class Choice:
    """The days to be read: those that are wanted, and what a file has from `first` to `last` though no rule expects it."""

    wanted: frozenset[date]
    first: date
    last: date
    expected: frozenset[date]

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        return day in self.wanted or (self.first <= day <= self.last and day not in self.expected)

    def without(self, days: frozenset[date]) -> Choice:
        return replace(self, wanted=self.wanted - days, expected=self.expected | days)


@dataclass(frozen=True)
class Task:
    """The days of a file to be decoded, beside which they are put; `number` tells one task from another."""

    number: int
    dataset: str
    path: Path
    days: Choice


class Decoder:
    """The process. It ends with its caller, however that ends; `close` ends it before."""

    def __init__(self, check_stop: Callable[[], None]) -> None:
        self._check_stop = check_stop
        self._tasks = 0
        self._pipe, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-m", PROCESS, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        """End the process, whatever it does."""
        self._pipe.close()
        self._process.kill()
        self._process.wait()

    def begin(self, dataset: Dataset, path: Path, days: Choice) -> int:
        """Have a file decoded, after those that were begun before; return the number of the task."""
        self._tasks += 1
        with suppress(OSError):  # it is gone, which `tables` says at the file's turn
            self._pipe.send(Task(self._tasks, dataset.slug, path, days))
        return self._tasks

    def tables(self, dataset: Dataset, number: int) -> Iterator[Table]:
        """Yield the days of a task, oldest first; the tasks before it are over.

        Raises DecoderFailedError at the end where some are missing.
        """
        try:
            while isinstance(said := self._said(number), Path):
                packed = Packed(*marshal.loads(said.read_bytes()))  # noqa: S302 - written by ourselves
                yield Table.unpacked(dataset, packed)
                said.unlink()  # which lets the process go on
        except (EOFError, OSError) as error:
            raise DecoderFailedError from error
        if not said:
            raise DecoderFailedError

    def _said(self, number: int) -> Path | bool:
        """Return what comes next of a task, when it does."""
        while True:
            while not self._pipe.poll(PATIENCE):
                self._check_stop()
            of, said = self._pipe.recv()
            if of == number:
                return cast("Path | bool", said)


class DecoderFailedError(Exception):
    """Some days are not decoded."""
