"""Backfills against the real stand-in and a scripted wire."""

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import models
from pytest_django import Settings

from jquants.backfill import work
from jquants.backfill.progress import BackfillFailedError
from jquants.backfill.request import Only, Order, Request, Source, estimated, queue_backfill
from jquants.coverage import fetches, states
from jquants.coverage.states import State
from jquants.datasets import (
    ALL,
    DAILY_QUOTES,
    INDEX_BARS,
    INVESTOR_TYPES,
    LARGE_HOLDING_REPORTS,
    LISTED_COMPANIES,
    MORNING_QUOTES,
    STATEMENTS,
    TICKS,
    TOPIX,
    TRADING_CALENDAR,
    VALUATIONS,
)
from jquants.errors import PlanError
from jquants.jobs import Backfill, Corrections, job_type
from jquants.models import (
    Coverage,
    CoverageStatus,
    DailyQuote,
    EarningsDate,
    IndexBar,
    SessionQuote,
    TopixBar,
)
from jquants.standin import StandinServer
from scheduler.audit import Actor
from scheduler.errors import InvalidParameters
from scheduler.models import Job, Trigger
from tests.jquants import samples
from tests.jquants.fakes import NOW, FakeRun, bar, perform
from tests.jquants.filings import earnings_date
from tests.jquants.wire import Reply, Wire, answer, csv_file, refusal, rows

WEDNESDAY, THURSDAY, FRIDAY = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)
WEEK: dict[str, Any] = {"dataset": "daily_quotes", "date_from": "2026-11-18", "date_to": "2026-11-20"}

pytestmark = pytest.mark.django_db


def asked(wire: Wire) -> list[str]:
    return [seen.params["date"] for seen in wire.seen if "date" in seen.params]


def content(**wanted: Any) -> list[tuple[Any, ...]]:
    names = [name for name in DAILY_QUOTES.names if name not in ("market_cap", "ex_rights")]
    return list(DailyQuote.objects.filter(**wanted).order_by("date", "code").values_list(*names))


# --- the same rows either way ------------------------------------------------------------------------


def test_files_bring_the_rows_of_the_api_and_the_api_adds_what_files_lack(standin: StandinServer) -> None:
    perform(Backfill, **WEEK, source="bulk")
    from_files = content()
    assert {path for path, _ in standin.requests} == {"/bulk/list", "/bulk/get"}
    assert list(Coverage.objects.values_list("absent_keys", flat=True)) == [["ExRT", "MktCap"]] * 3

    run = perform(Backfill, **WEEK, source="api", only="all")

    assert len(from_files) > 12_000
    assert content() == from_files
    assert run.counts["inserted"] == 0
    assert DailyQuote.objects.exclude(market_cap=None).count() > 10_000
    assert Coverage.objects.filter(changed_at=None, absent_keys=[]).count() == 3

    perform(Backfill, **WEEK, source="bulk", only="all")
    assert DailyQuote.objects.exclude(market_cap=None).count() > 10_000
    assert Coverage.objects.filter(changed_at=None, absent_keys=[]).count() == 3


def test_days_with_an_ex_date_are_asked_of_the_api(standin: StandinServer) -> None:
    given: dict[str, Any] = {"dataset": "daily_quotes", "date_from": "2026-10-27", "date_to": "2026-10-30"}
    perform(Backfill, **given)

    with_action = DailyQuote.objects.exclude(adjustment_factor=1).values("date")
    asked_days = {query["date"] for path, query in standin.requests if path == DAILY_QUOTES.path}
    assert {str(day) for day in with_action.values_list("date", flat=True)} == asked_days
    assert not DailyQuote.objects.exclude(adjustment_factor=1).filter(ex_rights=None).exists()
    assert Coverage.objects.filter(status=CoverageStatus.FETCHED).count() == 4


def test_companies_and_calendar_come_from_files_too(standin: StandinServer) -> None:
    perform(Backfill, dataset="listed_companies", date_from="2026-11-18", date_to="2026-11-19", source="bulk")
    perform(Backfill, dataset="trading_calendar", source="bulk")

    assert {path for path, _ in standin.requests} == {"/bulk/list", "/bulk/get"}
    assert Coverage.objects.filter(status=CoverageStatus.FETCHED).count() == 3


def test_what_is_fetched_whole_is_put_together_from_all_its_files(wire: Wire) -> None:
    days = ("2026-10-30", "2026-11-20")
    files = [Reply(body=gzip.compress(f"Date,O,H,L,C\n{day},1.5,2,1,\n".encode())) for day in days]
    listed = [
        {"Key": f"topix_{month}.csv.gz", "LastModified": "2026-11-20T08:00:01Z", "Size": 1}
        for month in ("202610", "202611")
    ]
    url = answer({"url": wire.base_url + "/file"})
    wire.reply(rows(*listed), url, files[0], url, files[1], rows())

    perform(Backfill, dataset="topix", source="bulk")

    assert [str(day) for day in TopixBar.objects.order_by("date").values_list("date", flat=True)] == list(
        days
    )
    assert Coverage.objects.get().rows == 2
    with pytest.raises(BackfillFailedError):
        perform(Backfill, dataset="topix", source="bulk", only="all")  # no file at all


def test_rows_of_a_day_that_is_not_expected_are_stored_too(wire: Wire) -> None:
    announced = [earnings_date(day, "2027-02-05") for day in ("2026-10-30", "2026-11-01")]
    file = {"Key": "a_202610.csv.gz", "LastModified": "2026-11-20T08:00:01Z", "Size": 1}
    url = answer({"url": wire.base_url + "/file"})
    wire.reply(rows(file), url, csv_file(*announced))

    given: dict[str, Any] = {"date_from": "2026-10-30", "date_to": "2026-11-01", "source": "bulk"}
    run = perform(Backfill, dataset="earnings_dates", **given)

    days = EarningsDate.objects.order_by("pk").values_list("published_on", flat=True)
    assert list(map(str, days)) == ["2026-10-30", "2026-11-01"]
    assert run.seen_progress[-1] == (2, 2, "earnings_dates 2026-11-01")


@pytest.mark.parametrize(("written_on", "asks"), [("2026-11-10", []), ("2026-10-29", ["2026-10-29"])])
def test_a_file_tells_which_days_had_no_disclosure_once_they_are_final(
    wire: Wire, written_on: str, asks: list[str]
) -> None:
    file = {"Key": "a_202610.csv.gz", "LastModified": f"{written_on}T07:30:00Z", "Size": 1}
    url = answer({"url": wire.base_url + "/file"})
    wire.reply(rows(file), url, csv_file(earnings_date("2026-10-30")), rows())

    run = perform(Backfill, dataset="earnings_dates", date_from="2026-10-29", date_to="2026-10-30")

    assert asked(wire) == asks
    assert dict(Coverage.objects.values_list("day", "status")) == {
        date(2026, 10, 29): CoverageStatus.EMPTY,
        date(2026, 10, 30): CoverageStatus.FETCHED,
    }
    assert run.seen_progress[-1][:2] == (2, 2)


def test_a_day_of_a_file_that_does_not_fit_is_no_empty_day(wire: Wire) -> None:
    file = {"Key": "a_202610.csv.gz", "LastModified": "2026-11-10T07:30:00Z", "Size": 1}
    url = answer({"url": wire.base_url + "/file"})
    bad = csv_file(earnings_date("2026-10-30", "soon"))
    wire.reply(rows(file), url, bad, rows(earnings_date("2026-10-30")))

    perform(Backfill, dataset="earnings_dates", date_from="2026-10-30", date_to="2026-10-30")

    assert asked(wire) == ["2026-10-30"]
    assert EarningsDate.objects.count() == 1


def test_sessions_that_files_lack_are_asked_of_the_api(wire: Wire) -> None:
    columns = [key for key in bar() if "Adj" not in key or key == "AdjFactor"]
    text = "\n".join([",".join(columns), ",".join(str(bar()[key] or "") for key in columns)])
    file = {"Key": "a_20261120.csv.gz", "LastModified": "2026-11-20T08:00:01Z", "Size": 1}
    url = answer({"url": wire.base_url + "/file"})
    day = samples.PREMIUM_BAR | {"Date": "2026-11-20"}
    wire.reply(rows(file), url, Reply(body=gzip.compress(text.encode())), rows(day))

    perform(Backfill, **WEEK | {"date_from": "2026-11-20"})

    assert SessionQuote.objects.count() == 2


# --- which partitions, in which order ----------------------------------------------------------------


def test_missing_days_are_fetched_newest_first(wire: Wire) -> None:
    wire.reply(rows(bar(day=THURSDAY)))
    perform(Backfill, dataset="daily_quotes", date_from="2026-11-19", date_to="2026-11-19", source="api")
    wire.reply(rows(bar(day=FRIDAY)), rows(bar(day=WEDNESDAY)))

    run = perform(Backfill, **WEEK, source="api")

    assert asked(wire) == ["2026-11-19", "2026-11-20", "2026-11-18"]
    assert run.seen_progress[-1] == (2, 2, "daily_quotes 2026-11-18")


def test_oldest_first_and_everything_again(wire: Wire) -> None:
    days = (WEDNESDAY, THURSDAY, FRIDAY)
    wire.reply(*(rows(bar(day=day)) for day in days * 2))
    perform(Backfill, **WEEK, source="api", order="oldest")

    run = perform(Backfill, **WEEK, source="api", order="oldest", only="all")

    assert asked(wire) == [str(day) for day in days * 2]
    assert run.counts["unchanged"] == 3


def test_a_day_that_cannot_be_stored_is_noted_and_the_others_are_stored(wire: Wire) -> None:
    wire.reply(rows(bar(day=FRIDAY)), rows(bar(day=THURSDAY, C="x")), rows(bar(day=WEDNESDAY)))

    with pytest.raises(BackfillFailedError, match="1 of 3"):
        perform(Backfill, **WEEK, source="api")

    row = Coverage.objects.get(status=CoverageStatus.FAILED)
    assert (row.day, row.rows) == (THURSDAY, 0)
    assert 'C is "x"' in row.error
    assert DailyQuote.objects.count() == 2

    wire.reply(rows(bar(day=THURSDAY)))
    perform(Backfill, **WEEK, source="api", only="failed")
    assert Coverage.objects.filter(status=CoverageStatus.FETCHED, error="").count() == 3


def test_a_stored_day_stays_stored_when_it_cannot_be_read_again(wire: Wire) -> None:
    wire.reply(rows(bar(day=FRIDAY)), rows(bar(day=FRIDAY, C="x")))
    given = WEEK | {"date_from": "2026-11-20", "source": "api"}
    perform(Backfill, **given)

    with pytest.raises(BackfillFailedError):
        perform(Backfill, **given, only="all")

    row = Coverage.objects.get()
    assert (row.status, row.rows) == (CoverageStatus.FETCHED, 1)
    assert row.error


@pytest.mark.parametrize("refused_at", [0, 1])
def test_a_file_that_is_refused_is_asked_of_the_api(wire: Wire, refused_at: int) -> None:
    """Days get one file a month, and the files of the days end: between the list and the download too."""
    file = {"Key": "a_20261120.csv.gz", "LastModified": "2026-11-20T08:00:01Z", "Size": 1}
    until = [rows(file)][:refused_at]
    wire.reply(*until, refusal(400, "The requested file does not exist."), rows(bar(day=FRIDAY)))

    perform(Backfill, **WEEK | {"date_from": "2026-11-20"})

    assert [seen.path for seen in wire.seen][-1] == "/v2" + DAILY_QUOTES.path
    assert DailyQuote.objects.count() == 1


@pytest.mark.parametrize("refused", [refusal(400, "no"), refusal(413, "big")])
def test_a_day_that_is_refused_is_noted_and_the_others_are_stored(wire: Wire, refused: Reply) -> None:
    wire.reply(rows(bar(day=FRIDAY)), refused, rows(bar(day=WEDNESDAY)))

    with pytest.raises(BackfillFailedError, match="1 of 3"):
        perform(Backfill, **WEEK, source="api")

    assert Coverage.objects.get(status=CoverageStatus.FAILED).day == THURSDAY
    assert DailyQuote.objects.count() == 2


def test_days_outside_the_window_that_j_quants_names_are_asked_for_once(wire: Wire) -> None:
    told = "Your subscription covers the following dates: 2026-11-19 ~ . If you want more data, please"
    wire.reply(rows(bar(day=FRIDAY)), rows(bar(day=THURSDAY)), refusal(400, told), rows(bar(day=FRIDAY)))

    perform(Backfill, **WEEK | {"date_from": "2026-11-16"}, source="api")

    assert asked(wire) == ["2026-11-20", "2026-11-19", "2026-11-18"]
    assert Coverage.objects.filter(status=CoverageStatus.REFUSED).count() == 3


def test_a_day_of_files_only_that_has_none_yet_is_not_asked_of_the_api(
    wire: Wire, settings: Settings
) -> None:
    settings.JQUANTS_ADDONS = ["minute"]
    wire.reply(rows(), refusal(403, "The requested endpoint does not exist."))

    perform(Backfill, **WEEK | {"dataset": "ticks"})

    assert [seen.path for seen in wire.seen] == ["/v2/bulk/list"]
    [api] = estimated(Request((TICKS,), FRIDAY, FRIDAY, source=Source.API), NOW)
    assert "CSV files only" in str(api.obstacle)


def test_a_data_set_that_the_plan_lacks_after_all_does_not_keep_others_out(wire: Wire) -> None:
    request = Request((VALUATIONS, DAILY_QUOTES), FRIDAY, FRIDAY, source=Source.API)
    wire.reply(refusal(403, "This API is not available on your subscription."), rows(bar(day=FRIDAY)))

    with pytest.raises(PlanError):
        work.perform(FakeRun(), request)  # type: ignore[arg-type]

    assert DailyQuote.objects.count() == 1


def test_without_files_in_the_plan_the_api_is_asked(wire: Wire) -> None:
    wire.reply(
        refusal(403, "This API is not available on your subscription."),
        *(rows(bar(day=day)) for day in (FRIDAY, THURSDAY, WEDNESDAY)),
    )
    perform(Backfill, **WEEK)

    assert [seen.path for seen in wire.seen] == ["/v2/bulk/list", *["/v2" + DAILY_QUOTES.path] * 3]


@pytest.mark.parametrize(
    "given",
    [{"dataset": "nothing"}, {"only": "some"}, {"date_from": "2026-11-20", "date_to": "2026-11-19"}],
)
def test_parameters_that_make_no_sense_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameters):
        Backfill.clean_parameters(given)


# --- the dry run -------------------------------------------------------------------------------------


def test_estimate_counts_files_by_month_and_recent_days(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "light"
    request = Request((DAILY_QUOTES,), first=date(2026, 9, 1), last=FRIDAY)

    [files] = estimated(request, NOW)
    [api] = estimated(Request((DAILY_QUOTES,), date(2026, 9, 1), FRIDAY, source=Source.API), NOW)

    trading = len(files.partitions)
    november = sum(day >= date(2026, 11, 1) for day in files.partitions if day)
    assert files.requests == 1 + 2 + november
    assert (api.requests, api.minutes) == (trading, 2)  # 48 a minute: the rest is kept for live jobs


def test_estimate_counts_the_pages_that_a_day_usually_has(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "light"
    covered(date(2026, 10, 1), 8_000)
    covered(date(2026, 10, 2), 10_000)
    covered(date(2026, 10, 5), 0, status=CoverageStatus.EMPTY)
    covered(date(2026, 10, 1), 4_400, LISTED_COMPANIES)  # whose answers have no pages
    datasets = (DAILY_QUOTES, LISTED_COMPANIES, VALUATIONS)

    found = estimated(Request(datasets, WEDNESDAY, FRIDAY, source=Source.API), NOW)

    assert [(len(each.partitions), each.requests) for each in found] == [(3, 3 * 3), (2, 2), (3, 3)]


def test_estimate_leaves_out_what_the_plan_lacks(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "free"
    [quotes] = estimated(Request((DAILY_QUOTES,), first=date(2026, 11, 2)), NOW)
    [bulk] = estimated(Request((DAILY_QUOTES,), source=Source.BULK), NOW)

    assert quotes.partitions == []
    assert set(quotes.survey.states.values()) == {State.REFUSED}
    assert bulk.obstacle


def test_queue_writes_a_run_that_comes_after_live_ones(actor: Actor) -> None:
    first = queue_backfill({"dataset": "daily_quotes", "date_from": FRIDAY}, actor)
    second = queue_backfill({"dataset": "listed_companies"}, actor)

    assert (first.trigger, first.priority, first.holds_slot) == (Trigger.BACKFILL, 10, False)
    assert first.parameters == {"dataset": "daily_quotes", "date_from": "2026-11-20"}
    assert second.job == first.job == Job.objects.get(job_type="backfill")


# --- corrections at the source -----------------------------------------------------------------------


def test_files_newer_than_what_was_fetched_are_fetched_again(standin: StandinServer) -> None:
    before = datetime(2026, 11, 19, 7, 0, tzinfo=UTC)  # the file of the day is written at 7:30
    day: dict[str, Any] = {
        "dataset": "daily_quotes",
        "date_from": "2026-11-19",
        "date_to": "2026-11-19",
        "source": "api",
    }
    perform(Backfill, **day)
    Coverage.objects.update(fetched_at=before)

    run = perform(Corrections)

    assert run.counts["unchanged"] > 4000
    row = Coverage.objects.get()
    assert (row.stale_since, row.fetched_at) == (None, NOW)
    asked = len(standin.requests)
    perform(Corrections)
    assert {path for path, _ in list(standin.requests)[asked:]} == {"/bulk/list"}


def test_a_file_written_anew_while_it_is_read_is_fetched_again(standin: StandinServer) -> None:
    rewritten = NOW + timedelta(minutes=5)

    class Slow(FakeRun):
        def now(self) -> datetime:
            got = any(path == "/bulk/get" for path, _query in standin.requests)
            return NOW + timedelta(minutes=10 if got else 0)

    given = WEEK | {"date_from": "2026-11-19", "date_to": "2026-11-19", "source": "bulk"}
    Backfill().perform(Slow(Backfill.clean_parameters(given)))  # type: ignore[arg-type]

    assert Coverage.objects.get().fetched_at < rewritten


def test_a_data_set_without_files_does_not_keep_corrections_of_others_out(wire: Wire) -> None:
    file = {"Key": "a_202611.csv.gz", "LastModified": "2026-11-20T08:00:01Z", "Size": 1}
    covered(THURSDAY, 1, INDEX_BARS)
    wire.reply(refusal(403, "This API is not available on your subscription."), *[rows(file)] * 30)

    with pytest.raises(BackfillFailedError):  # there is no such file
        perform(Corrections)

    assert Coverage.objects.get().stale_since


# --- another plan ------------------------------------------------------------------------------------


def test_a_bigger_plan_that_has_more_of_a_day_fetches_it_again(wire: Wire, settings: Settings) -> None:
    settings.JQUANTS_PLAN = "standard"
    given = WEEK | {"date_from": "2026-11-20", "source": "api"}
    sessions = {
        key: value for key, value in samples.PREMIUM_BAR.items() if key[0] in "MA" and key != "MktCap"
    }
    wire.reply(rows(bar()), rows(sessions | bar()), rows(bar()))
    perform(Backfill, **given)
    perform(Backfill, **given)

    settings.JQUANTS_PLAN = "premium"
    perform(Backfill, **given)
    perform(Backfill, **given)

    assert (len(wire.seen), SessionQuote.objects.count()) == (2, 2)
    settings.JQUANTS_PLAN = "standard"
    perform(Backfill, **given, only="all")
    settings.JQUANTS_PLAN = "premium"
    perform(Backfill, **given)
    assert (len(wire.seen), SessionQuote.objects.count()) == (3, 2)
    assert Coverage.objects.get().changed_at is None  # nothing was corrected


def test_indices_that_only_a_bigger_plan_has_are_no_correction(wire: Wire, settings: Settings) -> None:
    day = {"Date": "2026-11-20"}
    topix, with_dividends = samples.INDEX | day, samples.INDEX | day | {"Code": "6028"}
    wire.reply(rows(topix), rows(topix, with_dividends), rows(topix), rows(topix | {"C": 1.0}))

    for plan in ("standard", "premium", "standard"):
        settings.JQUANTS_PLAN = plan
        perform(job_type(INDEX_BARS), date="2026-11-20", force=plan == "standard")
        assert Coverage.objects.get().changed_at is None
    assert IndexBar.objects.count() == 2

    perform(job_type(INDEX_BARS), date="2026-11-20", force=True)
    assert Coverage.objects.get().changed_rows == 1


# --- how partitions stand ----------------------------------------------------------------------------


def covered(day: date, rows: int, dataset: Any = DAILY_QUOTES, **fields: Any) -> None:
    Coverage.objects.create(
        dataset=dataset.slug,
        day=day,
        **{"status": CoverageStatus.FETCHED, "rows": rows, "fetched_at": NOW} | fields,
    )


def test_survey_tells_states_and_ranges_of_gaps(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "standard"
    covered(date(2026, 11, 18), 4000, LISTED_COMPANIES)
    covered(date(2026, 11, 20), 3990)
    covered(date(2026, 11, 19), 1500)
    covered(date(2026, 11, 18), 4000, stale_since=NOW)
    covered(date(2026, 11, 17), 0, status=CoverageStatus.EMPTY)

    [found] = states.survey([DAILY_QUOTES], NOW, first=date(2026, 11, 12))

    assert [state.value for state in found.states.values()] == [
        *("missing", "missing", "missing"),
        *("partial", "stale", "partial", "fetched"),  # a trading day without a bar is no success
    ]
    assert [(gap.state.value, str(gap.first), gap.partitions) for gap in found.ranges()] == [
        ("missing", "2026-11-12", 3),
        ("partial", "2026-11-17", 1),
        ("stale", "2026-11-18", 1),
        ("partial", "2026-11-19", 1),
    ]
    assert not found.is_complete
    assert fetches.covered(DAILY_QUOTES, [WEDNESDAY, THURSDAY, FRIDAY]) == {FRIDAY}


def test_a_day_that_came_empty_at_first_is_asked_for_again(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "premium"
    early = {"status": CoverageStatus.EMPTY, "fetched_at": datetime(2026, 11, 17, 12, 0, tzinfo=UTC)}
    days = {"first": date(2026, 11, 17), "last": date(2026, 11, 17)}
    for dataset in (INDEX_BARS, STATEMENTS, LARGE_HOLDING_REPORTS):
        covered(date(2026, 11, 17), 0, dataset, **early)

    def found() -> list[State]:
        surveys = states.survey([INDEX_BARS, STATEMENTS, LARGE_HOLDING_REPORTS], NOW, **days)
        return [survey.states[date(2026, 11, 17)] for survey in surveys]

    # Statements were not final, and J-Quants may have been late with the bars.
    assert found() == [State.STALE, State.STALE, State.EMPTY]
    Coverage.objects.update(fetched_at=NOW + timedelta(days=5))
    assert found() == [State.EMPTY] * 3


def test_what_is_fetched_whole_is_stale_once_more_is_published(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "light"
    Coverage.objects.bulk_create(
        Coverage(dataset=dataset.slug, status=CoverageStatus.FETCHED, rows=1, fetched_at=fetched_at)
        for dataset, fetched_at in (
            (TOPIX, datetime(2026, 11, 20, 7, 29, tzinfo=UTC)),  # a minute before today's
            (INVESTOR_TYPES, datetime(2026, 11, 19, 7, 31, tzinfo=UTC)),  # a minute after last week's
            (TRADING_CALENDAR, datetime(2026, 11, 1, tzinfo=UTC)),
        )
    )

    found = states.survey([TOPIX, INVESTOR_TYPES, TRADING_CALENDAR], NOW)

    assert [survey.states[None] for survey in found] == [State.STALE, State.FETCHED, State.FETCHED]


def test_days_far_ahead_cost_nothing(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "standard"

    [found] = states.survey([DAILY_QUOTES], NOW, first=FRIDAY, last=date.max)
    [ahead] = states.survey([DAILY_QUOTES], NOW, first=date.max, last=date.max)

    assert (list(found.states), found.last) == ([FRIDAY], FRIDAY)
    assert ahead.states == {}


def test_mornings_that_nobody_can_ask_for_any_more_are_no_gaps(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "premium"
    [fresh] = states.survey([MORNING_QUOTES], NOW)
    covered(WEDNESDAY, 4000, MORNING_QUOTES)

    [found] = states.survey([MORNING_QUOTES], NOW)

    assert fresh.states == {FRIDAY: State.MISSING}
    assert found.states == {WEDNESDAY: State.FETCHED, THURSDAY: State.REFUSED, FRIDAY: State.MISSING}


def test_survey_takes_few_queries_whatever_it_covers(
    django_assert_num_queries: Callable[..., Any], settings: Settings
) -> None:
    settings.JQUANTS_PLAN = "standard"
    with django_assert_num_queries(4):  # the plan, the days, the wholes, the calendar
        found = states.survey(ALL, NOW)

    assert len(found) == len(ALL)
    assert found[ALL.index(TRADING_CALENDAR)].states == {None: State.MISSING}


@pytest.mark.parametrize("only", [Only.ALL, Only.FAILED])
def test_an_interrupted_run_does_not_repeat_what_it_did(wire: Wire, actor: Actor, only: Only) -> None:
    execution = queue_backfill({"dataset": "daily_quotes"}, actor)
    covered(FRIDAY, 1, execution=execution, error="x")
    covered(THURSDAY, 1, error="x")
    wire.reply(rows(bar(day=THURSDAY)))
    run = FakeRun(
        Backfill.clean_parameters(WEEK | {"date_from": "2026-11-19", "only": only, "source": "api"})
    )
    run.execution = execution  # type: ignore[assignment]

    Backfill().perform(run)  # type: ignore[arg-type]

    assert asked(wire) == ["2026-11-19"]


def test_orders_and_choices_have_words() -> None:
    kinds: tuple[type[models.TextChoices], ...] = (Only, Order, Source)
    assert all(str(label) for kind in kinds for label in kind.labels)
