"""Pages that keep themselves up to date: asked by htmx, a page answers with only what changes in it.

The page and its fragment are one view on one URL, so filters, search, order, page and permissions are the same.
scheduler/live.js puts the fragment into the page without touching what a person is doing there.
"""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers

_GZIP = GZipMiddleware(lambda request: HttpResponse())


def is_refresh(request: HttpRequest) -> bool:
    """Whether a page that is open asks for its news."""
    return request.method == "GET" and request.headers.get("HX-Request") == "true"


def only_news(request: HttpRequest, response: HttpResponse, template: str) -> HttpResponse:
    """Return `response`, rendered by the fragment's `template` when that is what was asked for."""
    if isinstance(response, TemplateResponse):
        if is_refresh(request):
            response.template_name = template
            response.context_data = {**(response.context_data or {}), "is_refresh": True}
            # Many small cells with the theme's long classes: a tenth of the size, every few seconds.
            response.add_post_render_callback(partial(_GZIP.process_response, request))
        patch_vary_headers(response, ["HX-Request"])
    return response
