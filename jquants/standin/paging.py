"""`pagination_key` and `cursor`: opaque, and good for the same query only (https://jpx-jquants.com/en/spec/data-spec)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

from jquants.standin.refusals import bad_cursor, bad_pagination_key

FIELD: Final = "p"  # of a cursor: when the answer it came with was made
FORM: Final = "%Y%m%d%H%M%S"


class Place(NamedTuple):
    """Where an answer goes on: which page, 0 being the first, of the rows there were at that moment.

    `as_of` is "" where rows do not come one by one, so that the moment does not matter.
    """

    page: int
    as_of: str = ""


FIRST: Final = Place(0)


def seal(place: Place, query: str) -> str:
    """The key of a page, in the documented shape `value1.value2.`; another one for every page."""
    digest = sha256(f"{place.page}:{place.as_of}:{query}".encode()).digest()
    return f"{urlsafe_b64encode(digest[:9]).decode()}{place.as_of}.{place.page}."


def unseal(key: str, query: str) -> Place:
    """The page a key asks for; raises Refusal (400) for a key that was not given for this query."""
    digest, _, page = key.rstrip(".").rpartition(".")
    if not (page.isascii() and page.isdigit()) or len(page) > 6:
        raise bad_pagination_key()
    place = Place(int(page), digest[12:])
    if seal(place, query) != key:
        raise bad_pagination_key()
    return place


def bookmark(moment: datetime) -> str:
    """The cursor of an answer made at that moment."""
    return urlsafe_b64encode(json.dumps({FIELD: stamp(moment)}).encode()).decode()


def opened(cursor: str, now: datetime) -> datetime:
    """The moment of a cursor, in the zone of `now`; raises Refusal (400) for one nobody was given."""
    try:
        return moment_of(json.loads(urlsafe_b64decode(cursor))[FIELD], now)
    except (ValueError, TypeError, KeyError):
        raise bad_cursor() from None


def stamp(moment: datetime) -> str:
    return moment.strftime(FORM)


def moment_of(text: str, now: datetime) -> datetime:
    return datetime.strptime(text, FORM).replace(tzinfo=now.tzinfo)
