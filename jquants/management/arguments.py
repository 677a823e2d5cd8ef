"""Arguments that commands share."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from typing import TYPE_CHECKING

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from jquants.plan import subscription
from jquants.ranges import reversed_range
from scheduler.presentation import words

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from jquants.datasets import Dataset


def known_dataset(slug: str) -> Dataset:
    """Return the data set called `slug`."""
    from jquants.datasets import ALL

    found = next((dataset for dataset in ALL if dataset.slug == slug), None)
    if found is None:
        raise ArgumentTypeError(
            _("There is no data set “%(name)s”. There are: %(known)s.")
            % {"name": slug, "known": words.listed(dataset.slug for dataset in ALL)}
        )
    return found


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            _("“%(text)s” is not a date; write it like 2026-11-20.") % {"text": text}
        ) from None


def add_days(parser: ArgumentParser) -> None:
    """Add --from and --to."""
    parser.add_argument(
        "--from", dest="date_from", type=day, metavar="DATE", help=_("the first day; where the plan begins")
    )
    parser.add_argument("--to", dest="date_to", type=day, metavar="DATE", help=_("the last day; the newest"))


def check_days(first: date | None, last: date | None) -> None:
    """Raise CommandError where --from comes after --to."""
    if first and last and first > last:
        raise CommandError(reversed_range(first, last))


def assumed_plan() -> str:
    """Say that the plan is only assumed, so that what is outside it may not be; "" where it is known."""
    ours = subscription.current()
    if ours.is_known:
        return ""
    return _(
        "Your J-Quants plan is not known yet, so %(plan)s is assumed. Run the connection check "
        "(manage.py jquantscheck), or set JQUANTS_PLAN."
    ) % {"plan": subscription.plan_name(ours.plan)}
