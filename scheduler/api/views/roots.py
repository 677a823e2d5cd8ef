"""The entrance of the API, and the answer to every path that is none of ours."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

_entrances = {
    "status": "api:scheduler-status",
    "jobs": "api:job-list",
    "executions": "api:execution-list",
    "schema": "api:schema",
    "docs": "api:docs",
}


def add_entrance(name: str, view_name: str) -> None:
    """Let the root name one more path: of an app that has an API of its own."""
    _entrances[name] = view_name


@extend_schema(exclude=True)
class ApiRoot(APIView):
    """Where everything is."""

    name = "API"

    def get(self, request: Request) -> Response:
        return Response({name: reverse(view, request=request) for name, view in _entrances.items()})


@extend_schema(exclude=True)
class UnknownPath(APIView):
    """A problem document instead of the site's 404 page, whatever the method."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound(
            _("There is nothing at %(path)s. GET /api/ lists what there is.") % {"path": request.path}
        )
