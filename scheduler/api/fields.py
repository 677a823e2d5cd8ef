"""Fields and the base of serializers that say no where REST framework guesses."""

from collections.abc import Mapping
from datetime import UTC, date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from scheduler.presentation import words


class StrictBooleanField(serializers.BooleanField):
    """true or false: the base class also takes "yes", "off", 1 and many more."""

    default_error_messages = {
        "invalid": _(
            "“{input}” is neither true nor false. Write the JSON value true or false, without quotes."
        ),
    }

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=str(data)[:50])
        return data


class KnownChoiceField(serializers.ChoiceField):
    """A choice; the error names all there are."""

    default_error_messages = {"invalid_choice": _("“{input}” is not known here; there are: {known}.")}

    def to_internal_value(self, data: Any) -> Any:
        if data == "" and self.allow_blank:
            return ""
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=str(data)[:50], known=words.listed(self.choices))
        return data


class DayField(serializers.DateField):
    """A date; the error names what was sent."""

    def to_internal_value(self, value: Any) -> date:
        try:
            return super().to_internal_value(value)
        except serializers.ValidationError:
            text = _("“%(value)s” is not a date; write it as 2026-11-20.") % {"value": str(value)[:50]}
            raise serializers.ValidationError(text) from None


class UtcDateTimeField(serializers.DateTimeField):
    """ISO 8601 in UTC, with a Z."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses what it does not know: a misspelt field must not be ignored in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (refused := self._refused(data)):
            raise serializers.ValidationError(refused)
        return super().to_internal_value(data)

    def _refused(self, data: Mapping[str, Any]) -> dict[str, list[str]]:
        writable = [name for name, field in self.fields.items() if not field.read_only]
        unknown = _("There is no such field. Known are: %(known)s.") % {"known": words.listed(writable)}
        read_only = str(_("This field cannot be set."))
        return {
            name: [read_only if name in self.fields else unknown] for name in data if name not in writable
        }
