"""`pagination_key`: opaque, another one on every page, good for the same query only (https://jpx-jquants.com/en/spec/data-spec)."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from jquants.standin.refusals import bad_pagination_key


def seal(page: int, query: str) -> str:
    """The key of a page, 0 being the first, in the documented shape `value1.value2.`"""
    digest = sha256(f"{page}:{query}".encode()).digest()
    return f"{urlsafe_b64encode(digest[:9]).decode()}.{page}."


def unseal(key: str, query: str) -> int:
    """The page a key asks for; raises Refusal (400) for a key that was not given for this query."""
    page = key.rstrip(".").rpartition(".")[2]
    if not (page.isascii() and page.isdigit()) or len(page) > 6 or seal(int(page), query) != key:
        raise bad_pagination_key()
    return int(page)
