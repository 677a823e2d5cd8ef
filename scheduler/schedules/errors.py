"""Why a schedule text is refused, in words a person can act on (R7, R8)."""

from typing import Final

FIELD_NAMES: Final = {
    "en": {
        "minute": "minute",
        "hour": "hour",
        "day": "day of the month",
        "month": "month",
        "weekday": "day of the week",
    },
    "ja": {"minute": "分", "hour": "時", "day": "日", "month": "月", "weekday": "曜日"},
}

MESSAGES_EN: Final = {
    "empty": "The schedule is empty. Write five fields, for example “0 6 * * *” for every day at 6:00.",
    "too_long": "The schedule has {length} characters; {limit} is the limit. Shorten its lists with ranges and steps.",
    "not_ascii": "“{value}” cannot stand in a schedule. Use digits, letters and the signs * / , - # @ : only.",
    "field_count": (
        "“{value}” has {count} fields; a schedule has five: minute, hour, day of the month, month, "
        "day of the week. For example “0 6 * * *” is every day at 6:00."
    ),
    "seconds_field": (
        "“{value}” has six fields. Seconds are not supported, because jobs start on whole minutes. "
        "Remove the seconds and write five fields, for example “0 6 * * *”."
    ),
    "year_field": (
        "“{value}” has seven fields. Seconds and years are not supported. "
        "Remove them and write five fields, for example “0 6 * * *”."
    ),
    "reboot": (
        "“{value}” has no time: a schedule says when, and restarts of the scheduler are not job times. "
        "Write a time, for example “0 6 * * *”, or leave the schedule empty and run the job by hand."
    ),
    "unknown_name": (
        "“{value}” is not a known name. Known are @hourly, @daily, @midnight, @weekly, @monthly, @yearly, "
        "@annually, and @trading 16:45 for every trading day; everything else is written as five fields, "
        "for example “*/5 * * * *”."
    ),
    "zone_prefix": (
        "“{value}” sets a time zone inside the schedule. Remove it and choose the zone in the job's "
        "time zone field."
    ),
    "random": (
        "“{value}” asks for a random time, which every process would choose differently. "
        "Write the time itself, for example “17 6 * * *”."
    ),
    "hashed": (
        "“{value}” asks for a time derived from the job's name, which nobody could read from the schedule. "
        "Write the time itself, for example “17 6 * * *”."
    ),
    "nearest_weekday": (
        "“{value}” (the nearest working day) is not supported, because it knows no holidays. "
        "Write a day such as 15, or L for the last one."
    ),
    "question_mark": (
        "“?” comes from another dialect, which counts weekdays from 1 = Sunday. Write * instead, "
        "and check the weekday: here 0 and 7 are Sunday and 1 is Monday."
    ),
    "bad_value": (
        "“{value}” is not understood as the {field}. Write numbers from {low} to {high}, ranges (a-b), "
        "steps (*/n) and lists (a,b)."
    ),
    "out_of_range": "“{value}” is out of range: the {field} goes from {low} to {high}. Write a number in that range.",
    "bad_nth": "“{value}” is out of range: a month has a first to a fifth weekday. Write #1 to #5, or L for the last.",
    "reversed_range": (
        "“{value}” runs backwards. Write the smaller number first, or two parts, for example “{split}”."
    ),
    "step_zero": "“{value}” never moves on: a step must be at least 1. Write */1 or *.",
    "step_too_big": (
        "“{value}” steps further than its range: the {field} has only {size} values there. "
        "Write a step of at most {size}, or the single value you mean."
    ),
    "too_many_values": (
        "“{value}” lists {count} values, but the {field} has only {size}. Remove the parts that overlap."
    ),
    "never": "“{value}” never happens: no such day exists in the calendar. Change the day or the month.",
    "no_tick": "“{value}” does not happen within the next five years. Change the day, the weekday or the month.",
    "trading_form": (
        "“{value}” is not understood. Write “@trading 16:45” for every trading day, “@trading-week 4 18:00” for "
        "the fourth of each week or “@trading-month -1 18:00” for the last of each month. A second time needs a "
        "second job."
    ),
    "trading_time": (
        "“{value}” is not a time. Write one time with hours from 0 to {last}, for example 16:45. Hours past 23 are "
        "of the next day: 24:30 is half past midnight after the trading day."
    ),
    "trading_nth_of_week": (
        "“{value}” is not a trading day of the week. Write a number from 1 to {most}; 1 is the week's first."
    ),
    "trading_nth_of_month": (
        "“{value}” is not a trading day of the month. Write a number from 1 to {most}, or from -1 for the last "
        "to -{most}."
    ),
    "needs_calendar": (
        "“{value}” follows trading days, and the job has no calendar that says which days these are. "
        "Choose one in the job's calendar field."
    ),
    "unknown_zone": "“{value}” is not a known time zone. Write a name such as Asia/Tokyo or UTC.",
}

MESSAGES_JA: Final = {
    "empty": "スケジュールが空です。5つの欄を書いてください（例: 「0 6 * * *」は毎日 6:00）。",
    "too_long": "スケジュールが{length}文字あります。上限は{limit}文字です。範囲やステップを使って短くしてください。",
    "not_ascii": "「{value}」はスケジュールに使えません。数字・英字・記号（* / , - # @ :）だけで書いてください。",
    "field_count": (
        "「{value}」には欄が{count}個あります。必要なのは分・時・日・月・曜日の5つです"
        "（例: 「0 6 * * *」は毎日 6:00）。"
    ),
    "seconds_field": (
        "「{value}」には欄が6つあります。ジョブは分単位で始まるため、秒は指定できません。"
        "秒を取り除き、5つの欄で書いてください（例: 「0 6 * * *」）。"
    ),
    "year_field": (
        "「{value}」には欄が7つあります。秒と年は指定できません。"
        "取り除いて5つの欄で書いてください（例: 「0 6 * * *」）。"
    ),
    "reboot": (
        "「{value}」には時刻がありません。スケジューラの再起動はジョブの予定時刻になりません。"
        "「0 6 * * *」のように時刻を書くか、空欄にして手動で実行してください。"
    ),
    "unknown_name": (
        "「{value}」という名前はありません。使えるのは @hourly、@daily、@midnight、@weekly、@monthly、"
        "@yearly、@annually と、営業日ごとの @trading 16:45 です。それ以外は5つの欄で書いてください（例: 「*/5 * * * *」）。"
    ),
    "zone_prefix": (
        "「{value}」はスケジュールの中でタイムゾーンを指定しています。"
        "取り除いて、ジョブのタイムゾーン欄で選んでください。"
    ),
    "random": (
        "「{value}」はランダムな時刻の指定で、プロセスごとに違う時刻になってしまいます。"
        "時刻そのものを書いてください（例: 「17 6 * * *」）。"
    ),
    "hashed": (
        "「{value}」はジョブ名から時刻を決める指定で、スケジュールを見ても時刻が分かりません。"
        "時刻そのものを書いてください（例: 「17 6 * * *」）。"
    ),
    "nearest_weekday": (
        "「{value}」（最も近い平日）は祝日を考慮できないため使えません。"
        "15 のような日、または末日の L を書いてください。"
    ),
    "question_mark": (
        "「?」は日曜日を1と数える別の書き方のものです。代わりに * を書き、曜日の番号を確認してください"
        "（ここでは 0 と 7 が日曜日、1 が月曜日です）。"
    ),
    "bad_value": (
        "「{value}」は{field}として読み取れません。{low}〜{high} の数字、範囲（a-b）、"
        "ステップ（*/n）、リスト（a,b）で書いてください。"
    ),
    "out_of_range": "「{value}」は範囲外です。{field}は {low}〜{high} です。この範囲の数字を書いてください。",
    "bad_nth": "「{value}」は範囲外です。曜日は月に第1から第5までです。#1〜#5、最終なら L と書いてください。",
    "reversed_range": (
        "「{value}」は大小が逆です。小さい数字を先に書くか、2つに分けてください（例: 「{split}」）。"
    ),
    "step_zero": "「{value}」は先へ進みません。ステップは1以上です。*/1 または * と書いてください。",
    "step_too_big": (
        "「{value}」のステップは範囲を超えています。{field}の値はそこに{size}個しかありません。"
        "{size}以下のステップにするか、値を1つだけ書いてください。"
    ),
    "too_many_values": (
        "「{value}」には値が{count}個ありますが、{field}は{size}個しかありません。重なりを取り除いてください。"
    ),
    "never": "「{value}」という日は暦にないため、一度も実行されません。日または月を変えてください。",
    "no_tick": "「{value}」は今後5年間に一度も来ません。日・曜日・月を変えてください。",
    "trading_form": (
        "「{value}」は読み取れません。毎営業日は「@trading 16:45」、毎週第4営業日は「@trading-week 4 18:00」、"
        "毎月最終営業日は「@trading-month -1 18:00」と書いてください。時刻を2つ使うにはジョブを2つ作ってください。"
    ),
    "trading_time": (
        "「{value}」は時刻として読み取れません。16:45 のように、0〜{last}時の時刻を1つ書いてください。"
        "24時以降は翌日です（24:30 は営業日の翌日 0:30）。"
    ),
    "trading_nth_of_week": (
        "「{value}」番目の営業日は週にありません。1〜{most} の数字を書いてください（1 は週の最初の営業日）。"
    ),
    "trading_nth_of_month": (
        "「{value}」番目の営業日は月にありません。1〜{most}、または月末から数える -1（最終営業日）〜-{most} を"
        "書いてください。"
    ),
    "needs_calendar": (
        "「{value}」は営業日に従いますが、ジョブに営業日を定めるカレンダーがありません。"
        "ジョブのカレンダー欄で選んでください。"
    ),
    "unknown_zone": (
        "「{value}」というタイムゾーンはありません。Asia/Tokyo や UTC のような名前を書いてください。"
    ),
}


class InvalidSchedule(ValueError):
    """A schedule text or zone that is refused; `str()` is the English sentence.

    `code` is a key of MESSAGES_EN, `value` the part of the text that is wrong.
    """

    def __init__(self, code: str, value: str, *, field: str | None = None, **details: str | int) -> None:
        super().__init__(code, value)
        self.code = code
        self.value = value
        self.field = field
        self.details = details

    def message(self, language: str) -> str:
        """The sentence in Japanese for "ja", "ja-JP", ..., in English for everything else."""
        language = "ja" if language.startswith("ja") else "en"
        template = (MESSAGES_JA if language == "ja" else MESSAGES_EN)[self.code]
        field = FIELD_NAMES[language][self.field] if self.field else ""
        return template.format(value=self.value, field=field, **self.details)

    def __str__(self) -> str:
        return self.message("en")
