"""Calendars of open days by name, such as an exchange's. An app registers its own when it is ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from scheduler.errors import SchedulerError

if TYPE_CHECKING:
    from django.utils.functional import Promise


class Calendar(Protocol):
    """The open days as they are known at one moment; it never changes, so ask `get` for each computation."""

    @property
    def name(self) -> str: ...

    def is_open(self, day: date) -> bool: ...

    def is_provisional(self, day: date) -> bool:
        """Tell whether `day` is a guess, because nobody has published it yet (R11)."""


Source = Callable[[], Calendar]


class UnknownCalendar(SchedulerError):
    """No installed app registers this calendar."""

    code = "unknown_calendar"
    retryable = False

    def __init__(self, name: str) -> None:
        known = ", ".join(names())
        message = f"“{name}” is not a calendar. Choose one of those known: {known or 'none, as no installed app registers one'}."
        super().__init__(message, name=name, known=known or "–")


@dataclass(frozen=True)
class _Entry:
    label: str | Promise
    source: Source


_registry: dict[str, _Entry] = {}


def register(name: str, label: str | Promise, source: Source) -> None:
    """Add a calendar; `source` returns it as it is now, and is called for each computation, so it is quick.

    Raises ValueError for a name that is taken: jobs would silently follow another calendar.
    """
    if _registry.get(name, _Entry(label, source)).source is not source:
        raise ValueError(f"a calendar named “{name}” is registered already; choose another name")
    _registry[name] = _Entry(label, source)


def get(name: str) -> Calendar:
    """Return the calendar as it is now. Raises UnknownCalendar."""
    return source(name)()


def source(name: str) -> Source:
    """Return what a schedule asks each time it computes its ticks. Raises UnknownCalendar."""
    if name not in _registry:
        raise UnknownCalendar(name)
    return _registry[name].source


def names() -> list[str]:
    return sorted(_registry)


def choices() -> list[tuple[str, str | Promise]]:
    """Return names and labels, for the field of a form."""
    return [(name, _registry[name].label) for name in names()]
