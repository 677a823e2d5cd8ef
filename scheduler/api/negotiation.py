"""Which form an answer takes."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer

from scheduler.presentation import words


class NamedFormats(DefaultContentNegotiation):
    """Takes a `?format=` that nothing can write for the mistake it is, not for an address where nothing is."""

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:  # noqa: A002
        offered = list(renderers)
        found = [each for each in offered if each.format == format]
        if not found:
            known = words.listed(each.format for each in offered)
            raise ValidationError(
                {
                    self.settings.URL_FORMAT_OVERRIDE: _(
                        "“{input}” is not known here; there are: {known}."
                    ).format(input=format, known=known)
                }
            )
        return found
