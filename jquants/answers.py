"""Read the body and the headers of an answer; knows no connection and no key."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
import requests

from jquants.memory import collection_paused

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one answer.

    `next_key` asks for the next page, "" on the last. `cursor` stands on the last page of some endpoints
    (/fins/*, /td/list): asked with it, they tell only what was published since.
    """

    rows: list[Row]
    next_key: str = ""
    cursor: str | None = None


def decoded(body: bytes) -> object:
    """Return what a JSON body says; raises ValueError where it is none."""
    with collection_paused():
        return orjson.loads(body)


def page_of(answer: object) -> Page:
    """Return the page a decoded body holds; raises ValueError that says what it holds instead."""
    envelope = object_of(answer)
    if "data" not in envelope:
        raise ValueError('the object has no "data"')
    next_key, cursor = (_optional_text(envelope, name) for name in ("pagination_key", "cursor"))
    return Page(_rows(envelope["data"]), next_key, cursor or None)


def object_of(answer: object) -> dict[str, Any]:
    """Return the object a decoded body is; raises ValueError that says what it is instead."""
    if not isinstance(answer, dict):
        raise ValueError(f"the body is {_kind(answer)}, not an object")  # noqa: TRY004 - the server's flaw
    return answer


def _rows(data: object) -> list[Row]:
    if not isinstance(data, list):
        raise ValueError(f'"data" is {_kind(data)}, not a list')  # noqa: TRY004
    if not set(map(type, data)) <= {dict}:
        number, row = next((number, row) for number, row in enumerate(data) if not isinstance(row, dict))
        raise ValueError(f'row {number} of "data" is {_kind(row)}, not an object')
    return data


def _optional_text(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise ValueError(f'"{name}" is {_kind(value)}, not a string')


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def message_of(response: requests.Response, body: bytes) -> str:
    """Return the text of {"message": ...}, or the body as it is where a gateway answered instead."""
    if response.is_redirect:
        return f"moved to {response.headers['Location']}"
    try:
        answer = decoded(body)
    except ValueError:
        return text_of(body)
    message = answer.get("message") if isinstance(answer, dict) else None
    return message if isinstance(message, str) else text_of(body)


def text_of(body: bytes) -> str:
    """Return the body as text, whatever it is."""
    return body.decode("utf-8", "replace")


def retry_after_seconds(response: requests.Response) -> float | None:
    """Return how long the server asks us to wait; its date counts from its own clock where it tells it."""
    asked = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", asked):
        return float(asked)
    until = _http_date(asked)
    if until is None:
        return None
    now = _http_date(response.headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def clock_offset_seconds(response: requests.Response, now: datetime) -> float | None:
    """Return by how much our clock, `now` at the answer, is ahead of the server's; None where it tells no time.

    The server wrote its time, cut to the second, about half a journey before.
    """
    told = _http_date(response.headers.get("Date", ""))
    if told is None:
        return None
    return (now - response.elapsed / 2 - told).total_seconds() - 0.5


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
