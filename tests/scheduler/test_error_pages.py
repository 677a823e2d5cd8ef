"""What a person sees where there is no page, no permission, an old form or a mistake of ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

pytestmark = pytest.mark.django_db


def test_address_without_a_page_leads_back(admin_client: Client) -> None:
    answer = admin_client.get("/admin/nothing/")

    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert 'href="/admin/"' in answer.content.decode()


def test_page_without_permission_says_whom_to_ask(client: Client) -> None:
    client.force_login(User.objects.create_user("reader", is_staff=True))

    answer = client.get("/admin/jquants/coverage/map/")

    assert answer.status_code == 403
    assert "Ask an administrator" in answer.content.decode()


def test_form_that_is_too_old_says_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "ja"})

    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()


@pytest.mark.parametrize("status", ["400", "500"])
def test_pages_that_get_no_context_are_whole(status: str) -> None:
    with translation.override("ja"):
        page = render_to_string(f"{status}.html")

    assert '<html lang="ja">' in page
    assert "</html>" in page


@pytest.fixture
def breaking(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Asks a site whose status cannot be read; gets what a real server would answer."""

    def break_down(*args: object) -> None:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr("scheduler.api.views.scheduler.SchedulerStatus.read", break_down)
    admin_client.raise_request_exception = False
    return admin_client


def asked(client: Client, accept: str) -> Any:
    return client.get("/api/scheduler/status", headers={"Accept": accept, "Accept-Language": "en"})


@pytest.mark.parametrize("accept", ["application/json", "*/*"])
def test_r46_mistake_of_ours_is_a_problem_document_for_a_program(breaking: Client, accept: str) -> None:
    answer = asked(breaking, accept)

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "The site made a mistake",
        "status": 500,
        "detail": "What you did may not have worked. The log of the site says why; try again, and tell an "
        "administrator if it stays.",
        "instance": "/api/scheduler/status",
    }


def test_mistake_of_ours_is_a_page_for_a_person(breaking: Client) -> None:
    answer = asked(breaking, "text/html,application/xhtml+xml,*/*;q=0.8")

    assert (answer.status_code, answer["Content-Type"]) == (500, "text/html; charset=utf-8")


def test_r46_request_refused_before_any_view_is_a_problem_document(client: Client) -> None:
    answer = client.get("/api/scheduler/status", headers={"Host": "elsewhere.example"})

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert "elsewhere" not in answer.json()["detail"]
    assert client.get("/admin/", headers={"Host": "elsewhere.example"})["Content-Type"].startswith(
        "text/html"
    )


def test_mistake_of_ours_is_told_in_the_language_of_the_request(breaking: Client) -> None:
    answer = breaking.get("/api/scheduler/status", headers={"Accept-Language": "ja"})

    assert answer.json()["title"] == "サイトでエラーが発生しました"
    assert answer["Content-Language"] == "ja"
