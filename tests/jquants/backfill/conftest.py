"""A J-Quants to be asked: a scripted one, and the stand-in."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from jquants import session
from jquants.ratelimit import MemoryRateLimiter
from jquants.standin import StandinServer
from tests.jquants.fakes import NOW
from tests.jquants.wire import Wire


@pytest.fixture
def wire(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    monkeypatch.setattr(session, "DatabaseRateLimiter", lambda plan, key, **_: MemoryRateLimiter("premium"))
    with Wire() as wire:
        settings.JQUANTS_BASE_URL = wire.base_url
        settings.JQUANTS_API_KEY = "standin"
        settings.JQUANTS_PLAN = "premium"
        yield wire


@pytest.fixture
def standin(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandinServer]:
    monkeypatch.setattr(session, "DatabaseRateLimiter", lambda plan, key, **_: MemoryRateLimiter("premium"))
    with StandinServer(plan="standard", now=lambda: NOW) as server:
        settings.JQUANTS_BASE_URL = server.base_url
        settings.JQUANTS_API_KEY = "standin"
        settings.JQUANTS_PLAN = "standard"
        yield server
