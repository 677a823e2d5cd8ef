from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient

from scheduler import audit
from tests.conftest import NOW

STATUS = "/api/scheduler/status"
SWITCH = "/api/scheduler/enabled"


def create_token(*arguments: str) -> str:
    printed = StringIO()
    call_command("createapitoken", *arguments, stdout=printed, stderr=StringIO())
    return printed.getvalue()


def ask(token: str) -> int:
    return APIClient().get(STATUS, headers={"Authorization": f"Token {token}"}).status_code


def test_printed_token_opens_the_api(person: User) -> None:
    printed = create_token("hanako")

    assert printed == printed.strip() + "\n"
    assert ask(printed.strip()) == 200
    assert printed.strip() not in str(AuthToken.objects.values())


def test_token_expires(person: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        token = create_token("hanako", "--days", "2").strip()
        clock.move_to(NOW + timedelta(days=2))
        assert ask(token) == 200
        clock.move_to(NOW + timedelta(days=2, seconds=1))
        assert ask(token) == 401


def test_deleted_token_closes_the_api(person: User) -> None:
    token = create_token("hanako").strip()
    AuthToken.objects.all().delete()

    assert ask(token) == 401


def test_token_of_a_disabled_user_is_refused(person: User) -> None:
    token = create_token("hanako").strip()
    User.objects.update(is_active=False)

    assert ask(token) == 401


def test_creating_a_token_is_audited(person: User) -> None:
    create_token("hanako")

    entry = LogEntry.objects.get()
    assert (entry.object_id, "Created an API token" in audit.sentence(entry)) == (str(person.pk), True)
    assert "@command-line" in entry.user.username


@pytest.mark.parametrize(
    "arguments",
    [["nobody"], ["hanako", "--days", "0"], ["hanako", "--days", "99999"], ["hanako", "--days", "x"]],
)
def test_bad_command_creates_no_token(person: User, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        create_token(*arguments)

    assert not AuthToken.objects.exists()


@pytest.mark.parametrize(
    "token", ["", "x", "x y", "ü", "日本".encode().decode("latin-1"), "\x00", "x" * 5000]
)
def test_odd_token_is_401(db: None, token: str) -> None:
    assert ask(token) == 401


def test_session_opens_the_api(person: User) -> None:
    browser = Client()
    browser.force_login(person)

    assert browser.get(STATUS).status_code == 200


def test_session_needs_the_csrf_token_to_change_anything(person: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)

    def pause(**headers: str) -> Any:
        return browser.put(SWITCH, {"enabled": False}, content_type="application/json", headers=headers)

    refused = pause()
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert "CSRF" in refused.json()["detail"]

    browser.get("/api/auth/login/")
    assert pause(**{"X-CSRFToken": browser.cookies["csrftoken"].value}).status_code == 200
