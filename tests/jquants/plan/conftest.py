from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pytest_django import Settings

from jquants import session
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from tests.jquants.fakes import NOW
from tests.jquants.wire import Wire

KEY = "key-of-the-tests-0123456789"


@pytest.fixture
def unknown(settings: Settings) -> Settings:
    """Settings that leave plan and add-ons to us, as a newcomer's do."""
    settings.JQUANTS_API_KEY = KEY
    settings.JQUANTS_PLAN = "auto"
    settings.JQUANTS_ADDONS = ["auto"]
    return settings


@pytest.fixture
def standin(unknown: Settings) -> Iterator[Callable[..., StandinServer]]:
    """Return a function that starts a stand-in on a plan, at NOW, which the settings then point to."""
    with ExitStack() as stack:

        def start(plan: str, key: str = KEY, addons: tuple[str, ...] = ()) -> StandinServer:
            server = stack.enter_context(StandinServer(plan=plan, addons=addons, key=key, now=lambda: NOW))
            unknown.JQUANTS_BASE_URL = server.base_url
            return server

        yield start


@pytest.fixture
def wire(unknown: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A scripted J-Quants that the settings point to; requests are counted in memory."""
    monkeypatch.setattr(
        session, "DatabaseRateLimiter", lambda _plan, _key, **_options: MemoryRateLimiter("premium")
    )
    with Wire() as wire:
        unknown.JQUANTS_BASE_URL = wire.base_url
        yield wire


def never(seconds: float) -> None:
    raise AssertionError(f"a test waited for {seconds} s")
