"""Keep out of what is stored and shown: secrets, and what no database stores."""

import logging
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from django.conf import settings

MASK = "*****"
_SHORTEST = 4  # masking every "x" would only garble the text


def secrets() -> list[str]:
    """Return the values that must never appear, longest first."""
    values = {getattr(settings, name, "") for name in settings.SCHEDULER_SECRET_SETTINGS}
    values |= {database.get("PASSWORD", "") for database in settings.DATABASES.values()}
    values |= _passwords_of(settings.CELERY_BROKER_URL)
    return sorted((value for value in values if value and len(value) >= _SHORTEST), key=len, reverse=True)


def _passwords_of(url: str) -> set[str]:
    """Return the password that the URL holds, as it is written there and as it is meant."""
    with suppress(ValueError):  # it is none
        if password := urlsplit(url).password:
            return {password, unquote(password)}
    return set()


def mask(text: str) -> str:
    """Return `text` without secrets, and with marks where it holds a NUL or half of a surrogate pair."""
    for secret in secrets():
        text = text.replace(secret, MASK)
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


class MaskingFormatter(logging.Formatter):
    """For the lines of our processes: an error of somebody's library may quote what it was given."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))
