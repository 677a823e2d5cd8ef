"""Job types that do what the tests need: nothing, something, too much, or never stop."""

import os
import resource
import signal
import time
from datetime import date
from pathlib import Path
from typing import ClassVar, NoReturn

from django import forms
from django.core.exceptions import ValidationError
from django.db import OperationalError

from scheduler import runner
from scheduler.job_types import JobType
from scheduler.runner import Run


class Nothing(JobType):
    slug = "nothing"
    label = "Nothing"

    def perform(self, run: Run) -> None:
        """Do nothing."""


class OnlyOnMars(JobType):
    slug = "only_on_mars"
    label = "Only on Mars"
    default_schedule = "0 6 * * *"

    @classmethod
    def unavailable(cls) -> str:
        return "This works on Mars only; go there first."

    def perform(self, run: Run) -> None:
        """Do nothing."""


class Few(Nothing):
    slug = "few"
    label = "Few"
    max_concurrent = 2


class CountForm(forms.Form):
    rows = forms.IntegerField(min_value=0, initial=3)


class Count(JobType):
    slug = "count"
    label = "Count"
    parameters = CountForm
    default_parameters: ClassVar = {"rows": 3}
    default_schedule = "0 6 * * *"

    def perform(self, run: Run) -> None:
        rows = run.parameters["rows"]
        for done in range(rows):
            run.progress(done + 1, rows, text=f"row {done + 1}")
            run.count(fetched=1, inserted=1)
        run.log.info("counted %s rows", rows)


class Refused(Exception):
    retryable = False


class FailForm(forms.Form):
    message = forms.CharField(initial="it broke")
    permanent = forms.BooleanField(required=False)
    retry_after = forms.FloatField(required=False)


class Fail(JobType):
    slug = "fail"
    label = "Fail"
    parameters = FailForm
    default_parameters: ClassVar = {"message": "it broke"}

    def perform(self, run: Run) -> None:
        error: Exception = (Refused if run.parameters["permanent"] else ValueError)(run.parameters["message"])
        if run.parameters["retry_after"] is not None:
            error.retry_after = run.parameters["retry_after"]  # type: ignore[attr-defined]
        raise error


class Foreign(JobType):
    """Fails with an error of a library, whose attributes have the names of ours and other values."""

    slug = "foreign"
    label = "Foreign"

    def perform(self, run: Run) -> None:
        error = ValidationError("it does not fit", code="snoozed")
        error.retry_after = "soon"  # type: ignore[attr-defined]
        raise error


class WaitForm(forms.Form):
    seconds = forms.FloatField(initial=60)


class Wait(JobType):
    """Waits and stops when asked."""

    slug = "wait"
    label = "Wait"
    parameters = WaitForm
    default_parameters: ClassVar = {"seconds": 60}

    def perform(self, run: Run) -> None:
        run.progress(1, 2, text="waiting")
        run.sleep(run.parameters["seconds"])


class Deaf(JobType):
    """Hears nothing until its time is over, then counts as many rows as it has had attempts."""

    slug = "deaf"
    label = "Deaf"
    parameters = WaitForm
    default_parameters: ClassVar = {"seconds": 60}

    def perform(self, run: Run) -> None:
        run.progress(1, 2, text="not listening")
        time.sleep(run.parameters["seconds"])
        run.count(fetched=run.execution.attempt)
        run.log.info("counted in attempt %s", run.execution.attempt)


class Stubborn(JobType):
    """Never stops by itself, and swallows every ordinary exception."""

    slug = "stubborn"
    label = "Stubborn"

    def perform(self, run: Run) -> None:
        run.progress(1, 2, text="not listening")
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(0.05)


class Glutton(JobType):
    """Eats memory until there is no more: on a leash, as the machine has to survive."""

    slug = "glutton"
    label = "Glutton"

    def perform(self, run: Run) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 300 * 2**20, hard))
        eaten = []
        try:
            while True:
                eaten.append(bytearray(16 * 2**20))
        finally:
            eaten.clear()
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class Snooze(JobType):
    slug = "snooze"
    label = "Snooze"

    def perform(self, run: Run) -> None:
        run.snooze(600)


class Awkward(JobType):
    """Says things that no database stores as they are: a NUL, a secret, more than four bytes, a date."""

    slug = "awkward"
    label = "Awkward"

    def perform(self, run: Run) -> None:
        run.progress(
            5 * 2**30, 8 * 2**30, text=f"NUL \0, half a pair \ud800, {os.environ['JQUANTS_API_KEY']}"
        )
        run.snooze(600, "snoozed", day=date(2026, 11, 20), key=os.environ["JQUANTS_API_KEY"])


class Die(JobType):
    """Its process is gone in the middle of the work."""

    slug = "die"
    label = "Die"

    def perform(self, run: Run) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Unwritten(JobType):
    """The database refuses to take the end of the first attempt."""

    slug = "unwritten"
    label = "Unwritten"

    def perform(self, run: Run) -> None:
        if run.execution.attempt == 1:
            runner.end = _refuse  # type: ignore[assignment]


def _refuse(*args: object) -> NoReturn:
    raise OperationalError("deadlock detected")


class Leak(JobType):
    """Puts a secret into its log and its error."""

    slug = "leak"
    label = "Leak"

    def perform(self, run: Run) -> None:
        run.log.info("the key is %s", os.environ["JQUANTS_API_KEY"])
        raise ValueError(f"refused {os.environ['JQUANTS_API_KEY']}")
