"""What is kept out of stored texts."""

import logging
import sys
from logging.config import DictConfigurator
from typing import Any

import pytest
from django.conf import settings as site
from pytest_django import Settings

from scheduler.masking import mask


def test_what_no_database_stores_is_marked() -> None:
    assert mask("a\0b \ud83d c") == "a\N{REPLACEMENT CHARACTER}b ? c"


@pytest.mark.parametrize("written", ["pass-of-the-broker/1", "pass-of-the-broker%2F1"])
def test_password_of_the_broker_is_masked(settings: Settings, written: str) -> None:
    settings.CELERY_BROKER_URL = "amqp://moo:pass-of-the-broker%2F1@broker:5672//"
    assert mask(f"refused: {written}") == "refused: *****"


def test_broker_without_a_password_masks_nothing(settings: Settings) -> None:
    for url in ("redis://localhost:6379/0", "redis://[::1"):
        settings.CELERY_BROKER_URL = url
        assert mask("redis://localhost") == "redis://localhost"


def test_lines_of_our_processes_tell_no_secret(settings: Settings) -> None:
    settings.JQUANTS_API_KEY = "key-of-hanako"
    logging_of_the_site: Any = site.LOGGING
    line_of = logging_of_the_site["formatters"]["line"]
    formatter = DictConfigurator(logging_of_the_site).configure_formatter(line_of)
    try:
        int("x-api-key: key-of-hanako")
    except ValueError:
        record = logging.LogRecord(
            "scheduler", logging.ERROR, __file__, 1, "%s was sent", ("key-of-hanako",), sys.exc_info()
        )
    line = formatter.format(record)
    assert "ERROR ***** was sent" in line
    assert "ValueError: " in line
    assert "key-of-hanako" not in line
