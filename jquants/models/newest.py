"""Which of several rows is the last word."""

from django.db.models import OuterRef, Q


def is_after(*names: str) -> Q:
    """Of a subquery's row: whether it comes after the outer row by `names`, which are compared in turn."""
    first, *rest = names
    later = Q(**{f"{first}__gt": OuterRef(first)})
    return later | Q(is_after(*rest), **{first: OuterRef(first)}) if rest else later
