"""What a person sees where there is no page, no permission, an old form or a mistake of ours."""

from __future__ import annotations

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
