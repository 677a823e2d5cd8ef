"""Bars and trades within a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from jquants.datasets.dataset import Column, Dataset, Partition, Related, Row
from jquants.datasets.fields import Choice, Clock, Code, Day, Flag, Text
from jquants.datasets.numbers import Number, WholeNumber
from jquants.datasets.plans import PAID_PLANS, PREMIUM
from jquants.models import MinuteBar, MorningQuote, Session, SessionQuote, Tick, TickSession

PRICE = Number(nullable=True)
SHARES = WholeNumber(nullable=True)
LETTERS = {Session.MORNING.value: "M", Session.AFTERNOON.value: "A"}
VALUES = ("O", "H", "L", "C", "UL", "LL", "Vo", "Va")
ADJUSTED = ("AdjO", "AdjH", "AdjL", "AdjC", "AdjVo")


def _bars(row: Row) -> Iterator[Row]:
    """Yield the bars of the two sessions that a day's bar holds, their keys without the session's letter."""
    for session, letter in LETTERS.items():
        bar = {key: row[letter + key] for key in VALUES if letter + key in row}
        yield {"Code": row["Code"], "Date": row["Date"], "Session": session} | bar


# On plan premium, of https://jpx-jquants.com/en/spec/eq-bars-daily
SESSION_QUOTES = Related(
    slug="session_quotes",
    label=_("Session quotes"),
    path="/equities/bars/daily",
    model=SessionQuote,
    columns=(
        Column("Code", "code", Code()),
        Column("Date", "date", Day()),
        Column("Session", "session", Choice(choices=frozenset(Session.values))),
        Column("O", "open", PRICE),
        Column("H", "high", PRICE),
        Column("L", "low", PRICE),
        Column("C", "close", PRICE),
        Column("UL", "upper_limit", Flag(nullable=True)),
        Column("LL", "lower_limit", Flag(nullable=True)),
        Column("Vo", "volume", SHARES),
        Column("Va", "turnover_value", PRICE),
    ),
    natural_key=("code", "date", "session"),
    shown=(
        "session",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "turnover_value",
    ),
    parent="date",
    optional=True,
    extract=_bars,
    keys=frozenset(letter + key for letter in LETTERS.values() for key in VALUES),
)
COMPUTED = frozenset(letter + key for letter in LETTERS.values() for key in ADJUSTED)

# https://jpx-jquants.com/en/spec/eq-bars-daily-am; readable from noon to the next morning.
MORNING_QUOTES = Dataset(
    slug="morning_quotes",
    label=_("Morning quotes"),
    description=_("Fetches the prices of the morning session, at noon and of that day only."),
    schedule="@trading 12:05",
    path="/equities/bars/daily/am",
    model=MorningQuote,
    columns=(
        Column("Code", "code", Code()),
        Column("Date", "date", Day()),
        Column("MO", "open", PRICE),
        Column("MH", "high", PRICE),
        Column("ML", "low", PRICE),
        Column("MC", "close", PRICE),
        Column("MVo", "volume", SHARES),
        Column("MVa", "turnover_value", PRICE),
    ),
    natural_key=("code", "date"),
    partition=Partition.DAY,
    plans=PREMIUM,
    day_parameter="",
    published_after=timedelta(hours=12),
    may_be_empty=True,
)

# https://jpx-jquants.com/en/spec/eq-bars-minute; minutes without trades have no row.
MINUTE_BARS = Dataset(
    slug="minute_bars",
    label=_("Minute bars"),
    description=_("Fetches the prices of each minute, for the trading days that are not stored yet."),
    schedule="@trading 16:50",
    path="/equities/bars/minute",
    model=MinuteBar,
    columns=(
        Column("Code", "code", Code()),
        Column("Date", "date", Day()),
        Column("Time", "time", Clock()),
        Column("O", "open", PRICE),
        Column("H", "high", PRICE),
        Column("L", "low", PRICE),
        Column("C", "close", PRICE),
        Column("Vo", "volume", SHARES),
        Column("Va", "turnover_value", PRICE),
    ),
    natural_key=("code", "date", "time"),
    partition=Partition.DAY,
    plans=PAID_PLANS,
    add_on="minute",
    published_after=timedelta(hours=16, minutes=30),
    may_be_empty=True,
)

# https://jpx-jquants.com/en/spec/eq-trades; CSV files only, so numbers come as text.
TICKS = Dataset(
    slug="ticks",
    label=_("Ticks"),
    description=_("Reads every trade from the day's file, for the trading days that are not stored yet."),
    schedule="@trading 17:00",
    is_bulk_only=True,
    path="/equities/trades",
    model=Tick,
    columns=(
        Column("Code", "code", Code()),
        Column("Date", "date", Day()),
        Column("Time", "time", Clock()),
        Column("SessionDistinction", "session", Choice(choices=frozenset(TickSession.values))),
        Column("Price", "price", Number(written=True)),
        Column("TradingVolume", "volume", WholeNumber(written=True)),
        Column("TransactionId", "transaction_id", Text(max_length=20)),
    ),
    natural_key=("code", "date", "transaction_id"),
    partition=Partition.DAY,
    plans=PAID_PLANS,
    add_on="minute",
    published_after=timedelta(hours=16, minutes=30),
    may_be_empty=True,
)
