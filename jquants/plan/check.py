"""The connection check: whether the site can fetch, and where it cannot, what to do (`manage.py jquantscheck`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from jquants import calendar, limits, session, source
from jquants.client import Client
from jquants.errors import ApiKeyError, JQuantsError, RateLimitError
from jquants.models import Connection
from jquants.plan import detection, subscription
from jquants.plan.detection import Found, PlanUnclearError
from scheduler import messages
from scheduler.presentation import words

READ_TIMEOUT = 20.0  # seconds: who looks at a check waits for it
CLOCK_TOLERANCE = 5.0  # seconds; the server tells its time to the second, half a journey ago


class CheckFailedError(JQuantsError):
    code = "check_failed"
    summary = "The connection check found problems; the page “J-Quants connection” says what to do"
    problems: Sequence[Result] = ()

    @property
    def params(self) -> dict[str, Any]:
        return {"detail": [each.sentence for each in self.problems]}


class CheckUnansweredError(CheckFailedError):
    """Among them one that goes away by itself."""

    retryable = True


@dataclass(frozen=True)
class Result:
    """What one check came to: a sentence by code and parameters, for readers of any language."""

    name: str
    is_ok: bool
    code: str
    params: dict[str, str] = field(default_factory=dict)
    said: str = ""  # by J-Quants, in its own words

    @property
    def label(self) -> str:
        return str(messages.render(f"check_{self.name}", {}))

    @property
    def sentence(self) -> dict[str, Any]:
        sentence = messages.nested(self.code, self.params)
        if not self.said:
            return sentence
        return messages.nested("check_quoted", {"sentence": sentence, "message": self.said})

    @property
    def text(self) -> str:
        return messages.render(**self.sentence) or self.code


def ok(name: str, code: str, **params: object) -> Result:
    return Result(name, True, code, {key: str(value) for key, value in params.items()})


def problem(name: str, code: str, **params: object) -> Result:
    return Result(name, False, code, {key: str(value) for key, value in params.items()})


def of_error(name: str, error: JQuantsError) -> Result:
    said = "" if "said" in error.params else error.server_message  # its sentence quotes it already
    return Result(name, False, error.code, error.params, said)


def check(now: datetime, *, wait: Callable[[float], None]) -> list[Result]:
    """Ask J-Quants a few questions within its limit; remember and return what came of it.

    What is found out of the plan is remembered too, whatever the settings say. Sleeps through `wait`.
    """
    results = [_source(), *_answers(now, wait)]
    if settings.JQUANTS_API_KEY:
        Connection.keep(results=[asdict(result) for result in results], checked_at=now)
    return results


def last_results(connection: Connection | None) -> list[Result]:
    """Return what the last check found, nothing before the first."""
    return [Result(**stored) for stored in connection.results] if connection else []


def failure(results: list[Result]) -> CheckFailedError | None:
    """Return the error of a run that found problems; None where all is well."""
    problems = [result for result in results if not result.is_ok]
    if not problems:
        return None
    may_pass = any(each.name == "reach" or each.code == RateLimitError.code for each in problems)
    error = (CheckUnansweredError if may_pass else CheckFailedError)(
        detail=" ".join(each.text for each in problems)
    )
    error.problems = problems
    return error


def _source() -> Result:
    try:
        source.check(settings.JQUANTS_BASE_URL)
    except source.MixedSourcesError as error:
        return of_error("source", error)
    return ok("source", "check_source_ok", base_url=settings.JQUANTS_BASE_URL)


def _answers(now: datetime, wait: Callable[[float], None]) -> Iterator[Result]:
    try:
        asking = session.client(wait=wait, read_timeout=READ_TIMEOUT, max_attempts=1)
    except (session.NoApiKeyError, ApiKeyError) as error:
        yield of_error("key", error)
        return
    with asking as client:
        yield from _of_plan(client, now)
        yield from _clock(client)
    yield from _limits(timezone.now())  # after the questions, which took slots and time


def _of_plan(client: Client, now: datetime) -> Iterator[Result]:
    begin = time.monotonic()
    try:
        found = detection.find(client, calendar.today(now))
    except RateLimitError as error:
        yield of_error("plan", error)
    except ApiKeyError as error:
        yield of_error("key", error)
    except PlanUnclearError as error:
        yield of_error("plan", error)
    except JQuantsError as error:
        yield of_error("reach", error)
    else:
        session.keep_plan(found, now)
        yield ok("reach", "check_reach_ok", base_url=settings.JQUANTS_BASE_URL, time=_since(begin))
        yield ok("key", "check_key_ok")
        yield _plan(found)
        yield _window(found)
        yield _addons(found)


def _since(begin: float) -> str:
    return f"{time.monotonic() - begin:.1f}"


def _plan(found: Found) -> Result:
    told, name = settings.JQUANTS_PLAN, subscription.plan_name(found.plan)
    if told == subscription.AUTO:
        return ok("plan", "check_plan_found", plan=name)
    if told == found.plan:
        return ok("plan", "check_plan_ok", plan=name)
    return problem("plan", "check_plan_wrong", plan=name, told=told, found=found.plan)


def _window(found: Found) -> Result:
    if found.window is None:
        return ok("window", "check_window_untold")
    return ok("window", "check_window_ok", window=found.window)


def _addons(found: Found) -> Result:
    told = set(settings.JQUANTS_ADDONS)
    if subscription.AUTO not in told and told != found.addons:
        shown = ",".join(sorted(found.addons))
        return problem("addons", "check_addons_wrong", told=",".join(sorted(told)), found=shown)
    if not found.addons:
        return ok("addons", "check_addons_none")
    return ok("addons", f"check_addons_{'_'.join(sorted(found.addons))}")


def _clock(client: Client) -> Iterator[Result]:
    offset = client.clock_offset_seconds
    if offset is None:
        return
    if abs(offset) <= CLOCK_TOLERANCE:
        yield ok("clock", "check_clock_ok", seconds=f"{CLOCK_TOLERANCE:g}")
    elif offset > 0:
        yield problem("clock", "check_clock_ahead", seconds=f"{offset:.0f}")
    else:
        yield problem("clock", "check_clock_behind", seconds=f"{-offset:.0f}")


def _limits(now: datetime) -> Iterator[Result]:
    left = limits.limits(now)
    if left and left.paused_until:
        yield problem("limits", "check_limits_paused", until=words.exact(left.paused_until))
    elif left:
        budget = left.budgets[0]
        yield ok("limits", "check_limits_ok", remaining=budget.remaining, limit=budget.bucket.limit)
