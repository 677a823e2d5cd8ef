"""manage.py jquantsstandin as a process of its own."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from jquants.management.commands import jquantsstandin
from jquants.standin import FAULTS, StandinServer

MANAGE = Path(__file__).resolve().parents[3] / "manage.py"
CALENDAR = "/markets/calendar"


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(MANAGE), "jquantsstandin", *arguments]


@contextmanager
def running(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """(process, base URL), ready to be asked."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command(*arguments), stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().rstrip("\n")
        finally:
            process.kill()


def failure(*arguments: str) -> str:
    """What a start that fails says."""
    result = subprocess.run(command(*arguments), capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode != 0
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_serves_until_a_signal(number: signal.Signals) -> None:
    with running("--port", "0", "--key", "secret", "-v", "2") as (process, url):
        response = requests.get(url + CALENDAR, headers={"x-api-key": "secret"}, timeout=30)
        assert response.json()["data"]
        process.send_signal(number)
        rest, errors = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "")
    assert errors.strip() == f"GET /v2{CALENDAR} 200 whole"


def test_command_ends_with_its_parent() -> None:
    with running("--die-with-parent") as (process, _url):
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_command_serves_plan_faults_and_recorded_rows(tmp_path: Path) -> None:
    (tmp_path / "markets_calendar.json").write_text(
        json.dumps({"data": [{"Date": "2026-01-05", "HolDiv": "1"}]})
    )
    (tmp_path / "other.json").write_text("{}")
    with running("--plan", "premium", "--data", str(tmp_path), "--fault", "429:0", "--fault", "dup-row") as (
        process,
        url,
    ):
        rows = requests.get(url + CALENDAR, headers={"x-api-key": "standin"}, timeout=30).json()["data"]
        process.terminate()
        _, errors = process.communicate(timeout=30)
    assert rows == [{"Date": "2026-01-05", "HolDiv": "1"}] * 2
    assert errors.strip() == "Files that belong to no endpoint are not served: other.json"


def test_addons_may_be_left_out() -> None:
    query = {"code": "7203", "date": "20000104"}
    with running("--addon", "none") as (process, url):
        minutes = requests.get(
            f"{url}/equities/bars/minute", params=query, headers={"x-api-key": "standin"}, timeout=30
        )
        process.terminate()
    assert minutes.status_code == 403  # with the add-on: 400, for the date


def test_a_market_without_issues_is_refused() -> None:
    assert (
        failure("--issues", "0")
        == "CommandError: A market of 0 issues has nothing to serve. Choose at least 1."
    )


def test_issues_are_those_of_a_made_up_market(tmp_path: Path) -> None:
    assert "--issues" in failure("--issues", "100", "--data", str(tmp_path))


def test_command_says_that_its_port_is_taken() -> None:
    with StandinServer() as server:
        port = server.base_url.split(":")[2].removesuffix("/v2")
        message = failure("--port", port)
    assert port in message
    assert len(message.splitlines()) == 1


def test_command_names_what_is_wrong_with_the_recorded_rows(tmp_path: Path) -> None:
    (tmp_path / "equities_master.json").write_text("{")
    message = failure("--data", str(tmp_path))
    assert "equities_master.json" in message
    assert len(message.splitlines()) == 1


def test_help_tells_every_fault() -> None:
    text = jquantsstandin.Command().create_parser("manage.py", "jquantsstandin").format_help()
    for fault in FAULTS.values():
        assert f"{fault.name} " in text
        assert fault.summary in text
