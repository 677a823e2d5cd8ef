"""What is accepted and rewritten, and what is refused with which sentence (R7, R8)."""

import pickle
from datetime import UTC, datetime

import pytest

from scheduler.schedules import InvalidSchedule, parse
from scheduler.schedules.errors import MESSAGES_EN, MESSAGES_JA
from scheduler.schedules.fields import parse_fields

ZONE = "Asia/Tokyo"


def refusal(text: str, timezone: str = ZONE) -> InvalidSchedule:
    with pytest.raises(InvalidSchedule) as refused:
        parse(text, timezone=timezone)
    return refused.value


@pytest.mark.parametrize(
    ("written", "saved"),
    [
        ("0 6 * * *", "0 6 * * *"),
        ("  0\t6  *\n* *  ", "0 6 * * *"),
        ("０　６　＊　＊　＊", "0 6 * * *"),
        ("０，３０ ９－１５ * * ＭＯＮ－ＦＲＩ", "0,30 9-15 * * MON-FRI"),
        ("0 6 * jan-mar mon", "0 6 * JAN-MAR MON"),
        ("0 18 l * 5#2", "0 18 L * 5#2"),
        ("@hourly", "0 * * * *"),
        ("@Daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"),
        ("@yearly", "0 0 1 1 *"),
        ("＠annually", "0 0 1 1 *"),
    ],
)
def test_r7_parse_rewrites_the_text_as_it_is_saved(written: str, saved: str) -> None:
    schedule = parse(written, timezone=ZONE)

    assert schedule.text == saved
    assert parse(schedule.text, timezone=ZONE).text == saved


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("*/15 * * * *", "0,15,30,45 * * * *"),
        ("5/15 * * * *", "5-59/15 * * * *"),
        ("0 5-5 * * *", "0 5 * * *"),
        ("0 0 * * 7", "0 0 * * 0"),
        ("0 0 * * 0-7", "0 0 * * *"),
        ("0 0 * * SUN-TUE", "0 0 * * 0,1,2"),
        ("0 0 * * 7-2", "0 0 * * 0,1,2"),
        ("0 0 * * SAT-MON", "0 0 * * 0,1,6"),
        ("0 0 * * FRI-TUE/2", "0 0 * * 0,2,5"),
        ("0 0 * NOV-FEB *", "0 0 * 1,2,11,12 *"),
        ("0 0 */1 * 1", "0 0 * * 1"),
        ("0 0 1 * */1", "0 0 1 * *"),
        ("0 0 1 * 0-6", "0 0 * * *"),
        ("0 0 * * LFRI", "0 0 * * 5L"),
        ("0 0 * * 5,5#2", "0 0 * * 5"),
    ],
)
def test_parse_reads_spellings_of_the_same_schedule_alike(text: str, same: str) -> None:
    assert parse_fields(text) == parse_fields(same)


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("", "empty", ""),
        ("   ", "empty", ""),
        ("* * * *", "field_count", "* * * *"),
        ("* * * * * * * *", "field_count", "* * * * * * * *"),
        ("0 6 * * * *", "seconds_field", "0 6 * * * *"),
        ("0 0 6 * * * 2026", "year_field", "0 0 6 * * * 2026"),
        ("@reboot", "reboot", "@reboot"),
        ("@every 5m", "unknown_name", "@every 5m"),
        ("CRON_TZ=UTC 0 6 * * *", "zone_prefix", "CRON_TZ=UTC"),
        ("TZ=Asia/Tokyo 0 6 * * *", "zone_prefix", "TZ=ASIA/TOKYO"),
        ("R R * * *", "random", "R"),
        ("0 R(1-5) * * *", "random", "R(1-5)"),
        ("H/15 * * * *", "hashed", "H/15"),
        ("0 0 15W * *", "nearest_weekday", "15W"),
        ("0 0 LW * *", "nearest_weekday", "LW"),
        ("0 0 ? * MON", "question_mark", "?"),
        ("0 6 * * *、", "not_ascii", "、"),
        ("0 6 * * \x00", "not_ascii", "\x00"),
        ("x * * * *", "bad_value", "X"),
        ("-1 * * * *", "bad_value", "-1"),
        ("1--5 * * * *", "bad_value", "1--5"),
        ("1-100000000 * * * *", "out_of_range", "1-100000000"),
        ("1, * * * *", "bad_value", "1,"),
        ("*/x * * * *", "bad_value", "*/X"),
        ("0 L * * *", "bad_value", "L"),
        ("0 0 L-3 * *", "bad_value", "L-3"),
        ("0 0 * * L", "bad_value", "L"),
        ("0 0 * * MON-FRI#2", "bad_value", "MON-FRI#2"),
        ("0 0 * MON *", "bad_value", "MON"),
        ("60 * * * *", "out_of_range", "60"),
        ("0 24 * * *", "out_of_range", "24"),
        ("0 0 0 * *", "out_of_range", "0"),
        ("0 0 * 13 *", "out_of_range", "13"),
        ("0 0 * * 8", "out_of_range", "8"),
        ("0 0 * * 1#0", "bad_nth", "1#0"),
        ("0 0 * * 1#6", "bad_nth", "1#6"),
        ("0 9-5 * * *", "reversed_range", "9-5"),
        ("*/0 * * * *", "step_zero", "*/0"),
        ("*/61 * * * *", "step_too_big", "*/61"),
        ("0 */25 * * *", "step_too_big", "*/25"),
        ("0-10/12 * * * *", "step_too_big", "0-10/12"),
        ("*,* * * * *", "too_many_values", "*,*"),
        ("0 0 * * 0,1,2,3,4,5,6,7", "too_many_values", "0,1,2,3,4,5,6,7"),
        ("0 0 31 2 *", "never", "0 0 31 2 *"),
        ("0 0 31 4,6,9,11 *", "never", "0 0 31 4,6,9,11 *"),
    ],
)
def test_r7_parse_refuses_with_the_reason_and_the_value(text: str, code: str, value: str) -> None:
    error = refusal(text)

    assert (error.code, error.value) == (code, value)
    assert value in error.message("en")
    assert value in error.message("ja")


def test_r8_parse_refuses_texts_over_200_characters() -> None:
    assert parse("0 6 * * *" + " " * 191, timezone=ZONE).text == "0 6 * * *"
    assert refusal("0 6 * * *" + " " * 192).code == "too_long"
    assert refusal("㍿" * 60).code == "too_long"  # four characters each once normalised
    assert len(str(refusal("1" * 40_000))) < 200


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "", "America", "../etc/passwd", "/etc/localtime", "\0"])
def test_parse_refuses_unknown_zones(timezone: str) -> None:
    assert refusal("0 6 * * *", timezone).code == "unknown_zone"


def test_r8_parse_refuses_what_does_not_come_within_five_years() -> None:
    fifth_monday_of_february = "0 0 * 2 1#5"

    assert parse(fifth_monday_of_february, timezone=ZONE, now=datetime(2043, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidSchedule, match="within the next five years") as refused:
        parse(fifth_monday_of_february, timezone=ZONE, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert refused.value.code == "no_tick"


def test_parse_is_cached_by_text_and_zone() -> None:
    assert parse("0 6 * * *", timezone=ZONE) is parse("0 6 * * *", timezone=ZONE)
    assert parse("0 6 * * *", timezone=ZONE) is not parse("0 6 * * *", timezone="UTC")


def test_refusal_speaks_japanese_and_english() -> None:
    error = refusal("0 24 * * *")

    assert str(error) == error.message("en-us")
    assert str(error) == "“24” is out of range: the hour goes from 0 to 23. Write a number in that range."
    assert error.message("ja") == "「24」は範囲外です。時は 0〜23 です。この範囲の数字を書いてください。"


def test_refusal_survives_pickling() -> None:
    error = refusal("0 24 * * *")

    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own bytes


def test_every_refusal_has_both_languages() -> None:
    assert MESSAGES_EN.keys() == MESSAGES_JA.keys()


def test_schedule_repr_names_text_and_zone() -> None:
    assert repr(parse("@daily", timezone=ZONE)) == "<CronSchedule '0 0 * * *' Asia/Tokyo>"
