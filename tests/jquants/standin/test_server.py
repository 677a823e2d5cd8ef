"""The transport: compression, connections, starting and stopping."""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from jquants.standin import StandinError, StandinServer
from tests.jquants.standin.conftest import Standin

ROOT = Path(__file__).resolve().parents[3]
BARS, CALENDAR = "/equities/bars/daily", "/markets/calendar"


def raw(url: str, path: str, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
    host = url.removeprefix("http://").removesuffix("/v2")
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request("GET", "/v2" + path, headers={"x-api-key": "standin", **headers})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_json_is_gzipped_when_asked(standin: Standin) -> None:
    url = standin().server.base_url
    plain, body = raw(url, CALENDAR, {})
    packed, small = raw(url, CALENDAR, {"Accept-Encoding": "deflate, gzip"})
    assert (plain.getheader("Content-Encoding"), packed.getheader("Content-Encoding")) == (None, "gzip")
    assert len(small) < len(body) / 5
    assert plain.getheader("Content-Type") == "application/json"
    assert json.loads(body)["data"]


def test_connections_are_kept_and_many_clients_are_served_at_once(standin: Standin) -> None:
    asked = standin()
    results: list[int] = []

    def ask() -> None:
        with requests.Session() as session:
            for day in ("20261118", "20261119", "20261120"):
                response = session.get(
                    asked.server.base_url + BARS,
                    params={"date": day},
                    headers={"x-api-key": "standin"},
                    timeout=30,
                )
                results.append(len(response.json()["data"]))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [3_000] * 18


def test_stop_closes_port_and_kept_connections() -> None:
    server = StandinServer()
    server.start()
    host = server.base_url.removeprefix("http://").removesuffix("/v2")
    kept = http.client.HTTPConnection(host, timeout=5)
    kept.request("GET", "/v2/nothing")
    kept.getresponse().read()
    assert kept.sock
    server.stop()
    assert kept.sock.recv(1) == b""
    kept.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host.split(":")[0], int(host.split(":")[1])), timeout=1)


def test_stop_does_not_wait_for_stalled_answers() -> None:
    with StandinServer(faults=["slow"]) as server:
        headers = {"x-api-key": "standin"}
        with pytest.raises(requests.ReadTimeout):
            requests.get(server.base_url + CALENDAR, headers=headers, timeout=0.1)
        started = time.monotonic()
    assert time.monotonic() - started < 5


def test_a_stopped_server_may_start_again_on_its_port() -> None:
    with StandinServer() as server:
        port = int(server.base_url.split(":")[2].removesuffix("/v2"))
    with StandinServer(port=port) as again:
        assert again.base_url == f"http://127.0.0.1:{port}/v2"
        assert requests.get(again.base_url, timeout=5).status_code == 403


def test_a_port_in_use_is_an_error_with_its_number() -> None:
    with StandinServer() as server:
        port = int(server.base_url.split(":")[2].removesuffix("/v2"))
        with pytest.raises(StandinError, match=str(port)):
            StandinServer(port=port).start()


@pytest.mark.parametrize("port", [-1, 70_000])
def test_an_impossible_port_is_an_error(port: int) -> None:
    with pytest.raises(StandinError, match=str(port)):
        StandinServer(port=port).start()


def test_an_unknown_plan_is_an_error() -> None:
    with pytest.raises(StandinError, match="gold"):
        StandinServer(plan="gold")


def test_log_lines_tell_requests_but_no_secrets(standin: Standin) -> None:
    lines: list[str] = []
    asked = standin(log=lines.append)
    address = asked.get("/bulk/get", endpoint=CALENDAR).json()["url"]
    requests.get(address, timeout=10)
    asked.get(BARS, code="7203", date="20261120")
    assert lines[-1] == "GET /v2/equities/bars/daily?code=7203&date=20261120 200 whole"
    assert len(lines) == 3
    assert not any("standin" in line or "Signature" in line for line in lines)


def test_standin_needs_neither_django_nor_the_rest_of_the_project() -> None:
    ours = "[m for m in sys.modules if m.partition('.')[0] in ('django', 'scheduler', 'moo_markets')]"
    rest = "[m for m in sys.modules if m.startswith('jquants.') and not m.startswith('jquants.standin')]"
    program = f"import sys, jquants.standin; print({ours} + {rest})"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert result.stdout.strip() == "[]"
