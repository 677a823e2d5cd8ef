"""What every page of the admin says about the site as a whole."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from jquants import source


def environment(request: HttpRequest) -> list[str] | None:
    """Return the badge of the header while the site shows stand-in data: its text and its colour."""
    return [_("Stand-in data"), "warning"] if source.is_standin() else None
