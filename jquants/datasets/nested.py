"""Lists and objects inside a row of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from django.utils.translation import gettext_noop

Row: TypeAlias = Mapping[str, Any]


class UnexpectedShapeError(ValueError):
    """What stands under `key` of a row is not `expected`."""

    def __init__(self, key: str, value: object, expected: str) -> None:
        super().__init__(key, value, expected)
        self.key = key
        self.value = value
        self.expected = expected


def listed(row: Row, key: str) -> Sequence[Row]:
    """Return the objects in the list under `key`; none where it is null. Raises KeyError, UnexpectedShapeError."""
    found = row[key]
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UnexpectedShapeError(key, found, gettext_noop("a list of objects"))
    return found


def contained(row: Row, key: str) -> Row | None:
    """Return the object under `key`, which may be null. Raises KeyError, UnexpectedShapeError."""
    found = row[key]
    if found is not None and not isinstance(found, dict):
        raise UnexpectedShapeError(key, found, gettext_noop("an object"))
    return found
