"""Find out what a key may read, by questions whose refusals tell: https://jpx-jquants.com/en/spec/response-status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from jquants.client import Client
from jquants.datasets.plans import YEARS, Window
from jquants.datasets.plans import window as window_of
from jquants.errors import JQuantsError, ParameterError, PlanError, UnknownPathError, WindowError

# Older than what any plan covers: the refusal names the days that this one does.
TOO_OLD = {"code": "86970", "date": "2000-01-04"}
TOLERANCE = timedelta(days=7)  # by which the server's edges may differ from ours
QUIET_WEEKS = 13  # before today: inside every plan's days
BARS = "/equities/bars/daily"

# An endpoint that only this plan and the bigger ones have; biggest first.
LADDER = {
    "premium": "/fins/dividend",
    "standard": "/markets/short-ratio",
    "light": "/indices/bars/daily/topix",
}
ADDON_PATHS = {"minute": "/equities/bars/minute", "tdnet": "/td/list"}


class PlanUnclearError(JQuantsError):
    code = "plan_unclear"
    summary = "What J-Quants answers does not tell the plan of the key; set JQUANTS_PLAN to it"


@dataclass(frozen=True)
class Found:
    """What a key may read; `window` is None where the server did not name it."""

    plan: str
    addons: frozenset[str]
    window: Window | None


def find(client: Client, today: date) -> Found:
    """Ask what the key of `client` may read: one question, mostly, and one for each add-on.

    Raises JQuantsError; PlanUnclearError where no answer tells the plan.
    """
    told = _told_window(client)
    quiet = _quiet_day(today)
    plan = _plan_of(told, today) or _plan_by_refusals(client, quiet)
    addons = {name for name, path in ADDON_PATHS.items() if plan != "free" and _may_read(client, path, quiet)}
    return Found(plan, frozenset(addons), told)


def _told_window(client: Client) -> Window | None:
    try:
        next(client.pages(BARS, **TOO_OLD))
    except WindowError as error:
        return Window(error.first, error.last) if error.first else None
    except ParameterError:
        pass
    return None


def _plan_of(told: Window | None, today: date) -> str:
    """Return the plan that covers these days, "" where none does."""
    if told is None:
        return ""
    for plan in YEARS:
        ours = window_of(plan, today)
        if (ours.last is None) == (told.last is None) and abs(ours.first - told.first) <= TOLERANCE:
            return plan
    return ""


def _plan_by_refusals(client: Client, day: date) -> str:
    for plan, path in LADDER.items():
        answer = _may_read(client, path, day)
        if answer is None:
            raise PlanUnclearError(path=path)
        if answer:
            return plan
    return "free"


def _may_read(client: Client, path: str, day: date) -> bool | None:
    """Return whether the plan includes `path`, asked for a day without rows; None where the path is not known."""
    question: Mapping[str, str] = {"date": day.isoformat()}
    if path == LADDER["light"]:  # the one that takes no `date`
        question = {"from": day.isoformat(), "to": day.isoformat()}
    try:
        next(client.pages(path, **question))
    except PlanError:
        return False
    except UnknownPathError:
        return None
    except (WindowError, ParameterError):
        pass  # it discusses the question: it would answer another one
    return True


def _quiet_day(today: date) -> date:
    """Return a Sunday that every plan covers: its answers are empty, and so cheap."""
    day = today - timedelta(weeks=QUIET_WEEKS)
    return day - timedelta(days=day.isoweekday() % 7)
