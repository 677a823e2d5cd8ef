"""The connection check: what it finds, what it says to do, and what it never prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override
from pytest_django import Settings

from jquants import source
from jquants.jobs import ConnectionCheck
from jquants.models import Connection
from jquants.plan import subscription
from jquants.plan.check import CheckFailedError, Result, check, last_results
from jquants.standin import StandinServer
from scheduler import messages
from tests.jquants.fakes import NOW, perform
from tests.jquants.plan.conftest import KEY, never
from tests.jquants.wire import Reply, Wire, answer, refusal, rows

pytestmark = pytest.mark.django_db

LIGHT = "Your subscription covers the following dates: 2021-11-20 ~ . If you want more data, ..."


def checked() -> dict[str, Result]:
    return {result.name: result for result in check(NOW, wait=never)}


def problems(results: dict[str, Result]) -> dict[str, str]:
    return {name: result.text for name, result in results.items() if not result.is_ok}


def test_all_is_well(standin: Callable[..., StandinServer]) -> None:
    standin("light")

    results = checked()

    assert problems(results) == {}
    assert {name: results[name].text for name in ("plan", "window", "addons", "limits")} == {
        "plan": "Light, as J-Quants shows.",
        "window": "2021-11-20 ~, as J-Quants says.",
        "addons": "None.",
        "limits": "59 of 60 requests a minute are left.",
    }
    assert {"source", "reach", "key", "clock"} < set(results)
    assert subscription.current().plan == "light"
    assert last_results(Connection.objects.get()) == list(results.values())


@pytest.mark.parametrize(
    ("addons", "english", "japanese"),
    [
        (("minute",), "minute bars and ticks", "分足・ティック"),
        (("tdnet",), "TDnet disclosures", "TDnet 適時開示"),
        (("tdnet", "minute"), "minute bars and ticks, TDnet disclosures", "分足・ティック、TDnet 適時開示"),
    ],
)
def test_add_ons_are_told_by_name(
    standin: Callable[..., StandinServer], addons: tuple[str, ...], english: str, japanese: str
) -> None:
    standin("light", addons=addons)

    result = checked()["addons"]

    assert result.text == english
    with override("ja"):
        assert result.text == japanese


def test_a_key_that_is_refused(standin: Callable[..., StandinServer], settings: Settings) -> None:
    standin("light", key="another key")

    found = problems(checked())

    assert set(found) == {"key"}
    assert "Copy it again" in found["key"]
    assert "invalid or expired" in found["key"]
    assert KEY not in found["key"]


def test_no_key(unknown: Settings) -> None:
    unknown.JQUANTS_API_KEY = ""

    assert "Put JQUANTS_API_KEY=..." in problems(checked())["key"]
    assert not Connection.objects.exists()


def test_nothing_answers(unknown: Settings) -> None:
    unknown.JQUANTS_BASE_URL = "http://127.0.0.1:9/v2"

    found = problems(checked())

    assert set(found) == {"reach"}
    assert "Check this machine's network and JQUANTS_BASE_URL" in found["reach"]


@pytest.mark.parametrize(
    ("told", "addons", "name", "advice"),
    [
        ("premium", ["auto"], "plan", "JQUANTS_PLAN is premium, but"),
        ("light", ["minute"], "addons", "JQUANTS_ADDONS is “minute”, but J-Quants shows “”."),
    ],
)
def test_settings_that_J_Quants_contradicts(  # noqa: N802 - its name
    standin: Callable[..., StandinServer],
    settings: Settings,
    told: str,
    addons: list[str],
    name: str,
    advice: str,
) -> None:
    standin("light")
    settings.JQUANTS_PLAN, settings.JQUANTS_ADDONS = told, addons

    found = problems(checked())

    assert set(found) == {name}
    assert advice in found[name]


def test_a_database_of_the_other_source(standin: Callable[..., StandinServer]) -> None:
    standin("light")
    source.claim("https://api.jquants.com/v2", NOW)

    found = problems(checked())

    assert set(found) == {"source"}
    assert "Set DATABASE_URL to another database" in found["source"]


@pytest.mark.parametrize(
    ("offset", "told"),
    [(timedelta(hours=1), "behind"), (-timedelta(minutes=2), "ahead of"), (timedelta(), None)],
)
def test_a_clock_that_goes_wrong(wire: Wire, offset: timedelta, told: str | None) -> None:
    theirs = format_datetime(datetime.now(UTC) + offset, usegmt=True)
    no_addon = refusal(403, "This API is not available on your subscription.", Date=theirs)
    wire.reply(answer({"message": LIGHT}, status=400, Date=theirs), no_addon)

    found = problems(checked())

    assert set(found) == ({"clock"} if told else set())
    assert told is None or told in found["clock"]


@pytest.mark.parametrize(
    ("reply", "name", "advice"),
    [
        (refusal(429, "Too Many Requests"), "plan", "no other program uses the key"),
        (refusal(500, "Unexpected error."), "reach", "Try again later"),
        (refusal(403, "The requested endpoint does not exist."), "reach", "ends in /v2"),
    ],
)
def test_an_answer_that_is_none(wire: Wire, reply: Reply, name: str, advice: str) -> None:
    wire.reply(reply)

    assert advice in problems(checked())[name]


# --- the job and the command ----------------------------------------------------------------------------


def test_the_job_fails_with_what_to_do(standin: Callable[..., StandinServer], settings: Settings) -> None:
    standin("light")
    perform(ConnectionCheck)
    settings.JQUANTS_PLAN = "premium"

    with pytest.raises(CheckFailedError, match="Set JQUANTS_PLAN=light, or auto") as caught:
        perform(ConnectionCheck)

    assert caught.value.retryable is False
    with override("ja"):
        told = messages.render(caught.value.code, caught.value.params)
    assert "JQUANTS_PLAN は premium ですが" in told


def test_the_job_is_tried_again_where_nothing_answered(unknown: Settings) -> None:
    unknown.JQUANTS_BASE_URL = "http://127.0.0.1:9/v2"

    with pytest.raises(CheckFailedError) as caught:
        perform(ConnectionCheck)

    assert caught.value.retryable is True


def run_command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Return the exit status and all that was printed."""
    out = StringIO()
    try:
        call_command("jquantscheck", *arguments, stdout=out, stderr=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue() + capsys.readouterr().out
    return 0, out.getvalue() + capsys.readouterr().out


def test_the_command_prints_a_table(
    standin: Callable[..., StandinServer], capsys: pytest.CaptureFixture[str]
) -> None:
    standin("light")

    status, printed = run_command(capsys)

    assert status == 0
    assert "Light, as J-Quants shows." in printed
    assert "problem" not in printed
    assert KEY not in printed


def test_the_command_ends_with_1_and_says_what_to_do(
    standin: Callable[..., StandinServer], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    standin("light")
    settings.JQUANTS_PLAN = "premium"

    status, printed = run_command(capsys)

    assert status == 1
    assert "Set JQUANTS_PLAN=light, or auto." in printed


def test_the_command_speaks_json(
    standin: Callable[..., StandinServer], capsys: pytest.CaptureFixture[str]
) -> None:
    standin("light")

    status, printed = run_command(capsys, "--json")

    told: dict[str, Any] = json.loads(printed)
    assert (status, told["ok"], told["plan"], told["plan_is_known"]) == (0, True, "light", True)
    assert told["buckets"][0] == {
        "name": "plan",
        "label": "all data sets of the plan",
        "per_minute": 60,
        "remaining": 59,
        "headroom": 12,
    }
    assert {each["name"] for each in told["checks"]} > {"reach", "key", "plan", "clock"}
    assert KEY not in printed


def test_rows_where_a_refusal_should_be_do_not_stop_the_check(wire: Wire) -> None:
    wire.reply(rows())

    assert checked()["plan"].params == {"plan": "Premium"}
