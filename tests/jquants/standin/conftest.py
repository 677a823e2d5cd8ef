"""A stand-in a test can ask, at a fixed moment: Friday 2026-11-20, 18:00 in Tokyo; the Monday after is a holiday."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from jquants.standin import StandinServer
from jquants.standin.market import Market, market
from jquants.standin.market.issues import NEVER

TOKYO = ZoneInfo("Asia/Tokyo")
EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=TOKYO)


class Asked:
    """A running stand-in, and somebody to ask it."""

    def __init__(self, server: StandinServer, session: requests.Session) -> None:
        self.server = server
        self.session = session

    def get(self, path: str, **parameters: str) -> requests.Response:
        """`from_` stands for the parameter `from`."""
        query = {name.rstrip("_"): value for name, value in parameters.items()}
        return self.session.get(
            self.server.base_url + path, params=query, headers={"x-api-key": "standin"}, timeout=10
        )

    def rows(self, path: str, **parameters: str) -> list[dict[str, Any]]:
        """Of all pages."""
        rows: list[dict[str, Any]] = []
        while True:
            document = self.get(path, **parameters).json()
            rows += document["data"]
            if "pagination_key" not in document:
                return rows
            parameters["pagination_key"] = document["pagination_key"]

    def refusal(self, path: str, **parameters: str) -> tuple[int, str]:
        response = self.get(path, **parameters)
        return response.status_code, response.json()["message"]


Standin = Callable[..., Asked]


@pytest.fixture
def standin() -> Iterator[Standin]:
    """Starts servers; they are stopped after the test."""
    with ExitStack() as stack:

        def start(*, at: datetime = EVENING, **options: Any) -> Asked:
            options = {"per_minute": 1_000, "now": lambda: at, **options}
            server = stack.enter_context(StandinServer(**options))
            return Asked(server, stack.enter_context(requests.Session()))

        yield start


def changed(kind: str) -> str:
    """Return the code of an issue that was always listed and had such a corporate action in 2020 to 2025."""
    first, last = date(2020, 1, 1).toordinal(), date(2025, 12, 31).toordinal()
    return next(
        issue.code
        for issue in market(1).issues.values()
        if not issue.listed and issue.delisted == NEVER
        if any(action.kind == kind and first <= action.day <= last for action in issue.actions)
    )


@pytest.fixture(scope="session")
def made_up_market() -> Market:
    return market(1)
