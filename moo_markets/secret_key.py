"""The site's SECRET_KEY: given by the environment, or kept in .env for development."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def keep_new_secret_key(env_file: Path) -> str:
    """Append a fresh key to `env_file` (made readable by its owner only) and return it.

    Raises ImproperlyConfigured when the file cannot be written.
    """
    key = get_random_secret_key().replace("$", "-").replace("#", "_")  # both mean something in a .env file
    try:
        descriptor = os.open(env_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(f"\n# Generated for this copy; keep it to yourself.\nSECRET_KEY={key}\n")
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set and {env_file} cannot be written ({error.strerror}); set SECRET_KEY in the environment."
        ) from error
    return key


def secret_key(given: str, *, debug: bool, env_file: Path) -> str:
    """Return `given`; when it is empty generate and keep one in development, refuse in production."""
    if given:
        return given
    if not debug:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. In production put a long random value into the environment or .env "
            "(see .env.example); for development set DEBUG=on and one is generated and kept."
        )
    return keep_new_secret_key(env_file)
