"""Recording mode: what the real API answers is passed on as it is, and kept so that it can be served later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from jquants.standin import RecordingServer, StandinError, StandinServer
from tests.jquants.standin.test_command import failure, running
from tests.jquants.wire import Wire, answer, refusal, rows

KEY = "key-of-the-real-api"
BARS = "/equities/bars/daily"
TOYOTA = {"code": "7203", "from": "2026-01-05", "to": "2026-01-09"}


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


def recorder(folder: Path, upstream: str) -> RecordingServer:
    return RecordingServer(folder, upstream=upstream, upstream_key=KEY)


def ask(
    server: RecordingServer | StandinServer, path: str, key: str = "standin", **query: str
) -> requests.Response:
    return requests.get(server.base_url + path, params=query, headers={"x-api-key": key}, timeout=30)


def test_what_was_recorded_is_served_later(tmp_path: Path) -> None:
    with StandinServer(plan="premium", key=KEY, page_size=3) as real:
        with recorder(tmp_path, real.base_url) as server:
            first = ask(server, BARS, **TOYOTA).json()
            second = ask(server, BARS, **TOYOTA, pagination_key=first["pagination_key"]).json()
            calendar = ask(server, "/markets/calendar", **{"from": "2026-01-05", "to": "2026-01-09"}).json()
            # The same again, as J-Quants says it now, takes the place of what it said before.
            ask(server, BARS, **TOYOTA)
        assert first["data"] == ask(real, BARS, KEY, **TOYOTA).json()["data"]
    assert len(list(tmp_path.iterdir())) == 3

    with StandinServer(plan="premium", data=tmp_path) as later:
        replayed = ask(later, BARS, **TOYOTA).json()["data"]
        days = ask(later, "/markets/calendar", **{"from": "2026-01-05", "to": "2026-01-09"}).json()

    assert replayed == first["data"] + second["data"]
    assert len(replayed) == 5
    assert days == calendar


def test_the_request_is_passed_on_with_our_own_key(wire: Wire, tmp_path: Path) -> None:
    wire.reply(rows({"Date": "2026-01-05"}))

    with recorder(tmp_path, wire.base_url) as server:
        ask(server, BARS, date="2026-01-05", odd="100%")

    (seen,) = wire.seen
    assert (seen.path, seen.params) == (f"/v2{BARS}", {"date": "2026-01-05", "odd": "100%"})
    assert seen.headers["x-api-key"] == KEY
    assert all(KEY not in file.name + file.read_text() for file in tmp_path.iterdir())


def test_an_error_is_passed_on_and_not_kept(wire: Wire, tmp_path: Path) -> None:
    wire.reply(refusal(429, "Too Many Requests", Retry_After="7"))

    with recorder(tmp_path, wire.base_url) as server:
        refused = ask(server, BARS)

    assert (refused.status_code, refused.json()) == (429, {"message": "Too Many Requests"})
    assert refused.headers["Retry-After"] == "7"
    assert list(tmp_path.iterdir()) == []


def test_answers_that_are_no_rows_are_passed_on_and_not_kept(wire: Wire, tmp_path: Path) -> None:
    wire.reply(answer({"url": "https://elsewhere"}), answer({"data": "odd"}), rows({"Note": KEY}))

    with recorder(tmp_path, wire.base_url) as server:
        assert ask(server, "/bulk/get", endpoint=BARS).json() == {"url": "https://elsewhere"}
        assert ask(server, BARS).json() == {"data": "odd"}
        assert ask(server, BARS).json() == {"data": [{"Note": KEY}]}

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/no/such/path"])
def test_a_path_of_no_endpoint_is_never_written(wire: Wire, tmp_path: Path, path: str) -> None:
    wire.reply(rows({"Date": "2026-01-05"}))

    with recorder(tmp_path, wire.base_url) as server:
        ask(server, path, date="../../x")
        ask(server, BARS, date="../../x")

    assert [file.parent for file in tmp_path.rglob("*.json")] == [tmp_path]


@pytest.mark.parametrize(("key", "status"), [("", 403), ("a stranger's", 403), ("standin", 200), (KEY, 200)])
def test_strangers_do_not_use_our_key_up(wire: Wire, tmp_path: Path, key: str, status: int) -> None:
    with recorder(tmp_path, wire.base_url) as server:
        assert ask(server, BARS, key).status_code == status

    assert bool(wire.seen) == (status == 200)


def test_an_upstream_that_is_away_is_a_502(tmp_path: Path) -> None:
    with recorder(tmp_path, "http://127.0.0.1:9/v2") as server:
        away = ask(server, BARS)

    assert away.status_code == 502
    assert "does not answer" in away.json()["message"]


def test_nothing_starts_without_a_key_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StandinError, match="set JQUANTS_API_KEY"):
        RecordingServer(tmp_path, upstream="http://127.0.0.1:9/v2", upstream_key="")
    with pytest.raises(StandinError, match="file cannot be used"):
        recorder(tmp_path / "file", "http://127.0.0.1:9/v2")


def test_command_records(wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JQUANTS_API_KEY", KEY)
    wire.reply(rows({"Date": "2026-01-05", "HolDiv": "1"}))
    with running("--record", str(tmp_path), "--upstream", wire.base_url) as (process, url):
        requests.get(f"{url}/markets/calendar", headers={"x-api-key": "standin"}, timeout=30)
        process.terminate()
        _, errors = process.communicate(timeout=30)

    assert errors == ""
    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_text()) == {"data": [{"Date": "2026-01-05", "HolDiv": "1"}]}


def test_command_refuses_what_recording_cannot_do(tmp_path: Path) -> None:
    assert "leave out --fault" in failure("--record", str(tmp_path), "--fault", "429")
    assert "--record only" in failure("--upstream", "http://127.0.0.1:9/v2")
