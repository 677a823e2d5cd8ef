"""What is accepted as a trading-day schedule, how it is saved, refused and put into words (R10)."""

import pytest

from scheduler.schedules import InvalidSchedule, Schedule, parse
from tests.xtks import Exchange

ZONE = "Asia/Tokyo"
EXCHANGE = Exchange()


def trading(text: str) -> Schedule:
    return parse(text, timezone=ZONE, calendar=current)


def current() -> Exchange:
    return EXCHANGE


@pytest.mark.parametrize(
    ("written", "saved"),
    [
        ("@trading 16:45", "@trading 16:45"),
        ("@trading 9:05", "@trading 9:05"),
        ("@trading 09:05", "@trading 9:05"),
        ("@trading 0:00", "@trading 0:00"),
        ("@trading 47:59", "@trading 47:59"),
        ("  @Trading\t16:45 ", "@trading 16:45"),
        ("＠ｔｒａｄｉｎｇ　１６：４５", "@trading 16:45"),
        ("@trading-week 4 18:00", "@trading-week 4 18:00"),
        ("@TRADING-WEEK 05 18:00", "@trading-week 5 18:00"),
        ("@trading-month 23 24:30", "@trading-month 23 24:30"),
        ("@trading-month -23 24:30", "@trading-month -23 24:30"),
        ("＠ｔｒａｄｉｎｇ－ｍｏｎｔｈ　－１　１８：００", "@trading-month -1 18:00"),
        ("@trading−month −1 18:00", "@trading-month -1 18:00"),  # the minus sign of Japanese keyboards
    ],
)
def test_r10_text_is_saved_in_one_spelling(written: str, saved: str) -> None:
    schedule = trading(written)

    assert schedule.text == saved
    assert trading(saved).text == saved


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("@trading", "trading_form", "@trading"),
        ("@trading 9:00 16:45", "trading_form", "@trading 9:00 16:45"),
        ("@trading 16 45", "trading_form", "@trading 16 45"),
        ("@trading-day 16:45", "trading_form", "@trading-day 16:45"),
        ("@trading16:45", "trading_form", "@trading16:45"),
        ("@trading-week 18:00", "trading_form", "@trading-week 18:00"),
        ("@trading-month 1 2 18:00", "trading_form", "@trading-month 1 2 18:00"),
        ("@trading 48:00", "trading_time", "48:00"),
        ("@trading 16:60", "trading_time", "16:60"),
        ("@trading 16:5", "trading_time", "16:5"),
        ("@trading 1645", "trading_time", "1645"),
        ("@trading 9:00,16:45", "trading_time", "9:00,16:45"),
        ("@trading -1:00", "trading_time", "-1:00"),
        ("@trading-week 0 18:00", "trading_nth_of_week", "0"),
        ("@trading-week 6 18:00", "trading_nth_of_week", "6"),
        ("@trading-week -1 18:00", "trading_nth_of_week", "-1"),
        ("@trading-week fri 18:00", "trading_nth_of_week", "fri"),
        ("@trading-month 0 18:00", "trading_nth_of_month", "0"),
        ("@trading-month 24 18:00", "trading_nth_of_month", "24"),
        ("@trading-month -24 18:00", "trading_nth_of_month", "-24"),
        ("@trading-month --1 18:00", "trading_nth_of_month", "--1"),
        ("@trading-month 1,2 18:00", "trading_nth_of_month", "1,2"),
        (f"@trading-month {'9' * 100} 18:00", "trading_nth_of_month", "9" * 100),
    ],
)
def test_r10_refusal_has_the_reason_and_the_value(text: str, code: str, value: str) -> None:
    with pytest.raises(InvalidSchedule) as refused:
        trading(text)

    assert (refused.value.code, refused.value.value) == (code, value)
    assert value in refused.value.message("en")
    assert value in refused.value.message("ja")


def test_r10_trading_text_needs_a_calendar() -> None:
    with pytest.raises(InvalidSchedule) as refused:
        parse("@trading 09:05", timezone=ZONE)

    assert (refused.value.code, refused.value.value) == ("needs_calendar", "@trading 9:05")


def test_r10_zone_of_a_trading_text_is_checked() -> None:
    with pytest.raises(InvalidSchedule) as refused:
        parse("@trading 9:05", timezone="Mars/Olympus", calendar=current)

    assert refused.value.code == "unknown_zone"


def test_refusal_of_a_time_says_what_hours_there_are() -> None:
    with pytest.raises(InvalidSchedule) as refused:
        trading("@trading 48:00")

    assert str(refused.value) == (
        "“48:00” is not a time. Write one time with hours from 0 to 47, for example 16:45. Hours past 23 are of "
        "the next day: 24:30 is half past midnight after the trading day."
    )
    assert refused.value.message("ja") == (
        "「48:00」は時刻として読み取れません。16:45 のように、0〜47時の時刻を1つ書いてください。"
        "24時以降は翌日です（24:30 は営業日の翌日 0:30）。"
    )


def test_cron_text_ignores_the_calendar() -> None:
    assert parse("0 6 * * *", timezone=ZONE, calendar=current).describe("en") == "Every day at 6:00"


def test_schedule_is_cached_by_its_calendar_too() -> None:
    assert trading("@trading 16:45") is trading("@trading 16:45")
    assert trading("@trading 16:45") is not parse("@trading 16:45", timezone=ZONE, calendar=lambda: EXCHANGE)


WORDS = [
    ("@trading 16:45", "毎営業日 16:45", "Every trading day at 16:45"),
    ("@trading 9:05", "毎営業日 9:05", "Every trading day at 9:05"),
    ("@trading 23:59", "毎営業日 23:59", "Every trading day at 23:59"),
    ("@trading 24:00", "毎営業日 24:00（翌日 0:00）", "Every trading day at 24:00 (0:00 the next day)"),
    ("@trading 24:30", "毎営業日 24:30（翌日 0:30）", "Every trading day at 24:30 (0:30 the next day)"),
    ("@trading 27:00", "毎営業日 27:00（翌日 3:00）", "Every trading day at 27:00 (3:00 the next day)"),
    ("@trading-week 1 8:00", "毎週第1営業日 8:00", "On the 1st trading day of every week at 8:00"),
    ("@trading-week 4 18:00", "毎週第4営業日 18:00", "On the 4th trading day of every week at 18:00"),
    ("@trading-month 1 8:00", "毎月第1営業日 8:00", "On the 1st trading day of every month at 8:00"),
    ("@trading-month 22 8:00", "毎月第22営業日 8:00", "On the 22nd trading day of every month at 8:00"),
    ("@trading-month -1 18:00", "毎月最終営業日 18:00", "On the last trading day of every month at 18:00"),
    (
        "@trading-month -2 25:15",
        "毎月、月末から2番目の営業日 25:15（翌日 1:15）",
        "On the 2nd-to-last trading day of every month at 25:15 (1:15 the next day)",
    ),
]


@pytest.mark.parametrize(("text", "ja", "en"), WORDS)
def test_r10_schedule_in_words(text: str, ja: str, en: str) -> None:
    schedule = trading(text)

    assert (schedule.describe("ja"), schedule.describe("en")) == (ja, en)
