"""How the OpenAPI document describes what all operations share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse, inline_serializer
from rest_framework import serializers

from scheduler.api.problems import MEDIA_TYPE, TITLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from drf_spectacular.utils import Direction

    Endpoint = tuple[str, str, str, Callable[..., Any]]

ALWAYS = (401, 403, 406)
WITH_BODY = (400, 413, 415, 422)
VERBS = (
    "run",
    "cancel",
    "enabled",
    "purge",
    "partial_update",
)  # which the state of a job or an execution may forbid


PROBLEM = inline_serializer(
    "Problem",
    {
        "type": serializers.CharField(),
        "title": serializers.CharField(),
        "status": serializers.IntegerField(),
        "detail": serializers.CharField(),
        "instance": serializers.CharField(),
        "errors": serializers.DictField(
            child=serializers.ListField(child=serializers.CharField()), required=False
        ),
        "execution": serializers.IntegerField(required=False),
        "execution_url": serializers.URLField(required=False),
    },
)


class ProblemAutoSchema(AutoSchema):
    """Documents the errors of every operation, so that no view has to."""

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self._error_statuses():
            problem = OpenApiResponse(PROBLEM, str(TITLES[status]))
            responses[str(status)] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                problem, str(status), [MEDIA_TYPE], direction
            )
        return responses

    def _error_statuses(self) -> list[int]:
        statuses = {*ALWAYS}
        if "{" in self.path:
            statuses.add(404)
        if self.method in ("POST", "PUT", "PATCH"):
            statuses.update(WITH_BODY)
        if self._is_list_view():
            statuses.add(422)
        if getattr(self.view, "action", "") in VERBS:
            statuses.add(409)
        return sorted(statuses)


def without_trailing_slashes(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Show each path once, in its short spelling; both spellings work."""
    return [(path.rstrip("/"), regex, method, view) for path, regex, method, view in endpoints]
