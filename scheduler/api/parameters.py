"""Parameters of a job type as JSON. Their form is made for texts of a web page and may meet any JSON value here."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from scheduler import job_types
from scheduler.errors import InvalidParameters


def refuse_unfit(job_type: str, parameters: Mapping[str, Any]) -> None:
    """Raise InvalidParameters for values that the form's fields cannot read at all, such as a number as a date.

    Everything else is for `JobType.clean_parameters` to judge.
    """
    if not job_types.is_registered(job_type):
        return
    fields = job_types.get(job_type).parameters.base_fields
    if unfit := dict(_unfit(fields, parameters)):
        raise InvalidParameters(unfit)


def _unfit(
    fields: Mapping[str, forms.Field], parameters: Mapping[str, Any]
) -> Iterator[tuple[str, list[str]]]:
    for name, value in parameters.items():
        if name in fields and not _can_read(fields[name], value):
            yield (
                name,
                [_("%(value)s is not of a type this parameter takes; write it as text.") % {"value": value}],
            )


def _can_read(field: forms.Field, value: Any) -> bool:
    try:
        field.to_python(value)
    except ValidationError:
        return True  # it was read, and is wrong
    except (AttributeError, TypeError, ValueError, OverflowError):
        return False
    return True
