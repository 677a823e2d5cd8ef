"""Schedules in words: expectations written by hand, and what holds for every text."""

import re
from collections import defaultdict
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings

from scheduler.schedules import parse
from scheduler.schedules.fields import CronFields, parse_fields
from tests.scheduler.schedules.strategies import ELAPSED, FIXED_HOURS_ANY_MINUTE

CRON_TOKENS = re.compile(r"[*/#@?]|\b[A-Z]{3}\b|(?<![A-Za-z])L(?![A-Za-z])|\d-\d")

WORDS = [
    # Times of day
    ("0 6 * * *", "毎日 6:00", "Every day at 6:00"),
    ("@daily", "毎日 0:00", "Every day at 0:00"),
    ("5 0 * * *", "毎日 0:05", "Every day at 0:05"),
    ("0 8,20 * * *", "毎日 8:00 と 20:00", "Every day at 8:00 and 20:00"),
    ("0 */6 * * *", "毎日 0:00、6:00、12:00、18:00", "Every day at 0:00, 6:00, 12:00 and 18:00"),
    ("0,30 9 * * *", "毎日 9:00 と 9:30", "Every day at 9:00 and 9:30"),
    ("0,1,2,10 5 * * *", "毎日 5:00、5:01、5:02、5:10", "Every day at 5:00, 5:01, 5:02 and 5:10"),
    (
        "0 9-12,15 * * *",
        "毎日 9:00、10:00、11:00、12:00、15:00",
        "Every day at 9:00, 10:00, 11:00, 12:00 and 15:00",
    ),
    # Through the whole day
    ("* * * * *", "毎分", "Every minute"),
    ("*/5 * * * *", "5分ごと", "Every 5 minutes"),
    ("0,30 * * * *", "30分ごと", "Every 30 minutes"),
    (
        "5-59/15 * * * *",
        "15分ごと（毎時 5分から）",
        "Every 15 minutes, starting at 5 minutes past the hour",
    ),
    ("@hourly", "毎時 0分", "Every hour, on the hour"),
    ("1 * * * *", "毎時 1分", "Every hour at 1 minute past"),
    ("5,20 * * * *", "毎時 5・20分", "Every hour at 5 and 20 minutes past"),
    ("*/25 * * * *", "毎時 0・25・50分", "Every hour at 0, 25 and 50 minutes past"),
    ("30,45 * * * *", "毎時 30・45分", "Every hour at 30 and 45 minutes past"),
    ("0-10 * * * *", "毎時 0〜10分", "Every hour at 0 to 10 minutes past"),
    ("*/5 * * * 1-5", "月〜金の終日、5分ごと", "Monday to Friday, every 5 minutes"),
    ("15 * * * 0", "毎週日曜日の毎時 15分", "Every Sunday, every hour at 15 minutes past"),
    ("*/5 * * 1 *", "1月の毎日、5分ごと", "Every day in January, every 5 minutes"),
    # Windows
    (
        "*/15 9-15 * * 1-5",
        "月〜金の 9:00〜15:45、15分ごと",
        "Monday to Friday, every 15 minutes from 9:00 to 15:45",
    ),
    ("0 9-15 * * *", "毎日 9:00〜15:00、1時間ごと", "Every day, every hour from 9:00 to 15:00"),
    ("* 9-11 * * *", "毎日 9:00〜11:59、毎分", "Every day, every minute from 9:00 to 11:59"),
    ("30-59 9 * * *", "毎日 9:30〜9:59、毎分", "Every day, every minute from 9:30 to 9:59"),
    ("*/10 9 * * *", "毎日 9:00〜9:50、10分ごと", "Every day, every 10 minutes from 9:00 to 9:50"),
    ("30 1-23/2 * * *", "毎日 1:30〜23:30、2時間ごと", "Every day, every 2 hours from 1:30 to 23:30"),
    (
        "*/5 9-11,13-15 * * 1-5",
        "月〜金の 9:00〜11:55 と 13:00〜15:55、5分ごと",
        "Monday to Friday, every 5 minutes from 9:00 to 11:55 and from 13:00 to 15:55",
    ),
    (
        "0 9-11,13-15 * * *",
        "毎日 9:00〜11:00 と 13:00〜15:00、1時間ごと",
        "Every day, every hour from 9:00 to 11:00 and from 13:00 to 15:00",
    ),
    (
        "10-50/10 9,15 * * *",
        "毎日 9:10〜9:50 と 15:10〜15:50、10分ごと",
        "Every day, every 10 minutes from 9:10 to 9:50 and from 15:10 to 15:50",
    ),
    # Anything unusual: hour by hour
    (
        "5,20 9-15 * * *",
        "毎日 9〜15時台、各 5・20分",
        "Every day, at 5 and 20 minutes past hours 9 to 15",
    ),
    (
        "*/20 0,4,8,12 * * 1-5",
        "月〜金の 0・4・8・12時台、20分ごと",
        "Monday to Friday, every 20 minutes, during hours 0, 4, 8 and 12",
    ),
    # Days of the week
    ("30 16 * * 1-5", "平日（月〜金）16:30", "Monday to Friday at 16:30"),
    ("0 6 * * MON", "毎週月曜日 6:00", "Every Monday at 6:00"),
    ("0 6 * * 7", "毎週日曜日 6:00", "Every Sunday at 6:00"),
    ("0 6 * * 6,0", "毎週土・日曜日 6:00", "Every Saturday and Sunday at 6:00"),
    ("0 6 * * 1,3,5", "毎週月・水・金曜日 6:00", "Every Monday, Wednesday and Friday at 6:00"),
    ("0 6 * * 1-4", "毎週月〜木曜日 6:00", "Monday to Thursday at 6:00"),
    ("0 6 * * FRI-MON", "毎週金〜月曜日 6:00", "Friday to Monday at 6:00"),
    ("0 6 * * 1-3,6", "毎週月〜水・土曜日 6:00", "Every Monday to Wednesday and Saturday at 6:00"),
    ("0 18 * * 5#2", "毎月第2金曜日 18:00", "On the second Friday of every month at 18:00"),
    ("0 18 * * 5L", "毎月最終金曜日 18:00", "On the last Friday of every month at 18:00"),
    (
        "0 18 * * 1#1,1#3",
        "毎月第1・第3月曜日 18:00",
        "On the first and third Monday of every month at 18:00",
    ),
    (
        "0 18 * * 1#1,5L",
        "毎月第1月曜日・最終金曜日 18:00",
        "On the first Monday and the last Friday of every month at 18:00",
    ),
    # Days of the month
    ("0 0 1 * *", "毎月1日 0:00", "On the 1st of every month at 0:00"),
    ("0 0 1,15 * *", "毎月1・15日 0:00", "On the 1st and 15th of every month at 0:00"),
    ("0 0 1-7 * *", "毎月1〜7日 0:00", "On the 1st to 7th of every month at 0:00"),
    ("0 0 L * *", "毎月末日 0:00", "On the last day of every month at 0:00"),
    ("0 0 11,22,L * *", "毎月11・22日・末日 0:00", "On the 11th, 22nd and last day of every month at 0:00"),
    (
        "*/10 9-15 13 * *",
        "毎月13日の 9:00〜15:50、10分ごと",
        "On the 13th of every month, every 10 minutes from 9:00 to 15:50",
    ),
    # Months
    ("@yearly", "毎年1月1日 0:00", "Every year on January 1 at 0:00"),
    ("0 0 29 2 *", "うるう年の2月29日 0:00", "Every leap year on February 29 at 0:00"),
    ("0 0 1 1,7 *", "毎年1・7月の1日 0:00", "On the 1st of January and July at 0:00"),
    ("0 0 1,2 3 *", "毎年3月1・2日 0:00", "On the 1st and 2nd of March at 0:00"),
    ("0 0 L 3 *", "毎年3月の末日 0:00", "On the last day of March at 0:00"),
    (
        "0 0 1 4-9 *",
        "毎年4〜9月の1日 0:00",
        "On the 1st of every month from April to September at 0:00",
    ),
    ("0 6 * 4-9 *", "4〜9月の毎日 6:00", "Every day from April to September at 6:00"),
    ("0 6 * 12 MON", "12月の毎週月曜日 6:00", "Every Monday in December at 6:00"),
    ("0 6 * 1,7 1-5", "1・7月の平日（月〜金）6:00", "Monday to Friday in January and July at 6:00"),
    ("0 18 * 3,9 5#2", "毎年3・9月の第2金曜日 18:00", "On the second Friday of March and September at 18:00"),
    # Cron's "or"
    ("0 0 1 * 1", "毎月1日または毎週月曜日 0:00", "On the 1st of every month or every Monday, at 0:00"),
    (
        "0 0 13 * 5#2",
        "毎月13日または毎月第2金曜日 0:00",
        "On the 13th of every month or on the second Friday of every month, at 0:00",
    ),
    (
        "0 0 1 1,7 1",
        "1・7月に限り、1日または毎週月曜日 0:00",
        "In January and July, on the 1st or every Monday, at 0:00",
    ),
    (
        "*/10 9-15 13 * 1-5",
        "毎月13日または月〜金の 9:00〜15:50、10分ごと",
        "On the 13th of every month or Monday to Friday, every 10 minutes from 9:00 to 15:50",
    ),
    ("0 0 1 * 0-6", "毎日 0:00", "Every day at 0:00"),
]


@pytest.mark.parametrize(("text", "japanese", "english"), WORDS)
def test_describe_says_the_schedule_in_words(text: str, japanese: str, english: str) -> None:
    schedule = parse(text, timezone="Asia/Tokyo")

    assert (schedule.describe("ja"), schedule.describe("en")) == (japanese, english)


def test_describe_takes_language_variants() -> None:
    schedule = parse("0 6 * * *", timezone="Asia/Tokyo")

    assert schedule.describe("ja-jp") == schedule.describe("ja")
    assert schedule.describe("en-gb") == schedule.describe("fr") == schedule.describe("en")


@settings(max_examples=200, deadline=None)
@given(text=ELAPSED | FIXED_HOURS_ANY_MINUTE)
def test_describe_never_shows_raw_cron(text: str) -> None:
    schedule = parse(text, timezone="Asia/Tokyo")

    for language in ("ja", "en"):
        assert not CRON_TOKENS.search(schedule.describe(language))


MINUTES = ["0", "*", "*/5", "*/7", "*/15", "5/15", "0-10", "5,20", "0,30", "30-59", "1-59/2", "59"]
HOURS = ["*", "6", "*/2", "*/6", "1/2", "9-15", "9-11,13-15", "9,18", "0,5,6,21", "9-15/2", "22-23"]
DAYS = ["*", "1", "1,15", "1-7", "L", "15,L", "*/2", "29"]
MONTHS = ["*", "2", "1,7", "4-9", "1-3,12"]
WEEKDAYS = ["*", "1", "1-5", "6,0", "5-1", "1,3,5", "5#2", "5L", "1#1,1#3", "1,5#2"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_describe_says_different_things_of_different_schedules(language: str) -> None:
    times = [f"{minute} {hour} * * *" for minute, hour in product(MINUTES, HOURS)]
    days = [f"5 6 {day} {month} {weekday}" for day, month, weekday in product(DAYS, MONTHS, WEEKDAYS)]
    meanings: defaultdict[str, set[CronFields]] = defaultdict(set)
    for text in times + days:
        # How daylight saving is met is no part of the words.
        meaning = replace(parse_fields(text), runs_by_elapsed_time=False)
        meanings[parse(text, timezone="UTC").describe(language)].add(meaning)

    assert len(meanings) > 500
    assert {words: found for words, found in meanings.items() if len(found) > 1} == {}
