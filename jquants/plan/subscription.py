"""Which plan and add-ons the site goes by (JQUANTS_PLAN, JQUANTS_ADDONS), and what they lack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jquants.datasets import Dataset
from jquants.datasets.plans import YEARS, Window, addon_window, window
from jquants.models import Connection

AUTO = "auto"
SMALLEST = "free"  # assumed while nothing is known: what it may read, every plan may
ADDONS = {"minute": gettext_lazy("minute bars and ticks"), "tdnet": gettext_lazy("TDnet disclosures")}


@dataclass(frozen=True)
class Subscription:
    """A plan of J-Quants with its add-ons; `is_known` is False while the plan is only assumed."""

    plan: str
    addons: frozenset[str] = frozenset()
    is_known: bool = True

    def window(self, today: date, dataset: Dataset | None = None) -> Window:
        """Return the days it covers on `today` (Asia/Tokyo), of `dataset` where that has others."""
        if dataset is not None and not dataset.day_parameter:
            return Window(today, None)
        if dataset is not None and dataset.add_on:
            return addon_window(dataset.add_on, today)
        return window(self.plan, today)

    def has(self, dataset: Dataset) -> bool:
        return self.plan in dataset.plans and (not dataset.add_on or dataset.add_on in self.addons)

    def lack(self, dataset: Dataset) -> str | None:
        """Say in the active language why `dataset` cannot be read and what to do; None when it can."""
        if self.has(dataset):
            return None
        if not self.is_known:
            text = _(
                "It is not known yet whether your J-Quants plan includes “%(dataset)s”, for which it takes "
                "%(needed)s. Run the connection check (manage.py jquantscheck), or set JQUANTS_PLAN."
            )
        elif self.plan in dataset.plans:
            text = _(
                "“%(dataset)s” needs the add-on %(addon)s of J-Quants. If you have it, run the connection "
                "check (manage.py jquantscheck) or correct JQUANTS_ADDONS."
            )
        else:
            text = _(
                "Your J-Quants plan, %(plan)s, does not include “%(dataset)s”: it takes %(needed)s. If you have "
                "that, run the connection check (manage.py jquantscheck) or correct JQUANTS_PLAN."
            )
        return text % {
            "dataset": dataset.label,
            "plan": plan_name(self.plan),
            "needed": _(" or ").join(map(plan_name, in_order(dataset.plans))),
            "addon": addon_name(dataset.add_on),
        }


def plan_name(plan: str) -> str:
    """Return a plan's name as J-Quants writes it."""
    return plan.capitalize()


def addon_name(addon: str) -> str:
    """Return an add-on's name in the active language; "" for none."""
    return str(ADDONS.get(addon, addon))


def in_order(plans: Iterable[str]) -> list[str]:
    """Return `plans` from the smallest to the biggest."""
    known = list(YEARS)
    return sorted(plans, key=known.index)


def current() -> Subscription:
    """Return what the site goes by now: the settings, and where they say "auto" what was found out."""
    told_plan, told_addons = settings.JQUANTS_PLAN, settings.JQUANTS_ADDONS
    if told_plan != AUTO and AUTO not in told_addons:
        return Subscription(told_plan, frozenset(told_addons))
    found = _found()
    plan = told_plan if told_plan != AUTO else (found.plan if found else "")
    addons = told_addons if AUTO not in told_addons else (found.addons if found else [])
    return Subscription(plan or SMALLEST, frozenset(addons), is_known=bool(plan))


def needs_asking() -> bool:
    """Whether the plan must be found out before data is asked for: never yet, or refused meanwhile."""
    if settings.JQUANTS_PLAN != AUTO:
        return False
    found = _found()
    return found is None or not found.plan or found.is_doubtful


def doubt() -> None:
    """Note that J-Quants has refused what the plan, as found out, includes: it is found out again."""
    Connection.objects.of_settings().update(is_doubtful=True)


def _found() -> Connection | None:
    try:
        return Connection.objects.of_settings().first()
    except (OperationalError, ProgrammingError):
        if Connection._meta.db_table in connection.introspection.table_names():
            raise
        return None  # `migrate` of another app creates its jobs before our tables are there
