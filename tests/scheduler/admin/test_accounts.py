from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", ["auth_user", "auth_group", "knox_authtoken"])
def test_accounts_have_the_looks_of_the_theme(admin_client: Client, model: str) -> None:
    assert admin_client.get(reverse(f"admin:{model}_changelist")).status_code == 200
    assert "rounded-default" in admin_client.get(reverse(f"admin:{model}_add")).content.decode()


def test_a_token_is_shown_once(admin_client: Client, admin_user: Any) -> None:
    response = admin_client.post(reverse("admin:knox_authtoken_add"), {"user": admin_user.pk})
    token = AuthToken.objects.get()
    (said, *_) = (str(message) for message in get_messages(response.wsgi_request))
    assert f"The token is {token.token_key}" in said
    page = admin_client.get(reverse("admin:knox_authtoken_change", args=[token.pk])).content.decode()
    assert token.token_key in page


@pytest.fixture
def clerk(client: Client) -> Client:
    """Somebody who may make tokens, and nothing else."""
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_authtoken", "view_authtoken"]))
    client.force_login(user)
    return client


def test_only_superusers_make_tokens_of_others(clerk: Client, admin_user: User) -> None:
    """A token of a superuser may do everything."""
    url = reverse("admin:knox_authtoken_add")
    assert ">admin</option>" not in clerk.get(url).content.decode()
    assert clerk.post(url, {"user": admin_user.pk}).status_code == 200
    assert not AuthToken.objects.exists()
    assert clerk.post(url, {"user": User.objects.get(username="clerk").pk}).status_code == 302
    assert AuthToken.objects.get().user.get_username() == "clerk"


def test_token_is_named_by_its_first_characters(admin_client: Client, admin_user: User) -> None:
    token, _secret = AuthToken.objects.create(admin_user)
    assert str(token) == f"{token.token_key}… (admin)"
