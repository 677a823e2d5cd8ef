"""Show executions on a terminal while they run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import TracebackType

from django.utils import timezone
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from scheduler.models import JobExecution, Status
from scheduler.presentation import words

LOOK_SECONDS = 0.2


class Watch:
    """A context manager with a progress line for each execution.

    On a terminal the lines move; elsewhere each prints when its status or text changes.
    """

    def __init__(self, executions: Iterable[JobExecution], console: Console) -> None:
        self.console = console
        self.executions = list(executions)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[text]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._lines = {
            run.pk: self._progress.add_task(run.job_name, total=None, text="") for run in self.executions
        }
        self._printed: dict[int, str] = {}

    def __enter__(self) -> Watch:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self) -> bool:
        """Look at the rows and show them; True when all have ended."""
        self.executions = list(JobExecution.objects.filter(pk__in=self._lines).order_by("pk"))
        for run in self.executions:
            self._show(run)
        return not any(run.is_active for run in self.executions)

    def wait(self, *, as_long_as: Callable[[], bool] = lambda: True) -> bool:
        """Watch until all have ended, as somebody else runs them; False when `as_long_as` said no before."""
        while not self.update():
            if not as_long_as():
                return False
            time.sleep(LOOK_SECONDS)
        return True

    def _show(self, run: JobExecution) -> None:
        status = str(Status(run.status).label)
        text = run.progress_text if run.status == Status.RUNNING else f"{status} {run.reason}".strip()
        left = words.remaining(run, timezone.now()) if run.status == Status.RUNNING else ""
        total = run.progress_total
        done = run.progress_done or 0
        if run.status == Status.COMPLETED:
            total = done = total or 1
        told = " · ".join(filter(None, (text, left)))
        self._progress.update(self._lines[run.pk], total=total, completed=done, text=told)
        if not self.console.is_terminal and text and self._printed.get(run.pk) != text:
            self._printed[run.pk] = text
            counted = f" {done}/{total}" if total else ""
            self.console.print(f"{run.job_name}{counted}: {told}", highlight=False, soft_wrap=True)
