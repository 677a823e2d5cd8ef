"""The pages of the coverage: what they show, and what their buttons queue."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import Settings

from jquants.coverage import heatmap, states
from jquants.datasets import DAILY_QUOTES
from jquants.models import Coverage
from scheduler.models import JobExecution, Trigger
from tests.jquants.fakes import NOW

MAP, QUOTES = "/admin/jquants/coverage/map/", "/admin/jquants/coverage/map/daily_quotes/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _standard(settings: Settings) -> None:
    settings.JQUANTS_PLAN = "standard"
    settings.LANGUAGE_CODE = "en"


def stored(*days: date, **fields: Any) -> None:
    Coverage.objects.bulk_create(
        Coverage(dataset="daily_quotes", day=day, status="fetched", rows=10, fetched_at=NOW, **fields)
        for day in days
    )


def test_squares_lie_by_week_and_weekday() -> None:
    stored(date(2026, 1, 5), date(2026, 11, 20))
    [survey] = states.survey([DAILY_QUOTES], NOW, first=date(2025, 12, 31))

    years = list(heatmap.years(survey))

    assert [year.number for year in years] == [2026]
    squares = {square.day: square for square in years[0].squares}
    assert (squares[date(2026, 1, 5)].x, squares[date(2026, 1, 5)].y) == (heatmap.STEP, 0)
    assert squares[date(2026, 11, 20)].y == 4 * heatmap.STEP
    assert not squares[date(2026, 1, 5)].is_open
    assert squares[date(2026, 1, 6)].is_open
    assert years[0].gaps == len(squares) - 2


def test_overview_shows_every_data_set(admin_client: Client) -> None:
    stored(date(2026, 11, 20))

    text = admin_client.get(MAP).content.decode()

    assert "Daily quotes" in text
    assert "data sets have gaps" in text


def test_days_of_which_none_is_published_yet_are_no_range() -> None:
    [survey] = states.survey([DAILY_QUOTES], NOW, first=NOW.date() + timedelta(days=1))

    assert (
        render_to_string("jquants/coverage_days.html", {"survey": survey}).strip() == "nothing published yet"
    )


def test_page_of_a_data_set_costs_few_queries_for_ten_years(
    admin_client: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    stored(*(date(2016, 11, 25) + timedelta(days=days) for days in range(3600)))
    admin_client.get(QUOTES)

    with django_assert_max_num_queries(9):
        response = admin_client.get(QUOTES)

    assert response.content.count(b"<rect") > 2400


def test_gap_is_fetched_by_a_run_that_is_audited(admin_client: Client) -> None:
    response = admin_client.post(
        QUOTES + "fetch/", {"date_from": "2026-11-18", "date_to": "2026-11-19"}, follow=True
    )

    run = JobExecution.objects.get()
    assert run.trigger == Trigger.BACKFILL
    assert run.parameters == {
        "dataset": "daily_quotes",
        "date_from": "2026-11-18",
        "date_to": "2026-11-19",
    }
    assert f"/jobexecution/{run.pk}/change/" in response.content.decode()
    assert LogEntry.objects.filter(object_id=str(run.job_id)).count() == 1


def test_range_is_estimated_before_it_is_fetched(admin_client: Client) -> None:
    stored(date(2026, 11, 18))
    text = admin_client.get(
        QUOTES, {"date_from": "2026-11-16", "date_to": "2026-11-19", "source": "api"}
    ).content.decode()

    assert "Fetch now" in text
    assert "1 / 4" in text
    assert not JobExecution.objects.exists()


def test_nonsense_is_refused_in_words(admin_client: Client) -> None:
    response = admin_client.post(QUOTES + "fetch/", {"date_from": "yesterday"}, follow=True)

    assert "date_from" in response.content.decode()
    assert not JobExecution.objects.exists()
    assert admin_client.get(MAP + "nothing/").status_code == 404
    assert admin_client.get(QUOTES + "fetch/").status_code == 405


def test_looking_is_not_fetching(client: Client) -> None:
    viewer = get_user_model().objects.create_user("viewer", password="viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_coverage"))
    client.force_login(viewer)

    assert client.get(QUOTES).status_code == 200
    assert b"Fetch" not in client.get(QUOTES).content.split(b"moo-page")[1]
    assert client.post(QUOTES + "fetch/").status_code == 403
    viewer.user_permissions.clear()
    assert client.get(MAP).status_code == 403


@pytest.mark.parametrize("slug", ["dividends", "futures"])
def test_a_data_set_outside_the_plan_says_what_it_takes(admin_client: Client, slug: str) -> None:
    page = admin_client.get(f"{MAP}{slug}/").content.decode()

    assert "it takes Premium" in page
    assert "/admin/jquants/connection/" in page
    assert 'id="fetch"' not in page
    assert "<rect" not in page


def test_the_overview_counts_nothing_of_what_is_outside_the_plan(admin_client: Client) -> None:
    page = admin_client.get(MAP).content.decode()

    assert "0 / 0" not in page
    assert page.count('<i class="moo-heat-refused" style="width: 100.00%"') == page.count(
        "<small>outside the plan"
    )
