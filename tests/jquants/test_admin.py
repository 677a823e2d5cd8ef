from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jquants import ingest, tiles
from jquants.coverage import fetches
from jquants.datasets import DAILY_QUOTES, LISTED_COMPANIES, TRADING_CALENDAR, Dataset
from jquants.datasets.table import decode
from jquants.models import Coverage, DailyQuote, ListedCompany, TradingDay
from jquants.upsert import Counts
from scheduler.models import Job, JobExecution
from scheduler.ticks import new_run
from tests.jquants.fakes import NO_TRADE, NOW, TODAY, Row, bar, calendar_day, issue

MODELS = ("listedcompany", "listedcompanyhistory", "dailyquote", "tradingday", "coverage")

pytestmark = pytest.mark.django_db


def write(dataset: Dataset, *rows: Row, day: date | None = None) -> None:
    ingest.write(dataset, rows, day=day, base_url="http://127.0.0.1:1/v2", now=NOW)


@pytest.fixture
def market() -> None:
    """Two issues, one of them with a split on the second day, a third that no snapshot has."""
    yesterday = TODAY - timedelta(days=1)
    write(TRADING_CALENDAR, calendar_day(yesterday), calendar_day(TODAY), calendar_day("2026-11-21", "0"))
    write(LISTED_COMPANIES, issue("72030"), issue("94330", CoName="ＫＤＤＩ　", CoNameEn="KDDI CORPORATION"))
    write(DAILY_QUOTES, bar("72030", yesterday, C=4000.0), bar("94330", yesterday, **NO_TRADE), day=yesterday)
    write(DAILY_QUOTES, bar(AdjFactor=0.5, ExRT="1"), bar("94330"), bar("99999"), day=TODAY)


def page(client: Client, model: str, **query: str) -> str:
    response = client.get(reverse(f"admin:jquants_{model}_changelist"), query)
    assert response.status_code == 200
    return response.content.decode()


def found(client: Client, model: str, **query: str) -> list[Any]:
    """Return the rows that a list shows."""
    response = client.get(reverse(f"admin:jquants_{model}_changelist"), query)
    return list(response.context["cl"].result_list)


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("model", MODELS)
def test_data_are_looked_at_and_never_edited(admin_client: Client, model: str) -> None:
    first = found(admin_client, model)[0]
    change = reverse(f"admin:jquants_{model}_change", args=[first.pk])

    assert admin_client.get(change).status_code == 200
    assert admin_client.post(change, {}).status_code == 403
    assert admin_client.post(reverse(f"admin:jquants_{model}_delete", args=[first.pk])).status_code == 403
    assert admin_client.get(reverse(f"admin:jquants_{model}_add")).status_code == 403


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("term", ["9433", "94330", "KDDI", "kddi", "ＫＤＤＩ", "kddi 94"])
def test_companies_are_found_by_code_and_by_name_in_either_width(admin_client: Client, term: str) -> None:
    assert [company.code for company in found(admin_client, "listedcompany", q=term)] == ["94330"]


@pytest.mark.usefixtures("market")
def test_companies_are_filtered(admin_client: Client) -> None:
    ListedCompany.objects.filter(code="72030").update(is_listed=False, market_name="スタンダード")

    assert len(found(admin_client, "listedcompany", is_listed__exact="0")) == 1
    assert len(found(admin_client, "listedcompany", market_name="プライム")) == 1
    assert len(found(admin_client, "listedcompany", product_category__exact="014")) == 0
    assert len(found(admin_client, "listedcompany", sector_33_name="輸送用機器")) == 2


@pytest.mark.usefixtures("market")
def test_company_page_tells_its_changes_and_leads_to_its_quotes(admin_client: Client) -> None:
    write(LISTED_COMPANIES, issue("72030", "2026-11-24", MktNm="スタンダード"))
    company = ListedCompany.objects.get(code="72030")

    shown = admin_client.get(
        reverse("admin:jquants_listedcompany_change", args=[company.pk])
    ).content.decode()

    assert "2026-11-24: トヨタ自動車 · スタンダード" in shown
    assert "2026-11-20: トヨタ自動車 · プライム" in shown
    assert reverse("admin:jquants_dailyquote_changelist") + "?q=72030" in shown


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("7203", [("72030", "2026-11-20"), ("72030", "2026-11-19")]),
        ("kddi 2026-11-19", [("94330", "2026-11-19")]),
        ("2026-11-20 99999", [("99999", "2026-11-20")]),
        ("2026-11-31", []),
        ("nobody", []),
    ],
)
def test_quotes_are_found_by_code_name_and_date(
    admin_client: Client, term: str, expected: list[tuple[str, str]]
) -> None:
    quotes = found(admin_client, "dailyquote", q=term)

    assert [(quote.code, str(quote.date)) for quote in quotes] == expected


@pytest.mark.usefixtures("market")
def test_quotes_show_name_raw_and_adjusted_close(admin_client: Client) -> None:
    shown = page(admin_client, "dailyquote", q="7203 2026-11-19")

    assert "トヨタ自動車" in shown
    assert "4,000" in shown
    assert "2,000" in shown


@pytest.mark.usefixtures("market")
def test_quotes_are_listed_without_a_look_at_the_whole_table(admin_client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        page(admin_client, "dailyquote")

    assert sum('FROM "daily_quotes"' in query["sql"] for query in queries) == 1  # the page itself


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("term", ["", "7203", "2026-11-19"])
def test_quotes_are_counted_exactly(admin_client: Client, term: str) -> None:
    changelist = admin_client.get(reverse("admin:jquants_dailyquote_changelist"), {"q": term}).context["cl"]

    assert changelist.result_count == len(found(admin_client, "dailyquote", q=term))


def _fill_quotes(count: int) -> None:
    write(DAILY_QUOTES, *(bar(f"{1300 + number}0") for number in range(count)), day=TODAY)


def _fill_companies(count: int) -> None:
    write(LISTED_COMPANIES, *(issue(f"{1300 + number}0") for number in range(count)))


def _fill_calendar(count: int) -> None:
    write(TRADING_CALENDAR, *(calendar_day(TODAY + timedelta(days=number)) for number in range(count)))


def _fill_coverage(count: int) -> None:
    job = Job.objects.create(name="quotes", job_type="daily_quotes")
    for number in range(count):
        execution: JobExecution = new_run(job, "manual", NOW)  # type: ignore[arg-type]
        execution.needs_slot = False
        execution.save()
        table = decode(DAILY_QUOTES, [bar(day=TODAY + timedelta(days=number))])
        [record] = fetches.records([table], execution=execution, now=NOW)
        record.save(Counts())


@pytest.mark.parametrize(
    ("model", "fill", "rows"),
    [
        ("dailyquote", _fill_quotes, DailyQuote),
        ("listedcompany", _fill_companies, ListedCompany),
        ("listedcompanyhistory", _fill_companies, ListedCompany),
        ("tradingday", _fill_calendar, TradingDay),
        ("coverage", _fill_coverage, Coverage),
    ],
)
def test_lists_take_as_many_queries_for_thirty_rows_as_for_three(
    admin_client: Client, model: str, fill: Callable[[int], None], rows: Any
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(admin_client, model)
        return len(captured)

    fill(3)
    of_three = queries()
    rows.objects.all().delete()
    Job.objects.filter(name="quotes").update(name="others")
    fill(30)

    assert queries() <= of_three


def test_tiles_speak_before_and_after_the_first_fetch(market: None) -> None:
    ready = {str(tile.title): (tile.value, str(tile.detail)) for tile in tiles.tiles(NOW)}

    assert ready.pop("Coverage")[1] == "days missing"
    assert ready == {
        "Listed issues": ("2", "as of 2026-11-20"),
        "Newest daily quotes": ("2026-11-20", "2 days stored"),
        "Trading calendar until": ("2026-11-21", ""),
        "Requests left": ("500 / 500", "per minute, Premium"),
    }
    Coverage.objects.all().delete()
    assert {tile.tone for tile in list(tiles.tiles(NOW))[:2]} == {"empty"}
