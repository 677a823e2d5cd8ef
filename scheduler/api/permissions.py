"""Who may do what: one permission of Django a verb, and none that is not named (R46, R47)."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from scheduler.presentation import words


class ActionPermission(IsAuthenticated):
    """Let a user do what the viewset's `required_permissions` name by action; one missing there is refused to all."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if view.action in (None, "metadata"):
            return True  # a method that does not exist becomes a 405; OPTIONS tells nothing about data
        if view.action not in view.required_permissions:
            return False
        require(request, *view.required_permissions[view.action])
        return True


def require(request: Request, *permissions: str) -> None:
    """Raise PermissionDenied, naming what is missing, unless the user has all of `permissions`."""
    missing = [name for name in permissions if not request.user.has_perm(name)]
    if missing:
        raise PermissionDenied(
            _("This needs the permission %(names)s. Ask an administrator for it.")
            % {"names": words.listed(missing)}
        )
