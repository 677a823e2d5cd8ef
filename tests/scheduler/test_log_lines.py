"""Lines of a log, in the language of who reads them."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext, override
from rest_framework.test import APIClient

from jquants.errors import ParameterError
from scheduler import claim, control, log_lines
from scheduler.audit import Actor
from scheduler.claim import Claim
from scheduler.models import ExecutionLog, Job
from scheduler.pulse import Pulse

pytestmark = pytest.mark.django_db

STORED = "%(day)s: %(rows)s rows"


@pytest.fixture
def claimed(make_job: Callable[..., Job], actor: Actor, now: datetime) -> Claim:
    """A run that has begun."""
    run = control.run_now(make_job(), actor, now=now)
    (claimed,) = claim.claim(now, limit=1, only=run.pk)
    return claimed


def text(language: str, **fields: Any) -> str:
    with override(language):
        return ExecutionLog(**fields).text


def logged(claimed: Claim, now: datetime, *args: Any, **options: Any) -> ExecutionLog:
    """Return the line that a run has logged."""
    pulse = Pulse(claimed, clock=lambda: now)
    with override("ja"), pulse:  # the language of the worker is not that of the reader
        logging.getLogger("scheduler.run.test").warning(*args, **options)
    return ExecutionLog.objects.get()


def test_line_is_told_in_the_language_of_the_reader(claimed: Claim, now: datetime) -> None:
    line = logged(claimed, now, STORED, {"day": date(2026, 11, 20), "rows": 4424})

    assert line.message == "2026-11-20: 4424 rows"
    with override("en"):
        assert line.text == line.message
    with override("ja"):
        assert line.text == "2026-11-20: 4424行"


def test_words_within_a_line_are_translated_too() -> None:
    told = log_lines.worded(
        "%(where)s cannot be stored: %(error)s",
        {
            "where": lazy(lambda: gettext("Daily quotes"), str)(),
            "error": ParameterError(path="/fins/summary", server_message="no such code"),
        },
    )

    assert text("en", **told).startswith("Daily quotes cannot be stored: J-Quants refuses")
    japanese = text("ja", **told)
    assert "株価四本値" in japanese
    assert "/fins/summary" in japanese
    assert "[no such code]" in japanese
    assert "refuses" not in japanese


def test_line_without_words_has_those_of_its_parameters() -> None:
    told = log_lines.worded("%(name)s: %(n)s", {"name": lazy(lambda: gettext("Daily quotes"), str)(), "n": 5})

    assert told == {"message": "Daily quotes: 5", "translations": {"ja": "株価四本値: 5"}}
    assert log_lines.worded("%(name)s: %(n)s", {"name": "topix", "n": 5})["translations"] == {}


def test_line_that_nobody_translated_is_told_as_it_is(claimed: Claim, now: datetime) -> None:
    line = logged(claimed, now, "%s of a library at 100%%", "a line")

    assert (line.message, line.translations) == ("a line of a library at 100%", {})
    assert text("ja", message=line.message, translations=line.translations) == line.message


@pytest.mark.parametrize("template", ["", "100%", "%(day)s: %(rows)s rows"])
def test_line_without_parameters_is_no_template(claimed: Claim, now: datetime, template: str) -> None:

    assert logged(claimed, now, template).message == template


def test_traceback_follows_the_line_in_each_language(claimed: Claim, now: datetime) -> None:
    line = logged(claimed, now, "attempt %(attempt)s failed", {"attempt": 2}, exc_info=ValueError("why"))

    for language in ("en", "ja"):
        told = text(language, message=line.message, translations=line.translations)
        assert told.endswith("\nValueError: why")
    assert line.message.startswith("attempt 2 failed\n")
    assert line.translations["ja"].startswith("2回目の試行が失敗しました\n")


def test_secrets_are_masked_in_each_language(settings: Any) -> None:
    settings.JQUANTS_API_KEY = "a-key-that-is-secret"
    told = log_lines.worded(STORED, {"day": "a-key-that-is-secret", "rows": 1})

    assert told == {"message": "*****: 1 rows", "translations": {"ja": "*****: 1行"}}


def test_page_and_api_show_the_log_in_the_language_of_the_request(
    admin_client: Client, claimed: Claim, now: datetime, person: Any
) -> None:
    run = claimed.execution_id
    told = log_lines.worded(STORED, {"day": "2026-11-20", "rows": 4424})
    ExecutionLog.objects.create(execution_id=run, at=now, **told)
    api = APIClient()
    api.force_authenticate(person)

    for language, expected in (("ja", "2026-11-20: 4424行"), ("en", "2026-11-20: 4424 rows")):
        headers = {"Accept-Language": language}
        page = admin_client.get(
            reverse("admin:scheduler_jobexecution_change", args=[run]), headers=headers
        ).content.decode()
        assert expected in page
        lines = api.get(f"/api/scheduler/executions/{run}/logs", headers=headers).json()["results"]
        assert [line["message"] for line in lines] == [expected]
