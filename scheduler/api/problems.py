"""Errors as problem documents (RFC 9457), in the language of the request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView, set_rollback

from scheduler import messages
from scheduler.errors import (
    AlreadyRunning,
    IdempotencyConflict,
    InvalidParameters,
    JobArchived,
    NotArchived,
    NotCancellable,
    StillActive,
    Unavailable,
    UnknownJobType,
)
from scheduler.models import Job, JobExecution, Status
from scheduler.presentation import words

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:moo-markets:problem:"

TITLES = {
    400: _("The request is malformed"),
    401: _("Authentication is required"),
    403: _("Not permitted"),
    404: _("Not found"),
    405: _("Method not allowed"),
    406: _("Not acceptable"),
    409: _("Conflict with the current state"),
    413: _("The body is too large"),
    415: _("Unsupported media type"),
    422: _("The request does not validate"),
    500: _("The site made a mistake"),
}


@dataclass(frozen=True)
class Problem:
    """What went wrong. `kind` names the type of the problem; "" when the status says it all."""

    status: int
    detail: str | Promise
    kind: str = ""
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    execution: int | None = None  # the one that is in the way
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self, request: Any) -> dict[str, Any]:
        """Return the members of the problem document."""
        document: dict[str, Any] = {
            "type": TYPE_PREFIX + self.kind if self.kind else "about:blank",
            "title": TITLES.get(self.status, ""),
            "status": self.status,
            "detail": self.detail,
            "instance": request.path,
        }
        if self.errors:
            document["errors"] = self.errors
        if self.execution is not None:
            document["execution"] = self.execution
            document["execution_url"] = reverse("api:execution-detail", [self.execution], request=request)
        return document


class ProblemRenderer(JSONRenderer):
    media_type = MEDIA_TYPE


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Return the problem as a response; None, which ends as a 500, for what is not the client's doing."""
    problem = problem_of(error)
    if problem is None:
        return None
    if advice := _advice(error, context["view"]):
        problem = replace(problem, detail=f"{problem.detail} {advice}")
    set_rollback()
    request = context["request"]
    if not isinstance(getattr(request, "accepted_renderer", None), BrowsableAPIRenderer):
        _render_with(request, ProblemRenderer())
    return Response(problem.document(request), status=problem.status, headers=dict(problem.headers))


def _advice(error: Exception, view: APIView) -> str:
    """Return what else to try, where only the view knows."""
    match error:
        case exceptions.MethodNotAllowed():
            return gettext("It takes: %(methods)s.") % {"methods": words.listed(view.allowed_methods)}
        case exceptions.NotAcceptable():
            kinds = words.listed(renderer.media_type for renderer in view.get_renderers())
            return gettext("It has: %(kinds)s.") % {"kinds": kinds}
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return gettext("Send “Authorization: Token …”; `manage.py createapitoken NAME` makes a token.")
    return ""


def _render_with(request: Any, renderer: BaseRenderer) -> None:
    request.accepted_renderer = renderer
    request.accepted_media_type = renderer.media_type


@singledispatch
def problem_of(error: Exception) -> Problem | None:
    """Return what `error` means to a client; None when it is our fault."""
    return None


@problem_of.register
def from_api_exception(error: exceptions.APIException) -> Problem:
    headers = {"WWW-Authenticate": error.auth_header} if hasattr(error, "auth_header") else {}
    return Problem(error.status_code, str(error.detail), headers=headers)


@problem_of.register
def from_validation(error: exceptions.ValidationError) -> Problem:
    return invalid(dict(flatten(error.detail)))


@problem_of.register
def from_media_type(error: exceptions.UnsupportedMediaType) -> Problem:
    return Problem(
        error.status_code,
        _("%(error)s Send JSON with “Content-Type: application/json”.") % {"error": error.detail},
    )


@problem_of.register(Http404)
@problem_of.register(Job.DoesNotExist)
@problem_of.register(JobExecution.DoesNotExist)
def from_missing(error: Exception) -> Problem:
    return Problem(404, _("There is nothing here (any more)."))


@problem_of.register(BadRequest)
@problem_of.register(SuspiciousOperation)
@problem_of.register(MultiPartParserError)
def from_bad_request(error: Exception) -> Problem:
    return Problem(400, str(error))


@problem_of.register
def from_invalid_parameters(error: InvalidParameters) -> Problem:
    return invalid({f"parameters.{name}": texts for name, texts in error.errors.items()})


@problem_of.register
def from_already_running(error: AlreadyRunning) -> Problem:
    return Problem(
        409,
        messages.render(error.code, error.params),
        kind="already-running",
        execution=error.execution.pk,
    )


@problem_of.register
def from_not_cancellable(error: NotCancellable) -> Problem:
    return Problem(
        409,
        _("Execution %(execution)s cannot be cancelled: it has ended (%(status)s).")
        % (error.params | {"status": Status(error.params["status"]).label}),
        kind="not-cancellable",
        execution=error.params["execution"],
    )


@problem_of.register
def from_idempotency_conflict(error: IdempotencyConflict) -> Problem:
    return Problem(
        409,
        _("The key “%(key)s” came with another request within the last 24 hours. Use a new Idempotency-Key.")
        % error.params,
        kind="idempotency-conflict",
        execution=error.params["execution"],
    )


@problem_of.register(JobArchived)
@problem_of.register(NotArchived)
@problem_of.register(UnknownJobType)
def from_state_of_job(error: JobArchived | NotArchived | UnknownJobType) -> Problem:
    return Problem(409, messages.render(error.code, error.params), kind=error.code.replace("_", "-"))


@problem_of.register
def from_still_active(error: StillActive) -> Problem:
    detail = messages.render(error.code, error.params)
    return Problem(409, detail, kind="still-active", execution=error.params["execution"])


@problem_of.register
def from_unavailable(error: Unavailable) -> Problem:
    return Problem(409, str(error), kind="unavailable")


def invalid(errors: Mapping[str, list[str]]) -> Problem:
    """Return the problem of a request that does not validate; the detail repeats `errors` in one line."""
    detail = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items())
    return Problem(422, detail, kind="invalid", errors=errors)


def flatten(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield (dotted path of the field, its errors); errors of the whole document stand under "body"."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flatten(inner, _join(path, name))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        yield from _flatten_list(detail, path)
    else:
        yield path or "body", [str(detail)]


def _flatten_list(details: Sequence[Any], path: str) -> Iterator[tuple[str, list[str]]]:
    if all(isinstance(detail, str) for detail in details):
        yield path or "body", [str(detail) for detail in details]
        return
    for position, inner in enumerate(details):
        yield from flatten(inner, _join(path, str(position)))


def _join(path: str, name: str) -> str:
    if name in ("non_field_errors", "__all__"):
        return path
    return f"{path}.{name}" if path else str(name)
