"""The page “J-Quants connection” and GET /api/market/limits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from jquants.datasets import DAILY_QUOTES, MINUTE_BARS, TICKS
from jquants.jobs import ConnectionCheck
from jquants.models import Connection
from jquants.models.ratelimit import DatabaseRateLimiter
from jquants.plan.check import check
from jquants.standin import StandinServer
from scheduler.models import Job, JobExecution
from tests.jquants.fakes import NOW
from tests.jquants.plan.conftest import never
from tests.scheduler.admin.test_buttons import said
from tests.scheduler.api.conftest import client_of

pytestmark = pytest.mark.django_db

PAGE = "/admin/jquants/connection/"


def staff(*codenames: str) -> Client:
    user = get_user_model().objects.create_user("taro", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def shown(client: Client) -> str:
    return client.get(PAGE, headers={"Accept-Language": "en"}).content.decode()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_before_anything_is_known(admin_client: Client, unknown: Settings, language: str) -> None:
    response = admin_client.get(PAGE, headers={"Accept-Language": language})

    assert response.status_code == 200
    assert unknown.JQUANTS_API_KEY not in response.content.decode()


def test_the_page_says_what_to_do_without_a_key(admin_client: Client, unknown: Settings) -> None:
    unknown.JQUANTS_API_KEY = ""

    assert "Put JQUANTS_API_KEY=…" in shown(admin_client)


def test_the_page_shows_plan_limits_and_the_last_check(
    admin_client: Client, standin: Callable[..., StandinServer]
) -> None:
    standin("light")
    check(NOW, wait=never)

    page = shown(admin_client)

    assert "Plan Light" in page
    assert "Light, as J-Quants shows." in page
    assert "12 kept from backfills" in page
    assert "/equities/bars/daily" in page


def test_the_page_refreshes_itself(admin_client: Client, unknown: Settings) -> None:
    news = admin_client.get(PAGE, headers={"HX-Request": "true"}).content.decode()

    assert 'id="connection" data-live' in news
    assert "<html" not in news


def test_the_page_costs_few_queries(
    admin_client: Client, unknown: Settings, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    admin_client.get(PAGE)
    with django_assert_max_num_queries(20):
        admin_client.get(PAGE)


def test_the_button_queues_the_check(admin_client: Client, unknown: Settings) -> None:
    response = admin_client.post(f"{PAGE}check/")

    assert response.headers["Location"] == PAGE
    assert JobExecution.objects.get().job_type == ConnectionCheck.slug
    assert "is queued as" in said(response)[0]
    assert "queued" in shown(admin_client)


def test_one_button_enables_what_the_plan_has(admin_client: Client, settings: Settings) -> None:
    job = Job.objects.get(job_type=DAILY_QUOTES.slug)
    Job.objects.filter(pk=job.pk).update(is_enabled=False)
    assert "Enable 1 job that your plan allows" in shown(admin_client)

    admin_client.post(f"{PAGE}enable/")

    job.refresh_from_db()
    assert job.is_enabled
    assert "that your plan allows" not in shown(admin_client)


def test_the_button_leaves_what_a_person_decides_on(admin_client: Client, settings: Settings) -> None:
    settings.JQUANTS_PLAN, settings.JQUANTS_ADDONS = "premium", ["minute"]
    Job.objects.filter(job_type__in=[MINUTE_BARS.slug, TICKS.slug]).update(is_enabled=False)

    admin_client.post(f"{PAGE}enable/")

    assert Job.objects.get(job_type=MINUTE_BARS.slug).is_enabled
    assert not Job.objects.get(job_type=TICKS.slug).is_enabled


def test_r47_the_buttons_need_their_own_permissions(db: None) -> None:
    client = staff("view_connection")

    assert client.get(PAGE).status_code == 200
    assert "<button" not in shown(client).split('id="connection"')[1].split("</section>")[0]
    assert client.post(f"{PAGE}check/").status_code == 403
    assert client.post(f"{PAGE}enable/").status_code == 403
    assert client.get(f"{PAGE}check/").status_code == 405


def test_the_page_is_not_for_everybody(db: None) -> None:
    assert staff("view_job").get(PAGE).status_code == 403


def test_json_tells_what_is_left(admin_user: object, unknown: Settings) -> None:
    Connection.keep(plan="light", addons=["tdnet"])
    limiter = DatabaseRateLimiter("light", unknown.JQUANTS_API_KEY)
    limiter.reserve("/fins/summary")
    limiter.reserve("/td/list")

    told = client_of(admin_user).get("/api/market/limits").json()  # type: ignore[arg-type]

    assert (told["plan"], told["plan_is_known"], told["addons"]) == ("light", True, ["tdnet"])
    assert (told["paused_until"], told["window"]["last"]) == (None, None)
    left = {bucket["name"]: (bucket["remaining"], bucket["per_minute"]) for bucket in told["buckets"]}
    assert left == {"plan": (59, 60), "fins_summary": (59, 60), "fins_details": (60, 60), "tdnet": (99, 100)}


def test_json_tells_of_a_pause(admin_user: object, unknown: Settings) -> None:
    DatabaseRateLimiter("free", unknown.JQUANTS_API_KEY).pause(30.0)

    told = client_of(admin_user).get("/api/market/limits/").json()  # type: ignore[arg-type]

    assert told["paused_until"].endswith("Z")
    assert {bucket["remaining"] for bucket in told["buckets"]} == {0}
