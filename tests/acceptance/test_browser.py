"""A real Chromium on a real server: what a person sees happens without reloading the page."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connections
from playwright.sync_api import Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from scheduler import control
from scheduler.audit import Actor
from scheduler.models import Job, Status
from tests.conftest import Command, eventually

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine: install one to run the browser tests"
    ),
]


ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def live_server(django_db_setup: None) -> Iterator[LiveServer]:
    """Start the server after the test database: before, SQLite's looks like one in memory, and the server would
    share one connection among its threads, which crashes."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def page(live_server: LiveServer, person: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """Return a page of somebody logged in; at the end, no request has left the site."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's event loop lives in this thread
    threads = threading.active_count()
    strangers: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            strangers.append(request.url)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(
            base_url=live_server.url, locale="en", viewport={"width": 1400, "height": 900}
        )
        page.set_default_timeout(20_000)
        page.on("request", note)
        log_in(page, person)
        yield page
        page.goto("about:blank")  # no request is under way when the server stops
        browser.close()
        connections.close_all()  # inside the browser's event loop Django keeps a connection of its own
    eventually(lambda: threading.active_count() <= threads)  # the server's, with their database connections
    assert strangers == []


def log_in(page: Page, person: User) -> None:
    page.goto("/admin/login/")
    page.fill("[name=username]", person.get_username())
    page.fill("[name=password]", "secret-of-hanako")
    page.click("#login-form [type=submit]")
    page.wait_for_url("**/admin/")


def test_run_now_shows_its_result_without_a_reload(
    page: Page, make_job: Callable[..., Job], command: Callable[..., Command]
) -> None:
    job = make_job("count", name="counting rows")
    row = page.locator("tbody", has=page.locator(f"[data-key=job-{job.pk}]"))
    page.goto("/admin/scheduler/job/?q=counting")
    row.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("is queued as")).to_be_visible()
    expect(row).to_contain_text("queued")
    page.evaluate("window.stayed = true")
    row.locator("input[type=checkbox]").check()

    assert command("runscheduler", "--once").ended() == 0

    expect(row).to_contain_text("completed", timeout=20_000)
    expect(row.get_by_role("button", name="Run now")).to_be_visible()
    assert page.evaluate("window.stayed") is True
    assert row.locator("input[type=checkbox]").is_checked()
    assert job.executions.get().status == Status.COMPLETED


def test_new_executions_appear_in_an_open_list(
    page: Page, make_job: Callable[..., Job], actor: Actor
) -> None:
    first, second = make_job("count"), make_job("count")
    older = control.run_now(first, actor)
    page.goto("/admin/scheduler/jobexecution/")
    page.evaluate("window.stayed = true")
    newer = control.run_now(second, actor)
    keys = page.locator("#result_list [data-key^=execution-]")
    expect(keys).to_have_count(2)
    assert [key.get_attribute("data-key") for key in keys.all()] == [
        f"execution-{newer.pk}",
        f"execution-{older.pk}",
    ]
    assert page.evaluate("window.stayed") is True


def test_a_schedule_is_put_into_words_while_it_is_typed(page: Page, make_job: Callable[..., Job]) -> None:
    job = make_job("count")
    page.goto(f"/admin/scheduler/job/{job.pk}/change/")
    preview = page.locator("#schedule-preview")
    expect(preview).to_contain_text("Every day at 6:00")
    page.fill("#id_schedule", "30 16 * * 1-5")
    expect(preview).to_contain_text("Monday to Friday at 16:30")
    page.fill("#id_schedule", "99 16 * * *")
    expect(preview.locator(".moo-error")).to_contain_text("99")


def test_choosing_a_type_brings_its_parameters(page: Page) -> None:
    page.goto("/admin/scheduler/job/add/")
    page.select_option("#id_job_type", "wait")
    expect(page.locator("[name=parameters-seconds]")).to_be_visible()
    page.select_option("#id_job_type", "nothing")
    expect(page.locator("#job-parameters")).to_contain_text("takes no parameters")
