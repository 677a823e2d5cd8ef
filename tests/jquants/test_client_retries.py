"""The client in trouble: when it tries again, how long it waits, when it gives up."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from jquants import client as client_module
from jquants import errors
from jquants.client import Client
from tests.jquants.wire import Reply, Wire, gzipped, refusal, rows

KEY = "made-up-key-0123456789"
BARS = "/equities/bars/daily"
FOUND = rows({"n": 1})


class Journal:
    """A limiter without a limit, and a wait without waiting, that write down what they were asked."""

    def __init__(self) -> None:
        self.reservations = list[float]()  # answers still to give; then 0.0
        self.asked = list[str]()
        self.ended = list[str]()
        self.pauses = list[float | None]()
        self.waits = list[float]()

    def reserve(self, path: str) -> float:
        self.asked.append(path)
        return self.reservations.pop(0) if self.reservations else 0.0

    def sent(self, path: str) -> None:
        self.ended.append(path)

    def give_back(self) -> None: ...

    def pause(self, seconds: float | None) -> None:
        self.pauses.append(seconds)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture
def journal() -> Journal:
    return Journal()


@contextmanager
def asking(
    wire: Wire, journal: Journal, *, max_attempts: int = 5, read_timeout: float = 5.0
) -> Iterator[Client]:
    with Client(
        api_key=KEY,
        base_url=wire.base_url,
        limiter=journal,
        read_timeout=read_timeout,
        max_attempts=max_attempts,
        wait=journal.wait,
    ) as client:
        yield client


@contextmanager
def answering_once(server: socket.socket, said: bytes) -> Iterator[None]:
    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(said)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        thread.join()


HELPED_BY_ANOTHER_TRY = {
    "500": refusal(500, "Unexpected error. Please try again later."),
    "502": Reply(502, b"<html>Bad Gateway</html>"),
    "503": Reply(503),
    "504": Reply(504),
    "silent": Reply(silent=True),
    "cut": Reply(body=FOUND.body, sent=5),
    "cut after the headers": Reply(body=FOUND.body, sent=0),
    "not gzip": Reply(body=FOUND.body, headers={"Content-Encoding": "gzip"}),
    "half a gzip": gzipped({"data": []}, length=12),
    "html": Reply(body=b"<html>"),
    "empty": Reply(),
}


@pytest.mark.parametrize("trouble", HELPED_BY_ANOTHER_TRY)
def test_client_tries_again_after_trouble_that_passes(wire: Wire, journal: Journal, trouble: str) -> None:
    wire.reply(HELPED_BY_ANOTHER_TRY[trouble], FOUND)

    with asking(wire, journal) as client:
        assert client.rows(BARS) == [{"n": 1}]

    assert len(wire.seen) == 2
    assert len(journal.waits) == 1


@pytest.mark.parametrize("stall_after", [0, 5])
def test_client_tries_again_after_silence(wire: Wire, journal: Journal, stall_after: int) -> None:
    wire.reply(Reply(body=FOUND.body, sent=stall_after, stalls=True), FOUND)

    with asking(wire, journal, read_timeout=0.2) as client:
        assert client.rows(BARS) == [{"n": 1}]


@pytest.mark.parametrize("stall_after", [0, 5])
def test_client_tells_silence_from_other_trouble(wire: Wire, journal: Journal, stall_after: int) -> None:
    wire.reply(Reply(body=FOUND.body, sent=stall_after, stalls=True))

    with (
        asking(wire, journal, read_timeout=0.05, max_attempts=1) as client,
        pytest.raises(errors.TimedOutError, match=r"nothing arrived for 0\.05 s"),
    ):
        client.rows(BARS)


def test_client_says_why_nothing_answers(journal: Journal) -> None:
    with socket.socket() as bound_but_deaf:
        bound_but_deaf.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{bound_but_deaf.getsockname()[1]}/v2"
        with (
            Client(api_key=KEY, base_url=address, limiter=journal, wait=journal.wait) as client,
            pytest.raises(errors.UnreachableError, match="Connection refused"),
        ):
            client.rows(BARS)

    assert len(journal.asked) == len(journal.ended) == 5


def test_client_hides_the_key_a_broken_server_echoes_in_its_status_line(journal: Journal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/v2"
        with (
            Client(api_key=KEY, base_url=address, limiter=journal, max_attempts=1) as client,
            pytest.raises(errors.JQuantsError) as caught,
            answering_once(server, f"x-api-key: {KEY}\r\n\r\n".encode()),
        ):
            client.rows(BARS)

    assert "[API key]" in str(caught.value)
    assert caught.value.__suppress_context__


def test_client_gives_up_after_its_attempts_with_the_last_error(wire: Wire, journal: Journal) -> None:
    wire.reply(refusal(500, "first"), refusal(502, "second"), refusal(503, "third"))

    with asking(wire, journal, max_attempts=3) as client, pytest.raises(errors.ServerError) as caught:
        client.rows(BARS)

    assert (caught.value.status, caught.value.server_message) == (503, "third")
    assert len(wire.seen) == 3
    assert len(journal.waits) == 2


def test_client_counts_attempts_for_each_page(wire: Wire, journal: Journal) -> None:
    trouble = refusal(500, "no")
    wire.reply(trouble, rows({"n": 1}, pagination_key="a"), trouble, rows({"n": 2}))

    with asking(wire, journal, max_attempts=2) as client:
        assert client.rows(BARS) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    "final",
    [
        refusal(400, "This API requires at least 1 parameter as follows; 'date','code'."),
        refusal(401, "Unauthorized"),
        refusal(403, "This API is not available on your subscription."),
        refusal(403, "The api key is invalid or expired."),
        refusal(403, "Forbidden"),
        refusal(413, "Response data is too large."),
        Reply(body=b'{"data": null}'),
        Reply(302, headers={"Location": "/v3"}),
    ],
    ids=lambda reply: str(reply.status),
)
def test_client_asks_once_where_another_try_cannot_help(wire: Wire, journal: Journal, final: Reply) -> None:
    wire.reply(final)

    with asking(wire, journal) as client, pytest.raises(errors.JQuantsError):
        client.rows(BARS)

    assert len(wire.seen) == 1
    assert journal.waits == []


def test_client_backs_off_with_full_jitter_up_to_a_cap(wire: Wire, journal: Journal) -> None:
    wire.reply(refusal(500, "no"))
    with asking(wire, journal, max_attempts=12) as client, pytest.raises(errors.ServerError):
        client.rows(BARS)

    ceilings = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert len(journal.waits) == len(ceilings)
    assert all(0 <= waited <= ceiling for waited, ceiling in zip(journal.waits, ceilings, strict=True))
    assert len(set(journal.waits)) > 1


@pytest.mark.parametrize("status", [500, 503])
def test_client_obeys_retry_after_in_seconds(wire: Wire, journal: Journal, status: int) -> None:
    wire.reply(refusal(status, "busy", Retry_After="17"), FOUND)

    with asking(wire, journal) as client:
        client.rows(BARS)

    assert journal.waits == [17.0]


def test_client_reads_a_retry_after_date_by_the_servers_clock(wire: Wire, journal: Journal) -> None:
    theirs = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    later = format_datetime(theirs + timedelta(seconds=42), usegmt=True)
    wire.reply(refusal(503, "busy", Retry_After=later, Date=format_datetime(theirs, usegmt=True)), FOUND)

    with asking(wire, journal) as client:
        client.rows(BARS)

    assert journal.waits == [42.0]


def test_client_waits_for_no_date_that_has_passed(wire: Wire, journal: Journal) -> None:
    wire.reply(refusal(503, "busy", Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), FOUND)

    with asking(wire, journal) as client:
        client.rows(BARS)

    assert journal.waits == []


@pytest.mark.parametrize("odd", ["soon", "-5", "1e3", "", "Mon, 99 Foo 2031"])
def test_client_backs_off_as_usual_where_retry_after_says_nothing(
    wire: Wire, journal: Journal, odd: str
) -> None:
    wire.reply(refusal(503, "busy", Retry_After=odd), FOUND)

    with asking(wire, journal) as client:
        client.rows(BARS)

    assert 0.0 <= journal.waits[0] <= client_module.BACKOFF_BASE


def test_client_leaves_a_long_retry_after_to_a_later_job(wire: Wire, journal: Journal) -> None:
    wire.reply(refusal(503, "maintenance", Retry_After="7200"))

    with asking(wire, journal) as client, pytest.raises(errors.ServerError) as caught:
        client.rows(BARS)

    assert caught.value.retry_after == 7200.0
    assert journal.waits == []


def test_r28_client_pauses_everybody_after_429(wire: Wire, journal: Journal) -> None:
    wire.reply(refusal(429, "Too Many Requests", Retry_After="9"), refusal(429, "Too Many Requests"), FOUND)

    with asking(wire, journal) as client:
        assert client.rows(BARS) == [{"n": 1}]

    assert journal.pauses == [9.0, None]
    assert journal.waits == []  # the limiter's next answer is the wait


def test_r28_client_pauses_everybody_after_its_last_429_too(wire: Wire, journal: Journal) -> None:
    wire.reply(refusal(429, "Too Many Requests"))

    with asking(wire, journal, max_attempts=1) as client, pytest.raises(errors.RateLimitError):
        client.rows(BARS)

    assert journal.pauses == [None]


def test_r28_client_waits_for_the_limiter_before_it_sends(
    wire: Wire, journal: Journal, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("jquants"), "propagate", True)
    journal.reservations = [12.5, 0.5]

    with caplog.at_level(logging.INFO), asking(wire, journal) as client:
        client.rows(BARS)

    assert "Waiting 12.5 s for the rate limit" in caplog.messages
    assert journal.waits == [12.5, 0.5]
    assert journal.asked == [BARS] * 3
    assert journal.ended == [BARS]


def test_client_lets_a_wait_that_gives_up_pass(wire: Wire, journal: Journal) -> None:
    class CancelledError(Exception):
        """The job was cancelled."""

    def give_up(seconds: float) -> None:
        raise CancelledError

    wire.reply(refusal(500, "no"))
    with (
        Client(api_key=KEY, base_url=wire.base_url, limiter=journal, wait=give_up) as client,
        pytest.raises(CancelledError),
    ):
        client.rows(BARS)

    assert len(wire.seen) == 1


def test_client_logs_its_retries_without_the_key(
    wire: Wire, journal: Journal, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("jquants"), "propagate", True)
    wire.reply(refusal(500, f"trouble with {KEY}"), FOUND)

    with caplog.at_level(logging.DEBUG), asking(wire, journal) as client:
        client.rows(BARS)

    retried = [record for record in caplog.records if getattr(record, "action", "") == "jquants_retry"]
    assert len(retried) == 1
    assert "trouble with [API key]" in retried[0].getMessage()
    assert KEY not in caplog.text
