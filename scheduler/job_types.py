"""Job types: what a job can do. One class in an app's `jobs.py` is all a new type takes."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _

from scheduler.errors import InvalidParameters, UnknownJobType
from scheduler.presentation import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.utils.functional import Promise

    from scheduler.runner import Run

logger = logging.getLogger(__name__)

_registry: dict[str, type[JobType]] = {}
_broken: dict[str, str] = {}


class NoParameters(forms.Form):
    """For types that take none."""


class JobType:
    """Base of every job type; a subclass with a `slug` registers itself.

    The `default_*` values go into the job that `migrate` creates and are never applied again afterwards.
    """

    slug: ClassVar[str] = ""
    label: ClassVar[str | Promise] = ""
    description: ClassVar[str | Promise] = ""
    parameters: ClassVar[type[forms.Form]] = NoParameters

    default_schedule: ClassVar[str] = ""  # "" = runs only by hand
    default_calendar: ClassVar[str] = ""  # a name of scheduler.calendars, for trading-day schedules
    default_parameters: ClassVar[dict[str, Any]] = {}
    default_timeout_seconds: ClassVar[int] = 3600
    default_max_retries: ClassVar[int] = 3
    max_concurrent: ClassVar[int | None] = (
        None  # runs at once, on all workers; None = as many as there are workers
    )
    max_snooze_seconds: ClassVar[int] = 6 * 3600  # in total, within one execution (R31)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.slug:
            _registry[cls.slug] = cls

    def perform(self, run: Run) -> None:
        """Do the work; return = completed, raise = failed. Runs in a child process of a worker."""
        raise NotImplementedError

    @classmethod
    def is_enabled_by_default(cls) -> bool:
        """Whether the job that `migrate` creates starts enabled, if its type is available then."""
        return bool(cls.default_schedule)

    @classmethod
    def unavailable(cls) -> str | None:
        """Say in the active language why no job of this type can work now and what to do; None when it can.

        Asked before a job is enabled or run by a person, and when `migrate` creates it; not when a tick is due.
        """
        return None

    @classmethod
    def clean_parameters(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return `given` validated by the type's form. Raises InvalidParameters, also for unknown names."""
        form = cls.parameters(data=dict(given))
        if unfit := dict(_unfit(form, given)):
            raise InvalidParameters(unfit)
        if not form.is_valid():
            raise InvalidParameters(
                {
                    name: [_told(given.get(name), str(text)) for text in texts]
                    for name, texts in form.errors.items()
                }
            )
        return form.cleaned_data


def _told(value: Any, text: str) -> str:
    """Return an error of a form, with the value that it is about unless it names it."""
    shown = str(value)[:50]
    if value in (None, "") or shown in text:
        return text
    return _("“%(value)s”: %(error)s") % {"value": shown, "error": text}


def _unfit(form: forms.Form, given: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield what the form cannot judge: names it does not have, values that its fields cannot read at all."""
    for name, value in given.items():
        if name not in form.fields:
            text = _("“%(name)s” is not a parameter of this type; it takes: %(known)s.")
            if not form.fields:
                text = _("“%(name)s” is not a parameter of this type; it takes none.")
            yield name, [text % {"name": name, "known": words.listed(form.fields)}]
        elif not _can_read(form.fields[name], value):
            text = _("%(value)s is not of a type this parameter takes; write it as text.")
            yield name, [text % {"value": value}]


def _can_read(field: forms.Field, value: Any) -> bool:
    """Whether a field made for the texts of a web page can take `value`, which may come from JSON."""
    try:
        field.to_python(value)
    except ValidationError:
        return True  # it was read, and is wrong
    except (AttributeError, TypeError, ValueError, OverflowError):
        return False
    return True


def autodiscover() -> None:
    """Import `jobs` of each installed app, which registers the types in it.

    One that fails must not stop those of the others: its types are as if not installed (R43), and `broken` tells.
    """
    _broken.clear()
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "jobs"):
            try:
                import_module(f"{app.name}.jobs")
            except Exception as error:
                logger.exception("the job types of %s are missing", app.name, extra={"action": "app_broken"})
                _broken[app.name] = f"{type(error).__name__}: {error}"


def broken() -> dict[str, str]:
    """Return why `jobs` of an app could not be imported, by the names of such apps."""
    return dict(_broken)


def all_types() -> Iterator[type[JobType]]:
    """Yield the registered types in the order of their apps."""
    yield from _registry.values()


def is_registered(slug: str) -> bool:
    return slug in _registry


def get(slug: str) -> type[JobType]:
    """Return the type called `slug`. Raises UnknownJobType."""
    try:
        return _registry[slug]
    except KeyError:
        raise UnknownJobType(job_type=slug) from None
