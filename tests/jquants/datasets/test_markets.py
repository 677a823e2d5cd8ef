"""What is peculiar to a data set of sessions, margin trading, short selling and investors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from jquants import datasets, ingest
from jquants.coverage.expected import expected_days, newest_published
from jquants.datasets import Dataset
from jquants.datasets.dataset import Partition
from jquants.datasets.errors import MissingFieldError, UndecodableValueError
from jquants.ingest import Counts
from jquants.models import (
    Coverage,
    CoverageStatus,
    DailyQuote,
    EarningsAnnouncement,
    IndexBar,
    InvestorTypes,
    MarginAlert,
    MarginInterest,
    SessionQuote,
    ShortSaleReport,
    UnknownValues,
)
from tests.jquants import samples
from tests.jquants.fakes import NOW, Row, bar

pytestmark = pytest.mark.django_db

NO_SESSION: Row = dict.fromkeys(("O", "H", "L", "C", "Vo", "Va", "AdjO", "AdjH", "AdjL", "AdjC", "AdjVo"))


def write(dataset: Dataset, rows: Sequence[Row], day: str | None = None) -> Counts:
    if day is None and rows and dataset.partition is Partition.DAY:
        keys = {column.name: column.key for column in dataset.columns}
        day = rows[0][keys[dataset.day_column]]
    return ingest.write(
        dataset,
        rows,
        day=date.fromisoformat(day) if day else None,
        base_url="http://127.0.0.1:1/v2",
        now=NOW,
    )


# --- sessions ----------------------------------------------------------------------------------------


def test_plans_without_sessions_store_none_and_leave_stored_ones_alone() -> None:
    day = samples.PREMIUM_BAR["Date"]
    write(datasets.DAILY_QUOTES, [bar("86970", day)])
    assert not SessionQuote.objects.exists()
    write(datasets.DAILY_QUOTES, [samples.PREMIUM_BAR])

    write(datasets.DAILY_QUOTES, [bar("86970", day)])

    assert SessionQuote.objects.count() == 2


@pytest.mark.parametrize("flag", ["0", None])
def test_a_half_day_has_an_afternoon_without_prices(flag: str | None) -> None:
    afternoon = {f"A{key}": value for key, value in NO_SESSION.items()} | {"AUL": flag, "ALL": flag}

    write(datasets.DAILY_QUOTES, [samples.PREMIUM_BAR | afternoon])

    quote = SessionQuote.objects.get(session="pm")
    assert (quote.open, quote.close, quote.volume, quote.turnover_value) == (None,) * 4
    assert quote.upper_limit is (None if flag is None else False)
    assert SessionQuote.objects.get(session="am").close == Decimal("2045.5")


def test_the_day_without_trading_is_stored_with_its_rows() -> None:
    sessions = {letter + key: value for letter in "MA" for key, value in NO_SESSION.items()}
    day = {"Date": "2020-10-01", "MktCap": None} | NO_SESSION | sessions

    write(datasets.DAILY_QUOTES, [samples.PREMIUM_BAR | day])
    write(datasets.INDEX_BARS, [samples.INDEX | {"Date": "2020-10-01"} | dict.fromkeys("OHLC", 1200.5)])
    for dataset in (datasets.SHORT_RATIOS, datasets.BREAKDOWN):
        write(dataset, [], "2020-10-01")

    assert set(DailyQuote.objects.values_list("close", "volume")) == {(None, None)}
    assert set(SessionQuote.objects.values_list("close", "volume")) == {(None, None)}
    assert IndexBar.objects.get().open == Decimal("1200.5")
    assert Coverage.objects.filter(status=CoverageStatus.EMPTY).count() == 2


def test_a_corrected_session_replaces_its_own_row_only() -> None:
    write(datasets.DAILY_QUOTES, [samples.PREMIUM_BAR])

    write(datasets.DAILY_QUOTES, [samples.PREMIUM_BAR | {"AC": 2046.0}])

    assert dict(SessionQuote.objects.values_list("session", "close")) == {
        "am": Decimal("2045.5"),
        "pm": Decimal(2046),
    }


def test_a_session_that_lacks_a_key_is_named() -> None:
    broken = {key: value for key, value in samples.PREMIUM_BAR.items() if key != "AC"}

    with pytest.raises(MissingFieldError, match="row 86970/2023-03-24/pm: C is missing"):
        write(datasets.DAILY_QUOTES, [broken])


# --- margin trading ----------------------------------------------------------------------------------


def test_margin_balances_come_in_the_old_layout_and_in_the_new() -> None:
    new_keys = {"PubDate", *(key for key in samples.MARGIN if key.endswith("Val"))}
    old = {key: value for key, value in samples.MARGIN.items() if key not in new_keys}
    assert len(old) == 9

    write(datasets.MARGIN_INTEREST, [old | {"Date": "2023-03-17"}])
    write(datasets.MARGIN_INTEREST, [samples.MARGIN | dict.fromkeys(new_keys) | {"Date": "2023-03-24"}])
    write(datasets.MARGIN_INTEREST, [samples.MARGIN])

    *old_rows, new_row = MarginInterest.objects.order_by("date")
    for row in old_rows:
        assert (row.published_on, row.short_value, row.long_volume) == (None, None, 234567)
    assert (str(new_row.published_on), new_row.short_value) == ("2026-09-28", Decimal(200000000))


def test_margin_balances_are_expected_at_ends_of_weeks_then_daily() -> None:
    days = expected_days(datasets.MARGIN_INTEREST, date(2026, 9, 7), date(2026, 10, 1)).days

    # From the 21st to the 23rd the exchange was closed: no weekly figures of that week.
    assert [day.day for day in days] == [11, 18, 25, 28, 29, 30, 1]


def test_margin_balances_appear_a_trading_day_later() -> None:
    monday = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)  # 17:00 in Tokyo

    assert newest_published(datasets.MARGIN_INTEREST, monday) == date(2026, 11, 13)


@pytest.mark.parametrize(
    ("value", "change", "mark"), [(-20.0, -20, ""), ("-", None, "-"), ("*", None, "*"), (None, None, "")]
)
def test_marks_of_margin_alerts_are_kept_apart_from_null(
    value: object, change: int | None, mark: str
) -> None:
    write(datasets.MARGIN_ALERTS, [samples.ALERT | {"LongOutChg": value}])

    alert = MarginAlert.objects.get()
    assert (alert.long_change, alert.long_change_mark) == (change, mark)
    assert (alert.short_ratio, alert.short_ratio_mark) == (None, "*")


def test_a_corrected_margin_alert_is_a_row_beside_the_first() -> None:
    later = samples.ALERT | {"PubDate": "2024-02-09", "LongOut": 677.0}
    write(datasets.MARGIN_ALERTS, [samples.ALERT])

    assert write(datasets.MARGIN_ALERTS, [later]) == Counts(inserted=1)

    same_day = MarginAlert.objects.filter(code="13260", date="2024-02-07").order_by("-published_on")
    assert [alert.long_outstanding for alert in same_day] == [677, 676]


def test_a_new_reason_of_a_margin_alert_is_kept_and_reported() -> None:
    reasons = samples.ALERT["PubReason"] | {"Other": "1"}

    write(datasets.MARGIN_ALERTS, [samples.ALERT | {"PubReason": reasons}])

    assert Coverage.objects.get().unknown_keys == ["PubReason.Other"]
    assert UnknownValues.objects.get().values == {"PubReason.Other": "1"}


def test_bad_reasons_of_a_margin_alert_are_named() -> None:
    reasons = samples.ALERT["PubReason"] | {"Monitoring": 1}

    with pytest.raises(UndecodableValueError, match=r'PubReason\.Monitoring is 1, not "0" or "1"'):
        write(datasets.MARGIN_ALERTS, [samples.ALERT | {"PubReason": reasons}])
    with pytest.raises(MissingFieldError, match=r"PubReason\.Restricted is missing"):
        write(datasets.MARGIN_ALERTS, [samples.ALERT | {"PubReason": None}])


# --- short selling -----------------------------------------------------------------------------------


def test_short_sale_reports_need_no_key_of_their_own() -> None:
    twin, other = dict(samples.SHORT_SALE), samples.SHORT_SALE | {"Code": "38080", "SSName": "Fund"}
    rows = [samples.SHORT_SALE | {"SSName": "法人"}, samples.SHORT_SALE, twin, other]

    assert write(datasets.SHORT_SALE_REPORTS, rows) == Counts(inserted=4)
    assert write(datasets.SHORT_SALE_REPORTS, rows[::-1]) == Counts(unchanged=4)

    numbers = ShortSaleReport.objects.order_by("code", "number").values_list("code", "number")
    assert list(numbers) == [("13660", 1), ("13660", 2), ("13660", 3), ("38080", 1)]


def test_short_sale_reports_that_are_gone_are_deleted_with_their_day_only() -> None:
    before = samples.SHORT_SALE | {"DiscDate": "2024-07-31"}
    write(datasets.SHORT_SALE_REPORTS, [before])
    write(datasets.SHORT_SALE_REPORTS, [samples.SHORT_SALE, samples.SHORT_SALE | {"Code": "72030"}])

    write(datasets.SHORT_SALE_REPORTS, [samples.SHORT_SALE])

    assert [str(report) for report in ShortSaleReport.objects.all()] == [
        "13660 2024-08-01 1",
        "13660 2024-07-31 1",
    ]


@pytest.mark.parametrize("blank", ["", "-"])
def test_blanks_of_short_sale_reports_are_null_however_they_are_spelled(blank: str) -> None:
    keys = ("SSAddr", "DICName", "FundName", "PrevRptDate", "PrevRptRatio")
    notes = "see above" + " " * 600

    write(datasets.SHORT_SALE_REPORTS, [samples.SHORT_SALE | dict.fromkeys(keys, blank) | {"Notes": notes}])

    report = ShortSaleReport.objects.get()
    assert (report.short_seller_address, report.contractor_name, report.fund_name) == (None,) * 3
    assert (report.previous_calculated_on, report.previous_ratio) == (None, None)
    assert (report.short_seller_name, report.notes) == ("個人", notes)


# --- investors ---------------------------------------------------------------------------------------


def test_a_corrected_week_of_investors_is_a_row_beside_the_first() -> None:
    corrected = samples.INVESTORS | {"PubDate": "2017-01-20", "FrgnBal": 1}
    write(datasets.INVESTOR_TYPES, [samples.INVESTORS])

    assert write(datasets.INVESTOR_TYPES, [samples.INVESTORS, corrected]) == Counts(inserted=1, unchanged=1)

    newest = InvestorTypes.objects.order_by("-published_on").values_list("foreigners_balance", flat=True)
    assert list(newest) == [1, 222260039]


def test_an_older_correction_of_investors_overwrites() -> None:
    write(datasets.INVESTOR_TYPES, [samples.INVESTORS])

    assert write(datasets.INVESTOR_TYPES, [samples.INVESTORS | {"OthFinBuy": 0}]) == Counts(updated=1)


def test_the_earnings_calendar_is_the_newest_list() -> None:
    undecided = samples.ANNOUNCEMENT | {"Code": "72030", "Date": ""}
    write(datasets.EARNINGS_CALENDAR, [samples.ANNOUNCEMENT, undecided])
    assert EarningsAnnouncement.objects.get(code="72030").date is None

    assert write(datasets.EARNINGS_CALENDAR, [undecided]) == Counts(unchanged=1, deleted=1)

    assert EarningsAnnouncement.objects.get().code == "72030"


def test_a_stale_row_beside_a_new_one_is_kept_too() -> None:
    stale = samples.ANNOUNCEMENT | {"Date": "2022-02-10"}

    write(datasets.EARNINGS_CALENDAR, [stale, samples.ANNOUNCEMENT])

    dates = EarningsAnnouncement.objects.order_by("number").values_list("date", flat=True)
    assert list(map(str, dates)) == ["2022-02-10", "2022-02-14"]


# --- files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("price", "volume"), [("1590.5", "1200"), (1590.5, 1200)])
def test_ticks_take_numbers_as_files_write_them(price: object, volume: object) -> None:
    write(datasets.TICKS, [samples.TICK | {"Price": price, "TradingVolume": volume}])

    tick = datasets.TICKS.model._default_manager.get()
    assert (tick.price, tick.volume) == (Decimal("1590.5"), 1200)  # type: ignore[attr-defined]
