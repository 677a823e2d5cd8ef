"""Keep out of what is stored and shown: secrets, and what no database stores."""

from django.conf import settings

MASK = "*****"
_SHORTEST = 4  # masking every "x" would only garble the text


def secrets() -> list[str]:
    """Return the values that must never appear, longest first."""
    values = {getattr(settings, name, "") for name in settings.SCHEDULER_SECRET_SETTINGS}
    values |= {database.get("PASSWORD", "") for database in settings.DATABASES.values()}
    return sorted((value for value in values if value and len(value) >= _SHORTEST), key=len, reverse=True)


def mask(text: str) -> str:
    """Return `text` without secrets, and with marks where it holds a NUL or half of a surrogate pair."""
    for secret in secrets():
        text = text.replace(secret, MASK)
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
