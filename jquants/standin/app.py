"""From a request to a reply: the gates every request passes, then whoever answers it. No transport here."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from jquants.standin import refusals
from jquants.standin.bulk_api import FILES, BulkApi
from jquants.standin.endpoints import ENDPOINTS
from jquants.standin.endpoints.td import TD_LIST
from jquants.standin.faults import Faults
from jquants.standin.limits import Bucket, Limits
from jquants.standin.pages import Pages
from jquants.standin.refusals import Refusal
from jquants.standin.replies import Reply
from jquants.standin.td_api import FILES as TD_FILES
from jquants.standin.td_api import TdApi

ROOT: Final = "/v2"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str  # without the query
    parameters: Mapping[str, str]
    key: str  # of the header x-api-key; "" without one
    host: str  # by which the client reached us


class App:
    def __init__(
        self, *, pages: Pages, bulk: BulkApi, td: TdApi, key: str, limits: Limits, faults: Faults
    ) -> None:
        self._pages = pages
        self._bulk = bulk
        self._td = td
        self._key = key
        self._limits = limits
        self._faults = faults

    def handle(self, request: Request) -> Reply:
        try:
            return self._admitted(request)
        except Refusal as refusal:
            return Reply.message(refusal.status, refusal.message)

    def _admitted(self, request: Request) -> Reply:
        """Address, then key, then rate, as a gateway does; parameters last."""
        if request.method == "GET" and request.path.startswith(TD_FILES):
            return self._td.download(request.parameters)
        if request.method == "GET" and request.path.startswith(FILES):
            return self._bulk.download(request.path, request.parameters)
        ask, bucket = self._route(request)
        self._check_key(request.key)
        if not self._limits.admit(bucket):
            raise refusals.too_many_requests()
        return self._faults.answer(ask, request.parameters.get("pagination_key", ""))

    def _route(self, request: Request) -> tuple[Callable[[], Reply], Bucket | None]:
        """What answers the request, and the rate limit of its own that counts it."""
        root, path = request.path[: len(ROOT)], request.path[len(ROOT) :].rstrip("/")
        if request.path.startswith("/v1/"):
            raise refusals.forbidden()
        if request.method != "GET" or root != ROOT:
            raise refusals.unknown_endpoint()
        if path == "/td/files":
            return lambda: self._td.files(request.parameters, request.host), TD_LIST.bucket
        if path == "/td/bulk":
            return lambda: self._td.bulk(request.host), TD_LIST.bucket
        if path == "/bulk/list":
            return lambda: self._bulk.list(request.parameters), None
        if path == "/bulk/get":
            return lambda: self._bulk.get(request.parameters, request.host), None
        if (endpoint := ENDPOINTS.get(path)) is None or endpoint.is_file_only:
            raise refusals.unknown_endpoint()
        key = self._faults.meant(request.parameters.get("pagination_key", ""))
        parameters = {**request.parameters, "pagination_key": key}
        return lambda: self._pages.answer(endpoint, parameters), endpoint.bucket

    def _check_key(self, key: str) -> None:
        if not key:
            raise refusals.key_missing()
        if not hmac.compare_digest(key.encode(), self._key.encode()):
            raise refusals.key_wrong()
