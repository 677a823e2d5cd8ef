"""The types of an app that cannot be imported are missing; those of the others are not, and somebody is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import AppConfig, apps
from django.core.checks import run_checks

from scheduler import job_types
from scheduler.concerns import concerns


@pytest.fixture
def _broken_app(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    installed = [AppConfig.create("tests.broken_jobs"), *apps.get_app_configs()]
    with monkeypatch.context() as patch:
        patch.setattr(apps, "get_app_configs", lambda: installed)
        job_types.autodiscover()
    yield
    job_types.autodiscover()


@pytest.mark.usefixtures("_broken_app")
@pytest.mark.django_db
def test_r43_app_whose_types_cannot_be_imported_is_named(caplog: pytest.LogCaptureFixture) -> None:
    assert job_types.is_registered("count")
    assert not job_types.is_registered("unimportable")
    (warning,) = [found for found in run_checks() if found.id == "scheduler.W002"]
    (concern,) = concerns([])
    for text in (warning.msg, concern):
        assert "tests.broken_jobs" in text
        assert "No module named 'a_library_that_is_not_there'" in text
