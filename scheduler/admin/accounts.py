"""Users, groups and API tokens in the looks of the theme."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from knox.admin import AuthTokenCreateForm
from knox.models import AuthToken

from scheduler.admin.base import AdminPasswordChangeForm, ModelAdmin, UserChangeForm, UserCreationForm

# knox has no names for people, and none in Japanese.
AuthToken._meta.verbose_name = gettext_lazy("API token")
AuthToken._meta.verbose_name_plural = gettext_lazy("API tokens")
for name, label in {
    "token_key": gettext_lazy("first characters"),
    "user": gettext_lazy("user"),
    "created": gettext_lazy("created"),
    "expiry": gettext_lazy("valid until"),
}.items():
    AuthToken._meta.get_field(name).verbose_name = label
AuthToken._meta.app_config.verbose_name = gettext_lazy("Accounts")
# knox's is the digest, of 128 characters, which somebody might take for the token.
AuthToken.__str__ = lambda token: f"{token.token_key}… ({token.user})"

for model in (User, Group, AuthToken):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


@admin.register(AuthToken)
class AuthTokenAdmin(ModelAdmin):
    """Tokens are made and revoked, never changed; only their first characters are known afterwards."""

    form = AuthTokenCreateForm
    list_display = ("token_key", "user", "created", "expiry")
    list_select_related = ("user",)
    search_fields = ("token_key", "user__username")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["token_key", "user", "created", "expiry"] if obj else ["user", "expiry"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let only superusers choose for whom: a token may do all that its user may."""
        if db_field.name == "user" and not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(username=request.user.get_username())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        text = _("The token is {token}. Copy it now: it is not shown again.")
        messages.warning(request, format_html(text, token=form.token))
