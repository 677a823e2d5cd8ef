"""What faults do to an answer's document: changes in place. Answers without rows stay as they are."""

import codecs
import re
from datetime import date, timedelta
from typing import Any, Final

Document = dict[str, Any]

DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WRONG_BY: Final = timedelta(days=364)


def repeat_row(document: Document) -> None:
    if document.get("data"):
        document["data"].append(document["data"][0])


def contradict_row(document: Document) -> None:
    """The first row once more; another number in it or, where it has none, another last field."""
    if document.get("data"):
        first = document["data"][0]
        name = (_numbers(first) or list(first)[-1:])[0]
        other = first[name] + 1 if _numbers(first) else "other"
        document["data"].append({**first, name: other})


def spoil_value(document: Document) -> None:
    """A word where a number belongs; where a row has no numbers, in its last field."""
    row = _middle(document)
    for key in _numbers(row)[:1] or list(row)[-1:]:
        row[key] = "abc"


def drop_key(document: Document) -> None:
    row = _middle(document)
    for key in list(row)[-1:]:
        del row[key]


def swap_nesting(document: Document) -> None:
    """A word for the row's first object or list; in a row without them, an object for its first number."""
    row = _middle(document)
    nested = [key for key, value in row.items() if isinstance(value, dict | list)]
    for key in nested[:1]:
        row[key] = "abc"
        return
    for key in _numbers(row)[:1] or list(row)[-1:]:
        row[key] = {"abc": [1]}


def add_key(document: Document) -> None:
    for row in document.get("data") or []:
        row["BrandNew"] = 1.0


def move_day(document: Document) -> None:
    row = _middle(document)
    days = [key for key, value in row.items() if isinstance(value, str) and DATE.fullmatch(value)]
    for key in days[:1]:
        row[key] = str(date.fromisoformat(row[key]) - WRONG_BY)


def change_code(document: Document) -> None:
    """No code ends in 9."""
    row = _middle(document)
    if row.get("Code"):
        row["Code"] = row["Code"][:4] + "9"


def null_row(document: Document) -> None:
    if document.get("data"):
        document["data"][len(document["data"]) // 2] = None


def with_mark(body: bytes) -> bytes:
    return codecs.BOM_UTF8 + body


def in_utf_16(body: bytes) -> bytes:
    return body.decode().encode("utf-16")


def _middle(document: Document) -> dict[str, Any]:
    rows = document.get("data") or [{}]
    row: dict[str, Any] = rows[len(rows) // 2]
    return row


def _numbers(row: dict[str, Any]) -> list[str]:
    return [key for key, value in row.items() if isinstance(value, float | int)]
