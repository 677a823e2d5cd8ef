"""CSV files against the real stand-in and a scripted wire: the same rows as the API, or nothing."""

import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jquants import bulk
from jquants.client import Client
from jquants.datasets import DAILY_QUOTES, LISTED_COMPANIES, TRADING_CALENDAR
from jquants.datasets.errors import DataError, WrongHeaderError, WrongLineError
from jquants.datasets.table import decode
from jquants.errors import MalformedError, UnreadableError
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from tests.jquants.fakes import NOW
from tests.jquants.wire import Reply, Wire, answer, refusal

HEADER = "Date,Code,O,H,L,C,UL,LL,Vo,Va,AdjFactor"
LINE = "2026-11-20,72030,2047.0,2069.0,2035.0,2045.5,0,0,2202500.0,4507051850.0,1.0"
FILE = bulk.File("equities/bars/daily/live/x_20261120.csv.gz", NOW, 1, date(2026, 11, 20), date(2026, 11, 20))


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        StandinServer(plan="standard", now=lambda: NOW) as server,
        Client(api_key="standin", base_url=server.base_url, limiter=MemoryRateLimiter("premium")) as client,
    ):
        yield client


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


def csv_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "file.csv.gz"
    path.write_bytes(gzip.compress(text.encode() if isinstance(text, str) else text))
    return path


def days(path: Path, dataset: Any = DAILY_QUOTES) -> dict[date | None, Any]:
    return {day: decode(dataset, rows, day=day) for day, rows in bulk.read(dataset, path)}


def test_listed_files_are_months_and_then_days(client: Client) -> None:
    files = bulk.listed(client, DAILY_QUOTES, date(2026, 10, 15), date(2026, 11, 20))

    assert (files[0].first, files[0].last) == (date(2026, 10, 1), date(2026, 10, 31))
    assert files[-1].first == files[-1].last == date(2026, 11, 20)
    wanted = [date(2026, 10, 30), date(2026, 11, 2)]
    assert [(file.days, found) for file, found in bulk.chosen(files, wanted).items()] == [
        (31, wanted[:1]),
        (1, wanted[1:]),
    ]


@pytest.mark.parametrize("dataset", [DAILY_QUOTES, LISTED_COMPANIES], ids=lambda dataset: dataset.slug)
def test_file_has_the_rows_of_the_api(client: Client, dataset: Any) -> None:
    day = date(2026, 11, 19)
    [file] = bulk.chosen(bulk.listed(client, dataset, day, day), [day])
    with bulk.downloaded(client, file) as path:
        table = days(path, dataset)[day]

    api = decode(dataset, client.rows(dataset.path, date=day.isoformat()), day=day)
    absent = set(dataset.positions(table.absent))
    kept = [i for i in range(len(dataset.names)) if i not in absent]
    assert len(table) > 4000
    assert [[row[i] for i in kept] for row in table.rows] == [[row[i] for i in kept] for row in api.rows]
    assert table.checksum() == api.checksum(without=table.absent)


def test_whole_data_set_is_one_file(client: Client) -> None:
    [file] = bulk.listed(client, TRADING_CALENDAR)
    with bulk.downloaded(client, file) as path:
        table = days(path, TRADING_CALENDAR)[None]

    assert table.rows == decode(TRADING_CALENDAR, client.rows(TRADING_CALENDAR.path)).rows


@pytest.mark.parametrize("most_in_memory", [bulk.MOST_IN_MEMORY, 0], ids=["small", "large"])
def test_days_of_a_file_are_partitions_in_any_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_in_memory: int
) -> None:
    monkeypatch.setattr(bulk, "MOST_IN_MEMORY", most_in_memory)
    monkeypatch.setattr(bulk, "LINES_A_PIECE", 2)
    other = LINE.replace("2026-11-20", "2026-11-19")
    path = csv_file(tmp_path, f"\ufeff{HEADER}\n{LINE}\n{other}\n{LINE.replace('72030', '99840')}\n")

    assert {day: len(table) for day, table in days(path).items()} == {
        date(2026, 11, 19): 1,
        date(2026, 11, 20): 2,
    }
    assert not list(tmp_path.glob("days/*"))


def test_empty_cells_are_null_where_null_fits(tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"{HEADER}\n2026-11-20,72030,,,,,0,0,,,1.0\n")

    [table] = days(path).values()
    assert table.rows[0][2:] == (None, None, None, None, False, False, None, None, 1.0, None, None)
    assert table.absent == {"market_cap", "ex_rights"}


@pytest.mark.parametrize(
    ("text", "error", "found"),
    [
        ("", WrongHeaderError, "lacks AdjFactor, C, Code"),
        (f"{HEADER},O\n{LINE},1\n", WrongHeaderError, "twice: O"),
        (HEADER.replace(",Vo", "") + "\n", WrongHeaderError, "lacks Vo"),
        (f"{HEADER}\n{LINE}\n{LINE[:-4]}\n", WrongLineError, "line 3 of the file has 10 cells, not 11"),
        (f"{HEADER}\n" + LINE.replace("2045.5", "1_0"), DataError, '72030/2026-11-20: C is "1_0"'),
        (f"{HEADER}\n" + LINE.replace("2045.5", "nan"), DataError, 'C is "nan", not a number'),
        (f"{HEADER}\n" + LINE[:-3], DataError, 'AdjFactor is "", not a number above 0'),
        (f"{HEADER}\n" + LINE.replace("2026-11-20", "20-11"), MalformedError, "a day that is none: 20-11"),
        (f"{HEADER}\n" + LINE + '\n"', MalformedError, "no CSV"),
        (b"\xff\xfe", MalformedError, "not UTF-8"),
    ],
)
def test_file_that_is_not_as_promised_is_named(
    tmp_path: Path, text: str | bytes, error: type[Exception], found: str
) -> None:
    with pytest.raises(error) as caught:
        days(csv_file(tmp_path, text))

    assert found in str(caught.value)


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
    wire.reply(*[address, body] * bulk.TRIES)

    with (
        asking(wire) as client,
        pytest.raises(UnreadableError) as caught,
        bulk.downloaded(client, FILE),
    ):
        raise AssertionError("a damaged file was handed over")

    assert "s3cret" not in str(caught.value)
    assert "secret-key" not in str(caught.value)


def test_answer_without_an_address_is_malformed(wire: Wire) -> None:
    wire.reply(answer({"url": ""}))
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


def test_refusal_of_the_list_is_the_plans(wire: Wire) -> None:
    wire.reply(refusal(403, "This API is not available on your subscription."))
    with asking(wire) as client, pytest.raises(Exception, match="plan"):
        bulk.listed(client, DAILY_QUOTES)
