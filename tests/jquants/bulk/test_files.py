"""The list of CSV files and their download, against the real stand-in and a scripted wire."""

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from jquants import bulk
from jquants.bulk.files import TRIES
from jquants.client import Client
from jquants.datasets import DAILY_QUOTES
from jquants.errors import JQuantsError, MalformedError, UnreadableError
from jquants.ratelimit import MemoryRateLimiter
from tests.jquants.bulk.written import HEADER, LINE, days
from tests.jquants.fakes import NOW
from tests.jquants.wire import Reply, Wire, answer, refusal

FILE = bulk.File("equities/bars/daily/live/x_20261120.csv.gz", NOW, 1, date(2026, 11, 20), date(2026, 11, 20))


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


def asking(wire: Wire) -> Client:
    return Client(
        api_key="secret-key",
        base_url=wire.base_url,
        limiter=MemoryRateLimiter("premium"),
        wait=lambda seconds: None,
        max_attempts=1,
    )


def test_listed_files_are_months_and_then_days(client: Client) -> None:
    files = bulk.listed(client, DAILY_QUOTES, date(2026, 10, 15), date(2026, 11, 20))

    assert (files[0].first, files[0].last) == (date(2026, 10, 1), date(2026, 10, 31))
    assert files[-1].first == files[-1].last == date(2026, 11, 20)
    wanted = [date(2026, 10, 30), date(2026, 11, 2)]
    assert [(file.days, found) for file, found in bulk.chosen(files, wanted).items()] == [
        (31, wanted[:1]),
        (1, wanted[1:]),
    ]


def test_address_is_opened_without_the_key_and_asked_for_again_when_the_file_is_damaged(wire: Wire) -> None:
    whole = gzip.compress(f"{HEADER}\n{LINE}\n".encode())
    address = answer({"url": wire.base_url.replace("/v2", "/_files/x?signature=s3cret")})
    wire.reply(address, Reply(body=whole[:-9]), address, Reply(body=whole))

    with asking(wire) as client, bulk.downloaded(client, FILE) as path:
        assert days(path)
        folder = path.parent

    assert [seen.path for seen in wire.seen] == ["/v2/bulk/get", "/_files/x"] * 2
    assert ["x-api-key" in seen.headers for seen in wire.seen] == [True, False] * 2
    assert not folder.exists()


@pytest.mark.parametrize(
    "body",
    [
        Reply(body=b"no gzip at all"),
        Reply(body=gzip.compress(b"x" * 99)[:-4]),
        Reply(body=gzip.compress(b"x" * 99), sent=20),
        Reply(403, b"<Error><Code>AccessDenied</Code></Error>"),
    ],
    ids=["no gzip", "cut within", "connection lost", "address used up"],
)
def test_damaged_file_is_given_up_after_some_tries_and_the_address_stays_secret(
    wire: Wire, body: Reply
) -> None:
    address = answer({"url": wire.base_url.replace("/v2", "/_files/x?signature=s3cret")})
    wire.reply(*[address, body] * TRIES)

    with (
        asking(wire) as client,
        pytest.raises(UnreadableError) as caught,
        bulk.downloaded(client, FILE),
    ):
        raise AssertionError("a damaged file was handed over")

    assert "s3cret" not in str(caught.value)
    assert "secret-key" not in str(caught.value)


SIGNED = "https://files.example/x.csv.gz?X-Amz-Expires=300&X-Amz-Signature=s3cret"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b'{"url": "' + SIGNED.encode()),
        Reply(body=b'{"url": "' + SIGNED.replace("/", "\\/").replace("&", "\\u0026").encode()),
        answer([SIGNED]),
        refusal(400, f"no such file: {SIGNED}"),
        Reply(302, headers={"Location": SIGNED}),
    ],
    ids=["cut", "cut and escaped", "a list", "a refusal", "moved"],
)
def test_an_answer_that_is_no_address_does_not_tell_what_signs_one(wire: Wire, reply: Reply) -> None:
    wire.reply(reply)
    with (
        asking(wire) as client,
        pytest.raises(JQuantsError) as caught,
        bulk.downloaded(client, FILE),
    ):
        pass

    assert "files.example" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_an_address_that_leads_nowhere_does_not_tell_what_signs_it(wire: Wire) -> None:
    address = answer({"url": wire.base_url.replace("/v2", "/_files/x?signature=s3cret")})
    wire.reply(address, Reply(302, headers={"Location": SIGNED.replace("https", "gopher")}))
    with (
        asking(wire) as client,
        pytest.raises(JQuantsError) as caught,
        bulk.downloaded(client, FILE),
    ):
        pass

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "http://[", "ftp://files.example/x", 7, None])
def test_answer_without_an_address_is_malformed(wire: Wire, url: object) -> None:
    wire.reply(answer({"url": url}))
    with (
        asking(wire) as client,
        pytest.raises(MalformedError, match='no "url"'),
        bulk.downloaded(client, FILE),
    ):
        pass


def test_odd_names_in_the_list_are_left_out(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    odd = {"Key": "equities/readme.txt", "LastModified": "2026-11-20T07:30:00.000Z", "Size": 1}
    wire.reply(answer({"data": [odd, odd | {"Key": "x_202611.csv.gz"}, {"Key": "x_202613.csv.gz"}]}))

    with asking(wire) as client:
        assert [file.key for file in bulk.listed(client, DAILY_QUOTES)] == ["x_202611.csv.gz"]
    assert "not understood" in caplog.text


@pytest.mark.parametrize("zone", ["Z", "", "+00:00"])
def test_files_are_dated_in_utc_where_no_zone_is_named(wire: Wire, zone: str) -> None:
    file = {"Key": "x_202611.csv.gz", "LastModified": f"2026-11-20T07:30:00{zone}", "Size": 1}
    wire.reply(answer({"data": [file]}))

    with asking(wire) as client:
        [found] = bulk.listed(client, DAILY_QUOTES)

    assert found.modified_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


def test_refusal_of_the_list_is_the_plans(wire: Wire) -> None:
    wire.reply(refusal(403, "This API is not available on your subscription."))
    with asking(wire) as client, pytest.raises(Exception, match="plan"):
        bulk.listed(client, DAILY_QUOTES)
