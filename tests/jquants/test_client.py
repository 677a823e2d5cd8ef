"""The client against a real server: what it sends, what it reads, how it pages."""

import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from jquants import errors
from jquants.answers import Page
from jquants.client import Client
from jquants.ratelimit import MemoryRateLimiter
from moo_markets import __version__
from tests.jquants.wire import Reply, Wire, answer, gzipped, refusal, rows

KEY = "made-up-key-0123456789"
BARS = "/equities/bars/daily"


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture
def client(wire: Wire) -> Iterator[Client]:
    with Client(
        api_key=KEY, base_url=wire.base_url, limiter=MemoryRateLimiter("premium"), max_attempts=1
    ) as client:
        yield client


def test_client_sends_key_name_and_parameters(wire: Wire, client: Client) -> None:
    client.rows(BARS, **{"code": "130A0", "from": "2024-01-04"})

    seen = wire.seen[0]
    assert seen.path == "/v2/equities/bars/daily"
    assert seen.params == {"code": "130A0", "from": "2024-01-04"}
    assert seen.headers["x-api-key"] == KEY
    assert seen.headers["user-agent"] == f"moo-markets/{__version__}"
    assert seen.headers["accept-encoding"] == "gzip"


def test_client_sends_no_login_of_netrc(
    wire: Wire, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))

    client.rows(BARS)

    assert "authorization" not in wire.seen[0].headers


def test_client_asks_through_the_proxy_of_the_environment(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", wire.base_url)
    limiter = MemoryRateLimiter("premium")
    with Client(api_key="key", base_url="http://jquants.invalid/v2", limiter=limiter) as client:
        client.rows(BARS)

    assert [seen.headers["host"] for seen in wire.seen] == ["jquants.invalid"]


def test_client_reads_rows_as_they_are(wire: Wire, client: Client) -> None:
    row = {"Code": "130A0", "CoName": "ＮＴＴ　", "C": 2047.5, "Vo": None, "UL": "0"}
    wire.reply(rows(row))

    assert client.rows(BARS) == [row]


def test_client_reads_gzip(wire: Wire, client: Client) -> None:
    wire.reply(gzipped({"data": [{"Code": "72030"}]}))

    assert client.rows(BARS) == [{"Code": "72030"}]


@pytest.mark.parametrize(
    "nothing", [rows(), Reply(210), answer({"message": "no content"}, status=210)], ids=str
)
def test_client_reads_no_rows_where_there_are_none(wire: Wire, client: Client, nothing: Reply) -> None:
    wire.reply(nothing)

    assert client.rows(BARS) == []


def test_client_follows_pages_with_the_same_question(wire: Wire, client: Client) -> None:
    wire.reply(rows({"n": 1}, pagination_key="a.1."), rows({"n": 2}, pagination_key="b/+&="), rows({"n": 3}))

    assert client.rows(BARS, date="2024-01-04") == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert [seen.params for seen in wire.seen] == [
        {"date": "2024-01-04"},
        {"date": "2024-01-04", "pagination_key": "a.1."},
        {"date": "2024-01-04", "pagination_key": "b/+&="},
    ]


def test_client_starts_anew_once_where_a_later_page_is_refused(wire: Wire, client: Client) -> None:
    first, second = rows({"n": 1}, pagination_key="a"), rows({"n": 2})
    ended = refusal(400, "The pagination_key is invalid.")
    wire.reply(first, ended, first, second, first, ended, first, ended)

    assert client.rows(BARS) == [{"n": 1}, {"n": 2}]
    with pytest.raises(errors.ParameterError):
        client.rows(BARS)
    wire.reply(ended)
    with pytest.raises(errors.ParameterError):
        client.rows(BARS)


def test_client_takes_no_content_on_a_later_page_for_no_end(wire: Wire, client: Client) -> None:
    wire.reply(rows({"n": 1}, pagination_key="a"), Reply(210), rows({"n": 2}))

    with pytest.raises(errors.UnreadableError) as caught:
        client.rows(BARS)

    assert caught.value.retryable


@pytest.mark.parametrize("last", ["", None])
def test_client_stops_at_an_empty_page_key(wire: Wire, client: Client, last: str | None) -> None:
    wire.reply(rows({"n": 1}, pagination_key=last))

    assert client.rows(BARS) == [{"n": 1}]
    assert len(wire.seen) == 1


def test_client_asks_for_a_page_only_when_it_is_wanted(wire: Wire, client: Client) -> None:
    wire.reply(rows({"n": 1}, pagination_key="a"), rows({"n": 2}))

    assert next(client.pages(BARS)).rows == [{"n": 1}]
    assert len(wire.seen) == 1


def test_client_hands_over_the_cursor_of_the_last_page(wire: Wire, client: Client) -> None:
    wire.reply(rows({"n": 1}, pagination_key="a"), rows({"n": 2}, cursor="eyJ9"))

    assert list(client.pages("/fins/summary")) == [Page([{"n": 1}], "a"), Page([{"n": 2}], "", "eyJ9")]


@pytest.mark.parametrize("keys", [["a", "a"], ["a", "b", "c", "a"]])
def test_client_refuses_a_page_key_that_came_before(wire: Wire, client: Client, keys: list[str]) -> None:
    wire.reply(*(rows({"n": n}, pagination_key=key) for n, key in enumerate(keys)))

    with pytest.raises(errors.PagingLoopError, match="again and again"):
        client.rows(BARS)
    assert len(wire.seen) == len(keys)


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ([], "the body is a list, not an object"),
        (None, "the body is null, not an object"),
        (7, "the body is a number, not an object"),
        ({"message": "odd"}, 'the object has no "data": {"message": "odd"}'),
        ({"data": None}, '"data" is null, not a list'),
        ({"data": {}}, '"data" is an object, not a list'),
        ({"data": "x"}, '"data" is a string, not a list'),
        ({"data": [{}, 7]}, 'row 1 of "data" is a number, not an object'),
        ({"data": [[]]}, 'row 0 of "data" is a list, not an object'),
        ({"data": [], "pagination_key": 7}, '"pagination_key" is a number, not a string'),
        ({"data": [], "cursor": {}}, '"cursor" is an object, not a string'),
        ({"data": [], "cursor": False}, '"cursor" is a boolean, not a string'),
    ],
)
def test_client_says_what_is_wrong_with_an_answer(
    wire: Wire, client: Client, payload: object, found: str
) -> None:
    wire.reply(answer(payload))

    with pytest.raises(errors.MalformedError) as caught:
        client.rows(BARS)

    assert type(caught.value) is errors.MalformedError
    assert caught.value.detail.startswith(found)
    assert (caught.value.path, caught.value.status) == (BARS, 200)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"<!DOCTYPE html><title>Sorry</title>"),
        Reply(body=b""),
        Reply(body=b'{"data": [{"Code": "72'),
        Reply(body=b'{"data": [{"C": NaN}]}'),
        Reply(body=b"\xff\xfe\xfa{"),
        Reply(body=b"[" * 100_000),
        Reply(body=b'{"data": []}', headers={"Content-Encoding": "gzip"}),
        gzipped({"data": [{"Code": "72030"}]}, length=30),
        Reply(body=b'{"data": [{"Code": "72030"}]}', sent=12),
    ],
    ids=["html", "empty", "truncated", "nan", "bytes", "deep", "not-gzip", "cut-gzip", "cut"],
)
def test_client_refuses_a_body_it_cannot_read(wire: Wire, client: Client, reply: Reply) -> None:
    wire.reply(reply)

    with pytest.raises(errors.UnreadableError):
        client.rows(BARS)


def test_client_quotes_the_beginning_of_a_bad_body_only(wire: Wire, client: Client) -> None:
    wire.reply(Reply(body=b"<html>" + b"x" * 5000))

    with pytest.raises(errors.UnreadableError) as caught:
        client.rows(BARS)

    quoted = caught.value.detail.removeprefix("the body is not JSON: ")
    assert quoted.startswith("<html>xxx")
    assert len(quoted) == 200


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_client_takes_the_key_to_no_other_address(wire: Wire, client: Client, status: int) -> None:
    with Wire() as elsewhere:
        wire.reply(Reply(status, headers={"Location": elsewhere.base_url}))

        with pytest.raises(errors.MalformedError, match=f"moved to {elsewhere.base_url}"):
            client.rows(BARS)

        assert elsewhere.seen == []


def test_client_survives_a_redirect_to_nonsense(wire: Wire, client: Client) -> None:
    wire.reply(Reply(302, headers={"Location": "http://["}))

    with pytest.raises(errors.MalformedError):
        client.rows(BARS)


@pytest.mark.parametrize(
    "reply",
    [
        answer({"message": f"the key {KEY} is invalid or expired"}, status=403),
        Reply(502, f"<html>{'.' * 190}{KEY}</html>".encode()),
        Reply(302, headers={"Location": f"https://elsewhere.example/?key={KEY}"}),
        answer({"data": None, "key": KEY}),
        Reply(body=f"x-api-key: {KEY}".encode()),
        rows(pagination_key=KEY),
    ],
    ids=["message", "at the cut", "redirect", "malformed", "unreadable", "page key"],
)
def test_client_shows_the_key_in_no_error(wire: Wire, client: Client, reply: Reply) -> None:
    wire.reply(reply)

    with pytest.raises(errors.JQuantsError) as caught:
        client.rows(BARS)

    traces = "".join(traceback.format_exception(caught.value))
    shown = f"{caught.value!s} {caught.value!r} {caught.value.params} {traces}"
    assert KEY[:8] not in shown


def test_client_shows_no_key_in_its_repr(client: Client) -> None:
    assert KEY not in repr(client)
    assert "127.0.0.1" in repr(client)


@pytest.mark.parametrize("key", ["", "secret ", "secret\n", "sécret", "sec ret"])
def test_client_refuses_a_key_no_header_can_carry(key: str) -> None:
    with pytest.raises(errors.ApiKeyError, match="empty" if not key else "no key has") as caught:
        Client(api_key=key, limiter=MemoryRateLimiter("free"))

    assert "sec" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "api.jquants.com/v2", "ftp://api.jquants.com", "https://", "http://a:b@c/v2"]
)
def test_client_refuses_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        Client(api_key=KEY, base_url=url, limiter=MemoryRateLimiter("free"))
