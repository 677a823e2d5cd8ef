"""Keep secrets out of what is stored and shown."""

from django.conf import settings

MASK = "*****"
_SHORTEST = 4  # masking every "x" would only garble the text


def secrets() -> list[str]:
    """Return the values that must never appear, longest first."""
    values = {getattr(settings, name, "") for name in settings.SCHEDULER_SECRET_SETTINGS}
    values |= {database.get("PASSWORD", "") for database in settings.DATABASES.values()}
    return sorted((value for value in values if value and len(value) >= _SHORTEST), key=len, reverse=True)


def mask(text: str) -> str:
    for secret in secrets():
        text = text.replace(secret, MASK)
    return text
