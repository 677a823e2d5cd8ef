from collections.abc import Iterator

import pytest

from jquants.client import Client
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from tests.jquants.fakes import NOW


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        StandinServer(plan="standard", now=lambda: NOW) as server,
        Client(api_key="standin", base_url=server.base_url, limiter=MemoryRateLimiter("premium")) as client,
    ):
        yield client
