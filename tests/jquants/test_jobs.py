import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from jquants import errors, session
from jquants.daily.days import FutureDateError
from jquants.datasets import DAILY_QUOTES, INVESTOR_TYPES, MORNING_QUOTES, STATEMENTS, TOPIX, TRADING_CALENDAR
from jquants.datasets.errors import UndecodableValueError
from jquants.jobs import ListedCompanies, job_type
from jquants.models import (
    Coverage,
    CoverageStatus,
    DailyQuote,
    DataSource,
    ListedCompany,
    MorningQuote,
    TopixBar,
    TradingDay,
)
from jquants.ratelimit import MemoryRateLimiter
from jquants.session import NoApiKeyError
from jquants.source import MixedSourcesError
from scheduler import messages
from scheduler.errors import Interrupted, InvalidParameters, Snoozed
from tests.jquants import samples
from tests.jquants.fakes import NOW, FakeRun, bar, calendar_day, issue, perform
from tests.jquants.filings import statement
from tests.jquants.wire import Reply, Wire, refusal, rows

DailyQuotes, TradingCalendar = job_type(DAILY_QUOTES), job_type(TRADING_CALENDAR)
Topix, InvestorTypes = job_type(TOPIX), job_type(INVESTOR_TYPES)

# Trading days before NOW, newest first; no calendar is stored, so that weekends and holidays decide.
FRIDAY, THURSDAY, WEDNESDAY = date(2026, 11, 20), date(2026, 11, 19), date(2026, 11, 18)
BEFORE_PUBLICATION = datetime(2026, 11, 20, 7, 29, 59, tzinfo=UTC)  # 16:29:59 in Tokyo
PAID_WINDOW = (
    "Your subscription covers the following dates: 2026-11-19 ~ . If you want more data, please check"
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def wire(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A scripted J-Quants that the settings point to; requests are counted in memory."""
    monkeypatch.setattr(session, "DatabaseRateLimiter", lambda plan, key, **_options: MemoryRateLimiter(plan))
    with Wire() as wire:
        settings.JQUANTS_BASE_URL = wire.base_url
        settings.JQUANTS_PLAN = "premium"
        yield wire


def market(day: date) -> Reply:
    """Return a day's bars of two issues."""
    return rows(bar("72030", day), bar("99840", day))


def asked(wire: Wire) -> list[str]:
    """Return the days asked for, in order."""
    return [seen.params["date"] for seen in wire.seen]


def stored_days() -> list[date]:
    return list(DailyQuote.objects.order_by("date").values_list("date", flat=True).distinct())


# --- trading calendar --------------------------------------------------------------------------------


def test_trading_calendar_stores_all_that_the_plan_permits(wire: Wire) -> None:
    wire.reply(rows(calendar_day("2026-11-20"), calendar_day("2026-11-21", "0")))

    first, second = perform(TradingCalendar), perform(TradingCalendar)

    assert [(seen.path, seen.params) for seen in wire.seen] == [("/v2/markets/calendar", {})] * 2
    assert TradingDay.objects.trading().get().date == FRIDAY
    assert first.counts == {"fetched": 2, "inserted": 2, "updated": 0, "unchanged": 0}
    assert second.counts == {"fetched": 2, "inserted": 0, "updated": 0, "unchanged": 2}


# --- what is fetched whole ---------------------------------------------------------------------------


def topix(day: date) -> dict[str, Any]:
    return {"Date": day.isoformat(), "O": 1.0, "H": 1.0, "L": 1.0, "C": 1.0}


def test_r31_topix_waits_for_the_bar_of_today(wire: Wire) -> None:
    wire.reply(rows(topix(THURSDAY)), rows(topix(THURSDAY), topix(FRIDAY)))

    with pytest.raises(Snoozed, match="not_published_yet"):
        perform(Topix)
    run = perform(Topix)

    assert run.counts == {"fetched": 2, "inserted": 1, "updated": 0, "unchanged": 1}


def test_topix_does_not_wait_before_publication_nor_for_a_day_that_is_over(wire: Wire) -> None:
    wire.reply(rows(topix(THURSDAY)))

    perform(Topix, now=BEFORE_PUBLICATION)
    perform(Topix, now=datetime(2026, 11, 21, 3, 0, tzinfo=UTC))

    assert len(wire.seen) == 2


def test_what_is_too_large_to_be_answered_whole_is_asked_for_by_the_year(wire: Wire) -> None:
    told = "Your subscription covers the following dates: 2021-11-22 ~ . If you want more data"
    too_large = refusal(413, "Response data is too large.")
    years = [rows(topix(date(year, 12, 1))) for year in range(2021, 2026)]
    wire.reply(too_large, refusal(400, told), *years)

    perform(Topix, now=datetime(2026, 11, 21, 3, 0, tzinfo=UTC))

    spans = [(seen.params["from"], seen.params["to"]) for seen in wire.seen[2:]]
    assert spans[0] == ("2021-11-22", "2022-11-22")
    assert spans[-1] == ("2025-11-25", "2026-11-21")
    assert TopixBar.objects.count() == 5


def test_a_calendar_that_is_too_large_is_an_error(wire: Wire) -> None:
    wire.reply(refusal(413, "Response data is too large."))

    with pytest.raises(errors.TooLargeError):
        perform(TradingCalendar)


def test_r31_investor_types_wait_for_last_week_on_the_fourth_trading_day(wire: Wire) -> None:
    before = samples.INVESTORS | {"StDate": "2026-11-02", "EnDate": "2026-11-06", "PubDate": "2026-11-12"}
    last_week = samples.INVESTORS | {"StDate": "2026-11-09", "EnDate": "2026-11-13", "PubDate": "2026-11-19"}
    wire.reply(rows(before), rows(before), rows(before, last_week))
    wednesday, thursday = (datetime(2026, 11, day, 9, 15, tzinfo=UTC) for day in (18, 19))  # 18:15 in Tokyo

    perform(InvestorTypes, now=wednesday)
    with pytest.raises(Snoozed, match="not_published_yet"):
        perform(InvestorTypes, now=thursday)
    assert perform(InvestorTypes, now=thursday).counts["inserted"] == 1


# --- listed companies --------------------------------------------------------------------------------


def test_listed_companies_fetches_the_list_of_today_once(wire: Wire) -> None:
    wire.reply(rows(issue("72030", FRIDAY), issue("99840", FRIDAY)))

    first, second = perform(ListedCompanies), perform(ListedCompanies)

    assert [seen.params for seen in wire.seen] == [{}]
    assert (first.counts["inserted"], second.counts["fetched"]) == (2, 0)
    assert ListedCompany.objects.listed().count() == 2


@pytest.mark.parametrize("given", [{"force": True}, {"date": "2026-11-20"}])
def test_listed_companies_fetches_a_stored_list_again_when_told(wire: Wire, given: dict[str, Any]) -> None:
    wire.reply(rows(issue("72030", FRIDAY)))
    perform(ListedCompanies)

    assert perform(ListedCompanies, **given).counts["unchanged"] == 1
    assert len(wire.seen) == 2


def test_listed_companies_belong_to_the_day_of_the_answer(wire: Wire) -> None:
    wire.reply(rows(issue("72030", "2026-11-24")))  # after a long weekend

    perform(ListedCompanies, date="2026-11-21")
    perform(ListedCompanies, now=datetime(2026, 11, 22, 3, 0, tzinfo=UTC))

    assert asked(wire) == ["2026-11-21"]  # on Sunday the list of Tuesday is there already
    assert Coverage.objects.get().day == date(2026, 11, 24)


def test_listed_companies_of_the_evening_before_are_fetched_again_when_they_are_final(wire: Wire) -> None:
    wire.reply(rows(issue("72030", FRIDAY)), rows(issue("72030", FRIDAY, CoName="トヨタ")))
    early, just_before, later = (
        datetime(2026, 11, 19, hour, minute, tzinfo=UTC) for hour, minute in ((21, 0), (22, 59), (23, 15))
    )

    for now in (early, just_before, later, NOW):
        perform(ListedCompanies, now=now)

    assert len(wire.seen) == 2
    assert ListedCompany.objects.get().company_name == "トヨタ"


def test_listed_companies_catch_up_on_the_days_since_the_last_list(wire: Wire) -> None:
    tuesday = date(2026, 11, 17)
    wire.reply(*(rows(issue("72030", day)) for day in (tuesday, WEDNESDAY, THURSDAY, FRIDAY)))
    perform(ListedCompanies, date=str(tuesday))

    perform(ListedCompanies)

    assert [seen.params.get("date") for seen in wire.seen[1:]] == ["2026-11-18", "2026-11-19", None]
    assert Coverage.objects.filter(status=CoverageStatus.FETCHED).count() == 4


def test_listed_companies_on_free_follow_the_delayed_window(wire: Wire, settings: Settings) -> None:
    settings.JQUANTS_PLAN = "free"
    wire.reply(rows(issue("72030", "2026-08-28")))  # 84 days ago

    perform(ListedCompanies)
    perform(ListedCompanies)

    assert len(wire.seen) == 1


def test_listed_companies_of_nobody_is_an_error_not_an_empty_exchange(wire: Wire) -> None:
    wire.reply(rows(issue("72030", THURSDAY)), rows())
    perform(ListedCompanies)

    with pytest.raises(errors.JQuantsError) as caught:
        perform(ListedCompanies)

    assert (caught.value.code, caught.value.retryable) == ("no_rows", True)
    assert ListedCompany.objects.listed().count() == 1


# --- daily quotes: which days ------------------------------------------------------------------------


def test_daily_quotes_fetch_the_newest_trading_days_oldest_first(wire: Wire) -> None:
    wire.reply(market(WEDNESDAY), market(THURSDAY), market(FRIDAY))

    run = perform(DailyQuotes, days=3)

    assert asked(wire) == ["2026-11-18", "2026-11-19", "2026-11-20"]
    assert stored_days() == [WEDNESDAY, THURSDAY, FRIDAY]
    assert run.counts == {"fetched": 6, "inserted": 6, "updated": 0, "unchanged": 0}
    assert run.seen_progress == [
        (0, 3, "2026-11-18"),
        (1, 3, "2026-11-18"),
        (2, 3, "2026-11-19"),
        (3, 3, "2026-11-20"),
    ]


def test_daily_quotes_keep_ten_days_unless_told_otherwise(wire: Wire) -> None:
    wire.reply(refusal(400, "no"))

    with pytest.raises(errors.ParameterError):
        perform(DailyQuotes)

    assert (asked(wire)[0], len(wire.seen)) == ("2026-11-09", 10)


def test_daily_quotes_fetch_only_what_is_not_stored(wire: Wire) -> None:
    wire.reply(market(THURSDAY), market(WEDNESDAY), market(FRIDAY))
    perform(DailyQuotes, date="2026-11-19")

    second, third = perform(DailyQuotes, days=3), perform(DailyQuotes, days=3)

    assert asked(wire) == ["2026-11-19", "2026-11-18", "2026-11-20"]
    assert second.counts["inserted"] == 4
    assert third.counts == dict.fromkeys(third.counts, 0)


def test_daily_quotes_force_fetches_stored_days_again(wire: Wire) -> None:
    wire.reply(market(FRIDAY), rows(bar("72030", FRIDAY, C=1.0), bar("99840", FRIDAY)))
    perform(DailyQuotes, days=1)

    run = perform(DailyQuotes, days=1, force=True)

    assert run.counts == {"fetched": 2, "inserted": 0, "updated": 1, "unchanged": 1}


def test_daily_quotes_do_not_ask_for_today_before_publication(wire: Wire) -> None:
    wire.reply(market(THURSDAY))

    perform(DailyQuotes, days=1, now=BEFORE_PUBLICATION)

    assert asked(wire) == ["2026-11-19"]


def test_daily_quotes_of_a_range_are_its_trading_days(wire: Wire) -> None:
    wire.reply(*(market(date(2026, 11, day)) for day in (13, 16)))

    perform(DailyQuotes, date_from="2026-11-13", date_to="2026-11-16")

    assert asked(wire) == ["2026-11-13", "2026-11-16"]


def test_daily_quotes_of_an_open_range_end_with_the_newest_day(wire: Wire) -> None:
    wire.reply(market(THURSDAY), market(FRIDAY))

    perform(DailyQuotes, date_from="2026-11-19")

    assert stored_days() == [THURSDAY, FRIDAY]


def test_daily_quotes_of_a_closed_day_ask_nothing(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        perform(DailyQuotes, date="2026-11-15")

    assert wire.seen == []
    assert "no trading day" in caplog.text


def test_statements_of_a_sunday_are_asked_for_where_somebody_wants_them(wire: Wire) -> None:
    wire.reply(rows(statement(DiscDate="2026-11-15")))

    perform(job_type(STATEMENTS), date="2026-11-15")

    assert asked(wire) == ["2026-11-15"]
    assert Coverage.objects.get().day == date(2026, 11, 15)


def test_statements_of_a_weekend_are_asked_for_with_the_trading_days_around_it(wire: Wire) -> None:
    days = [f"2026-11-{day}" for day in (13, 14, 15, 16)]
    wire.reply(*(rows(statement(str(number), DiscDate=day)) for number, day in enumerate(days)))

    perform(job_type(STATEMENTS), days=2, now=datetime(2026, 11, 16, 16, 0, tzinfo=UTC))

    assert asked(wire) == days


def test_daily_quotes_follow_the_stored_calendar(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    TradingDay.objects.create(date=THURSDAY, holiday_division="0")
    wire.reply(market(WEDNESDAY), market(FRIDAY))

    with caplog.at_level(logging.INFO):
        perform(DailyQuotes, days=2)

    assert stored_days() == [WEDNESDAY, FRIDAY]
    assert "2 of the days are beyond the stored calendar" in caplog.text


def test_daily_quotes_of_a_future_day_are_refused(wire: Wire) -> None:
    with pytest.raises(FutureDateError, match="2026-11-24") as caught:
        perform(DailyQuotes, date="2026-11-24")

    assert caught.value.retryable is False
    assert wire.seen == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"date": "2026-11-20", "days": 3}, "__all__"),
        ({"date": "2026-11-20", "date_from": "2026-11-19"}, "__all__"),
        ({"date_from": "2026-11-19", "days": 1}, "__all__"),
        ({"date_to": "2026-11-19"}, "date_from"),
        ({"date_from": "2026-11-20", "date_to": "2026-11-19"}, "date_to"),
        ({"days": 0}, "days"),
        ({"days": "ten"}, "days"),
        ({"date": "2026-11-31"}, "date"),
        ({"dates": "2026-11-20"}, "dates"),
    ],
)
def test_daily_quotes_refuse_parameters_that_contradict(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidParameters) as caught:
        DailyQuotes.clean_parameters(given)

    assert list(caught.value.errors) == [field]


def test_parameters_survive_the_way_through_json() -> None:
    given = json.loads('{"date_from": "2026-11-19", "force": true}')

    cleaned = DailyQuotes.clean_parameters(given)

    assert (cleaned["date_from"], cleaned["date_to"], cleaned["force"]) == (THURSDAY, None, True)


# --- daily quotes: what comes back -------------------------------------------------------------------


def test_r31_daily_quotes_wait_for_today_after_storing_the_days_before(wire: Wire) -> None:
    wire.reply(market(THURSDAY), rows(), market(FRIDAY))

    with pytest.raises(Snoozed) as caught:
        perform(DailyQuotes, days=2)

    assert stored_days() == [THURSDAY]
    assert (caught.value.seconds, caught.value.params) == (600, {"date": "2026-11-20"})
    assert "2026-11-20" in messages.render(caught.value.code, caught.value.params)
    assert Coverage.objects.count() == 1

    perform(DailyQuotes, days=2)
    assert stored_days() == [THURSDAY, FRIDAY]


def test_r31_daily_quotes_wait_for_the_rest_of_today(wire: Wire) -> None:
    wire.reply(rows(*(issue(f"{code}0", FRIDAY) for code in range(1301, 1311))))
    perform(ListedCompanies)
    wire.reply(market(FRIDAY), rows(*(bar(f"{code}0", FRIDAY) for code in range(1301, 1311))))

    with pytest.raises(Snoozed) as caught:
        perform(DailyQuotes, days=1)
    assert DailyQuote.objects.count() == 2
    assert "2026-11-20" in messages.render(caught.value.code, caught.value.params)

    perform(DailyQuotes, days=1)
    assert DailyQuote.objects.count() == 12


def test_daily_quotes_note_a_past_day_without_rows(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    wire.reply(rows(), market(FRIDAY))

    perform(DailyQuotes, days=2)

    assert Coverage.objects.get(day=THURSDAY).status == CoverageStatus.EMPTY
    assert "2026-11-19 is a trading day, but has no rows" in caplog.text


def test_daily_quotes_take_all_pages_of_a_day(wire: Wire) -> None:
    wire.reply(rows(bar("72030"), pagination_key="next"), rows(bar("99840")))

    perform(DailyQuotes, days=1)

    assert wire.seen[1].params == {"date": "2026-11-20", "pagination_key": "next"}
    assert DailyQuote.objects.count() == 2


def test_daily_quotes_store_no_day_of_which_a_page_fails(wire: Wire) -> None:
    wire.reply(
        market(THURSDAY),
        rows(bar("72030"), pagination_key="next"),
        refusal(403, "The API key is invalid or expired."),
    )

    with pytest.raises(errors.ApiKeyError):
        perform(DailyQuotes, days=2)

    assert stored_days() == [THURSDAY]
    assert Coverage.objects.count() == 1


def test_daily_quotes_store_no_day_with_a_bad_row(wire: Wire) -> None:
    wire.reply(market(THURSDAY), rows(bar("72030"), bar("99840", O="x")))

    with pytest.raises(UndecodableValueError, match="row 99840/2026-11-20: O is"):
        perform(DailyQuotes, days=2)

    assert stored_days() == [THURSDAY]


@pytest.mark.parametrize(
    "bad", [rows(bar("72030", THURSDAY, O="x")), refusal(400, "no"), refusal(413, "big")]
)
def test_a_day_that_cannot_be_stored_does_not_keep_later_ones_out(wire: Wire, bad: Reply) -> None:
    wire.reply(market(WEDNESDAY), bad, market(FRIDAY), bad)

    with pytest.raises(errors.JQuantsError) as caught:
        perform(DailyQuotes, days=3)

    assert stored_days() == [WEDNESDAY, FRIDAY]
    failed = Coverage.objects.get(day=THURSDAY)
    assert (failed.status, failed.error) == (CoverageStatus.FAILED, str(caught.value))
    with pytest.raises(errors.JQuantsError):
        perform(DailyQuotes, days=3)
    assert asked(wire)[3:] == ["2026-11-19"]


def test_an_answer_is_as_old_as_its_question(wire: Wire) -> None:
    """Statements are final at half past midnight: those asked for before are asked for again."""
    final = datetime(2026, 11, 19, 15, 30, tzinfo=UTC)
    wire.reply(rows(statement(DiscDate="2026-11-19")))

    class Slow(FakeRun):
        def now(self) -> datetime:
            return final + timedelta(seconds=1 if wire.seen else -1)

    job_type(STATEMENTS)().perform(Slow({"date": THURSDAY}))  # type: ignore[arg-type]

    assert Coverage.objects.get().fetched_at < final
    assert perform(job_type(STATEMENTS), date="2026-11-19").counts["unchanged"] == 1
    assert perform(job_type(STATEMENTS), date="2026-11-19").counts["fetched"] == 0


def test_daily_quotes_stop_between_days_when_asked(wire: Wire) -> None:
    wire.reply(market(THURSDAY), market(FRIDAY))

    class Stopping(FakeRun):
        def progress(self, done: int, of: int | None = None, text: str = "") -> None:
            self.is_stopping = done == 1

    with pytest.raises(Interrupted):
        DailyQuotes().perform(Stopping({"days": 2}))  # type: ignore[arg-type]

    assert stored_days() == [THURSDAY]


# --- the newest day only -----------------------------------------------------------------------------


def test_r31_mornings_wait_for_that_of_today_also_when_yesterdays_is_still_there(wire: Wire) -> None:
    old, new = (samples.MORNING | {"Date": str(day)} for day in (THURSDAY, FRIDAY))
    wire.reply(rows(old), rows(old), rows(new))

    perform(job_type(MORNING_QUOTES), now=datetime(2026, 11, 19, 18, 0, tzinfo=UTC))  # Friday, 3:00 in Tokyo
    with pytest.raises(Snoozed, match="not_published_yet"):
        perform(job_type(MORNING_QUOTES))
    perform(job_type(MORNING_QUOTES))

    assert set(MorningQuote.objects.values_list("date", flat=True)) == {THURSDAY, FRIDAY}


# --- the plan's window -------------------------------------------------------------------------------


def test_daily_quotes_on_free_are_the_newest_of_the_delayed_window(wire: Wire, settings: Settings) -> None:
    settings.JQUANTS_PLAN = "free"
    wire.reply(market(date(2026, 8, 27)), market(date(2026, 8, 28)))

    perform(DailyQuotes, days=2)

    assert asked(wire) == ["2026-08-27", "2026-08-28"]


def test_daily_quotes_outside_the_plan_are_noted_and_not_asked_for(
    wire: Wire, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JQUANTS_PLAN = "free"
    wire.reply(market(date(2026, 8, 28)))

    perform(DailyQuotes, date_from="2026-08-28", date_to="2026-09-01")

    assert asked(wire) == ["2026-08-28"]
    assert list(
        Coverage.objects.filter(status=CoverageStatus.REFUSED).order_by("day").values_list("day", flat=True)
    ) == [date(2026, 8, 31), date(2026, 9, 1)]
    assert "2 days, 2026-08-31 to 2026-09-01, are outside the plan free" in caplog.text


def test_daily_quotes_go_on_where_j_quants_names_a_narrower_window(wire: Wire) -> None:
    wire.reply(refusal(400, PAID_WINDOW), market(THURSDAY), market(FRIDAY))

    perform(DailyQuotes, days=4)

    assert asked(wire) == ["2026-11-17", "2026-11-19", "2026-11-20"]  # the 18th is known to be refused
    assert stored_days() == [THURSDAY, FRIDAY]
    assert Coverage.objects.filter(status=CoverageStatus.REFUSED).count() == 2


def test_daily_quotes_show_the_refusal_of_the_very_day_asked_for(wire: Wire) -> None:
    wire.reply(refusal(400, PAID_WINDOW))

    with pytest.raises(errors.WindowError, match="covers the following dates: 2026-11-19"):
        perform(DailyQuotes, date="2026-11-18")

    assert Coverage.objects.count() == 0


# --- settings ----------------------------------------------------------------------------------------


def test_missing_key_is_told_before_any_request(wire: Wire, settings: Settings) -> None:
    settings.JQUANTS_API_KEY = ""

    with pytest.raises(NoApiKeyError, match="JQUANTS_API_KEY") as caught:
        perform(TradingCalendar)

    assert caught.value.retryable is False
    assert wire.seen == []


def test_other_kind_of_source_is_told_before_any_request(wire: Wire) -> None:
    DataSource.objects.create(kind="jquants", base_url="https://api.jquants.com/v2", first_used_at=NOW)

    with pytest.raises(MixedSourcesError):
        perform(TradingCalendar)

    assert wire.seen == []


def test_errors_of_the_jobs_have_a_sentence() -> None:
    for error in (
        NoApiKeyError(),
        FutureDateError(FRIDAY),
        MixedSourcesError(),
    ):
        assert messages.render(error.code, error.params)


@pytest.mark.django_db(transaction=True)
def test_daily_quotes_share_the_rate_limit_through_the_database(settings: Settings) -> None:
    with Wire() as wire:
        settings.JQUANTS_BASE_URL = wire.base_url
        wire.reply(market(THURSDAY), market(FRIDAY))

        perform(DailyQuotes, days=2)

    assert stored_days() == [THURSDAY, FRIDAY]
