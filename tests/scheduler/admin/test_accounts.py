from __future__ import annotations

from typing import Any

import pytest
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
