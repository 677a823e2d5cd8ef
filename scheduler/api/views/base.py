"""What the viewsets share: permissions by action, strict filters, sentences for what is missing."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from scheduler.api.filters import StrictFilterBackend
from scheduler.api.permissions import ActionPermission
from scheduler.audit import Actor, Channel

M = TypeVar("M", bound=Model)


class Description(SimpleMetadata):
    """What OPTIONS answers: name and description. The OpenAPI document says the rest, and says it better."""

    def determine_actions(self, request: Request, view: Any) -> dict[str, Any]:
        return {}


class SchedulerApiViewSet(GenericViewSet[M]):
    """Base of the viewsets; `required_permissions` names the permissions by action, and denies the rest."""

    required_permissions: ClassVar[dict[str, tuple[str, ...]]] = {}
    permission_classes = [ActionPermission]
    metadata_class = Description
    filter_backends = [StrictFilterBackend]
    filterset_class: Any = None
    lookup_value_regex = "[0-9]+"

    @property
    def actor(self) -> Actor:
        assert isinstance(self.request.user, User)  # the permission let nobody else through
        return Actor(self.request.user, Channel.API)

    def get_object(self) -> M:
        """Return the object of the path, untouched by filters. Raises NotFound naming it."""
        queryset = self.get_queryset()
        try:
            return queryset.get(pk=self.kwargs["pk"])
        except (ObjectDoesNotExist, ValueError):  # ValueError: more digits than Python reads
            what = {"kind": queryset.model._meta.verbose_name, "id": self.kwargs["pk"][:30]}
            raise NotFound(_("There is no %(kind)s %(id)s.") % what) from None

    def validated(self, request: Request) -> dict[str, Any]:
        """Return the body, read by the action's serializer. Raises ValidationError."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        data: dict[str, Any] = body.validated_data
        return data

    def shown(self, shape: type[BaseSerializer[Any]], what: Any, **context: Any) -> dict[str, Any]:
        """Return `what` in the shape of an answer, which for a verb differs from the shape of its body.

        A plain dict: the browsable API would fill the form of the body from a serializer's instance.
        """
        return dict(shape(what, context={**self.get_serializer_context(), **context}).data)

    def page_of(self, queryset: QuerySet[Any]) -> Response:
        """Answer with one page of `queryset`, filtered, as the action's serializer shows it."""
        page = self.paginate_queryset(self.filter_queryset(queryset))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
