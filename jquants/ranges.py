"""What is wrong with a range of days."""

from datetime import date

from django.utils.translation import gettext as _


def reversed_range(first: date, last: date) -> str:
    """Return what to tell whose range ends before it begins."""
    return _("The range ends on %(last)s, before it begins on %(first)s. Swap the two.") % {
        "first": first,
        "last": last,
    }
