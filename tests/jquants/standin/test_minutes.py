"""GET /equities/bars/minute and the files of /equities/trades: they add up to the daily bars."""

import csv
import gzip
import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

import pytest

from jquants.standin.bulk import Shelf
from jquants.standin.endpoints import ENDPOINTS, Endpoint, Row
from jquants.standin.market import Market
from jquants.standin.market.ticks import nearest
from jquants.standin.plans import ADDONS, PLANS
from jquants.standin.questions import Question
from jquants.standin.sources import Generated
from tests.jquants.standin.conftest import EVENING, TOKYO, Standin

BARS, MINUTES, TRADES = "/equities/bars/daily", "/equities/bars/minute", "/equities/trades"
FIELDS = ["Date", "Time", "Code", "O", "H", "L", "C", "Vo", "Va"]


@pytest.fixture(scope="module")
def session(made_up_market: Market) -> int:
    return made_up_market.sessions.number(date(2026, 11, 20))


def test_minutes_add_up_to_the_day(standin: Standin) -> None:
    asked = standin()
    for code in ("72030", "13060", "25935"):
        bars = {row["Date"]: row for row in asked.rows(BARS, code=code, from_="20261109")}
        rows = asked.rows(MINUTES, code=code, from_="20261109")
        assert {row["Date"] for row in rows} == {day for day, row in bars.items() if row["Vo"]}
        for day, group in groupby(rows, key=lambda row: row["Date"]):
            minutes = list(group)
            assert all(list(row) == FIELDS for row in minutes)
            assert minutes[0]["O"] == bars[day]["O"]
            assert max(row["H"] for row in minutes) == bars[day]["H"]
            assert min(row["L"] for row in minutes) == bars[day]["L"]
            assert minutes[-1]["C"] == bars[day]["C"]
            assert sum(row["Vo"] for row in minutes) == bars[day]["Vo"]
            assert sum(row["Va"] for row in minutes) == bars[day]["Va"]


def test_halves_are_those_of_premium_bars(standin: Standin) -> None:
    asked = standin(plan="premium")
    query = {"code": "72030", "date": "20261120"}
    (bar,) = asked.rows(BARS, **query)
    morning = [row for row in asked.rows(MINUTES, **query) if row["Time"] < "12:00"]
    assert (morning[0]["O"], morning[-1]["C"]) == (bar["MO"], bar["MC"])
    assert (sum(row["Vo"] for row in morning), sum(row["Va"] for row in morning)) == (bar["MVo"], bar["MVa"])


def test_minutes_are_in_order_and_inside_the_hours(standin: Standin) -> None:
    times = [row["Time"] for row in standin().rows(MINUTES, code="7203", date="20261120")]
    assert times == sorted(set(times))
    assert (times[0], times[-1]) == ("09:00", "15:30")
    assert not [time for time in times if "11:30" < time < "12:30" or "15:25" <= time < "15:30"]


def test_before_november_2024_the_day_ended_at_three(standin: Standin) -> None:
    asked = standin(at=datetime(2024, 11, 1, 18, tzinfo=TOKYO))
    assert asked.rows(MINUTES, code="7203", date="20241101")[-1]["Time"] == "15:00"


def test_every_issue_adds_up_trade_by_trade(made_up_market: Market, session: int) -> None:
    market = made_up_market
    day = market.sessions.ordinals[session]
    for issue in market.listed(market.sessions.days[session])[::5]:
        trades = list(market.trades.of(issue, session))
        quote = market.prices.quote(issue, session)
        if quote is None:
            assert trades == []
            continue
        prices = [trade.price for trade in trades]
        assert (prices[0], max(prices), min(prices), prices[-1]) == quote[:4]
        assert sum(trade.lots for trade in trades) * issue.lot == quote.volume
        assert round(sum(trade.lots * trade.price for trade in trades) * issue.lot) == quote.value
        assert all(price == nearest(price, issue.ticks(day)) for price in prices)
        assert all(trade.lots > 0 for trade in trades)
        assert [trade.at for trade in trades] == sorted(trade.at for trade in trades)


def test_a_market_day_comes_page_by_page(standin: Standin) -> None:
    asked = standin()
    first = asked.get(MINUTES, date="20261120").json()
    second = asked.get(MINUTES, date="20261120", pagination_key=first["pagination_key"]).json()
    assert len(first["data"]) == len(second["data"]) == 3_000
    assert first["data"][-1] != second["data"][0]
    places = [(row["Code"], row["Time"]) for row in first["data"] + second["data"]]
    assert places == sorted(places)
    assert asked.get(MINUTES, date="20261120", pagination_key=first["pagination_key"]).json() == second


class OfToyota(Generated):
    """Has the rows of one issue only: files of all of them take long to make."""

    def rows(self, endpoint: Endpoint, question: Question) -> Iterable[Row]:
        return super().rows(endpoint, replace(question, code="72030"))


def test_ticks_come_as_files_and_add_up_to_minutes(standin: Standin, made_up_market: Market) -> None:
    asked = standin()
    assert asked.get(TRADES, date="20261120").status_code == 403
    key = asked.get("/bulk/list", endpoint=TRADES).json()["data"][-1]["Key"]
    assert key == "equities/trades/live/equities_trades_20261120.csv.gz"
    url = asked.get("/bulk/get", key=key).json()["url"]
    assert "/equities/trades/live/equities_trades_20261120.csv.gz?" in url
    shelf = Shelf(OfToyota(made_up_market), replace(PLANS["standard"], addons=ADDONS), EVENING)
    text = gzip.decompress(shelf.content(shelf.files(ENDPOINTS[TRADES])[-1])).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    columns = ["Date", "Code", "Time", "SessionDistinction", "Price", "TradingVolume", "TransactionId"]
    assert list(rows[0]) == columns
    assert {row["SessionDistinction"] for row in rows if row["Time"] < "12"} == {"01"}
    assert {row["SessionDistinction"] for row in rows if row["Time"] > "12"} == {"02"}
    minutes = {row["Time"]: row for row in asked.rows(MINUTES, code="7203", date="20261120")}
    for minute, group in groupby(rows, key=lambda row: row["Time"][:5]):
        trades = [(float(row["Price"]), int(row["TradingVolume"])) for row in group]
        bar = minutes.pop(minute)
        assert (trades[0][0], trades[-1][0]) == (bar["O"], bar["C"])
        assert sum(volume for _, volume in trades) == bar["Vo"]
        assert round(sum(price * volume for price, volume in trades)) == bar["Va"]
    assert minutes == {}


def test_two_years_are_offered_whatever_the_plan(standin: Standin) -> None:
    for plan in ("light", "standard", "premium"):
        asked = standin(plan=plan)
        assert asked.get(MINUTES, code="7203", date="20241120").status_code == 200
        status, message = asked.refusal(MINUTES, code="7203", date="20241119")
        assert (status, "2024-11-20 ~ ." in message) == (400, True)


def test_the_addon_must_be_subscribed_to(standin: Standin) -> None:
    for asked in (standin(addons=["tdnet"]), standin(plan="free")):
        assert asked.refusal(MINUTES, code="7203")[0] == 403
        assert asked.refusal("/bulk/list", endpoint=TRADES)[0] == 403


def test_minutes_are_counted_apart(standin: Standin) -> None:
    asked = standin(plan="light", per_minute=None, clock=lambda: 0.0)
    minutes = [asked.get(MINUTES, code="7203", date="20261120").status_code for _ in range(61)]
    assert minutes == [200] * 60 + [429]
    assert asked.get("/markets/calendar").status_code == 200
