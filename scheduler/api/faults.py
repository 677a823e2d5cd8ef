"""What the API answers where no view of it can: a mistake of ours, a request refused before it reaches one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from scheduler.api.problems import MEDIA_TYPE, Problem


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a program by a problem document, a person by the page. Django has logged the error."""
    if _is_person(request):
        return defaults.server_error(request)
    return _answer(
        request,
        Problem(
            500,
            _(
                "What you did may not have worked. The log of the site says why; try again, and tell an administrator if it stays."
            ),
        ),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """As `server_error`, for what Django refuses by itself, such as a foreign Host header."""
    if _is_person(request):
        return defaults.bad_request(request, exception)
    return _answer(request, Problem(400, _("The request cannot be understood")))


def _is_person(request: HttpRequest) -> bool:
    is_of_api = request.path_info.startswith("/api/")
    return not is_of_api or request.get_preferred_type([MEDIA_TYPE, "text/html"]) == "text/html"


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    return JsonResponse(problem.document(request), status=problem.status, content_type=MEDIA_TYPE)
