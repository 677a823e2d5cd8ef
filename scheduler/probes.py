"""What machines ask the site: is it alive, is it ready, how does it do."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.exceptions import AuthenticationFailed

from scheduler import metrics
from scheduler.api.authentication import TokenAuthentication
from scheduler.health import OK, Readiness

_FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_FORWARDED",
    "HTTP_VIA",
)
_readiness = Readiness()


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process is alive; asks nothing else."""
    return JsonResponse({"status": OK})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when everything that jobs need is there, else 503 with what fails."""
    checks = _readiness.check(timezone.now())
    is_ready = all(result == OK for result in checks.values())
    body = {"status": OK if is_ready else "failing", "checks": checks}
    return JsonResponse(body, status=200 if is_ready else 503)


@require_safe
@never_cache
def scrape(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus: by its address (METRICS_ALLOW), or as a member of staff with a session or token."""
    if not (_is_allowed(_address(request)) or _is_staff(request)):
        return HttpResponse(
            "Not for you: METRICS_ALLOW lists the addresses that may ask; others need a session or token of staff.\n",
            status=403,
            content_type="text/plain; charset=utf-8",
        )
    body, content_type = metrics.exposition(timezone.now(), request.headers.get("Accept", ""))
    return HttpResponse(body, content_type=content_type)


def _address(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """Return who asks; None where that cannot be known.

    A proxy on this machine makes everybody look local. So what came through one is judged by the address that
    the proxy added last, and only where we were told that there is one (BEHIND_PROXY).
    """
    address = request.META.get("REMOTE_ADDR", "")
    if any(name in request.META for name in _FORWARDED):
        is_behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if is_behind_proxy else ""
        address = forwarded.rpartition(",")[2].strip()
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _is_allowed(address: IPv4Address | IPv6Address | None) -> bool:
    return address is not None and any(address in network for network in settings.METRICS_ALLOW)


def _is_staff(request: HttpRequest) -> bool:
    if request.user.is_staff:
        return True
    try:
        found = TokenAuthentication().authenticate(request)
    except AuthenticationFailed:
        return False
    return found is not None and found[0].is_staff
