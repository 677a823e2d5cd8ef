"""A clock that differs from the database's, and one that jumps, are told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from scheduler.clocks import ClockWatch
from scheduler.models import SchedulerEvent, SchedulerProcess
from scheduler.models.process import Role

pytestmark = pytest.mark.django_db


def clock_off_by(seconds: float) -> Callable[[], datetime]:
    return lambda: timezone.now() + timedelta(seconds=seconds)


def compared(seconds: float) -> SchedulerProcess:
    """Return a living process whose clock is off by so much."""
    process = SchedulerProcess.register(Role.SCHEDULER, timezone.now())
    ClockWatch(clock_off_by(seconds)).compare(process)
    process.beat(timezone.now())
    return SchedulerProcess.objects.get(pk=process.pk)


def actions(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.action for record in caplog.records]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("seconds", "is_off"), [(0, False), (1.5, False), (-1.5, False), (5, True), (-5, True)]
)
def test_r16_clock_is_compared_with_that_of_the_database(seconds: float, is_off: bool) -> None:
    process = compared(seconds)
    assert process.clock_offset_seconds == pytest.approx(seconds, abs=0.4)
    assert process.is_clock_off is is_off


def test_r16_difference_is_logged_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "scheduler.clocks")
    process = SchedulerProcess.register(Role.SCHEDULER, timezone.now())
    off_by = 5.0
    watch = ClockWatch(lambda: timezone.now() + timedelta(seconds=off_by))
    for off_by in (5.0, 5.0, 0.0, 0.0):  # noqa: B007 - the clock reads it
        watch.compare(process)
    assert actions(caplog) == ["clock_differs", "clock_agrees"]


def test_r16_difference_is_shown_on_every_page_and_in_the_status(
    admin_client: Client, client_of_api: APIClient
) -> None:
    process = compared(7)
    sentence = f"The clock of {process} is 7.0 s ahead of the database&#x27;s"
    assert sentence in admin_client.get(reverse("admin:index")).content.decode()
    status = client_of_api.get("/api/scheduler/status").json()
    assert any(f"The clock of {process} is 7.0 s ahead" in problem for problem in status["problems"])
    assert status["schedulers"][0]["clock_offset_seconds"] == pytest.approx(7, abs=0.4)


def test_r49_site_whose_clock_is_ahead_takes_no_scheduler_for_silent() -> None:
    SchedulerProcess.register(Role.SCHEDULER, timezone.now())
    assert SchedulerProcess.objects.alive(timezone.now() + timedelta(hours=1)).exists()


def test_r49_scheduler_that_beats_seldom_is_not_taken_for_silent_between_two_beats(
    settings: Settings,
) -> None:
    settings.SCHEDULER_HEARTBEAT_SECONDS = 60
    heard_at = timezone.now() - timedelta(hours=1)
    SchedulerProcess.register(Role.SCHEDULER, heard_at)
    assert SchedulerProcess.objects.alive(heard_at + timedelta(seconds=179)).exists()
    assert not SchedulerProcess.objects.alive(heard_at + timedelta(seconds=181)).exists()


@pytest.fixture
def client_of_api(admin_user: object) -> APIClient:
    client = APIClient(headers={"Accept": "application/json", "Accept-Language": "en"})
    client.force_authenticate(admin_user)  # type: ignore[arg-type]
    return client


@pytest.fixture
def steady() -> Iterator[float]:
    """Seconds of a monotonic clock on which one passes between two looks."""
    return iter(float(second) for second in range(100))


@pytest.mark.parametrize(
    ("passed", "codes"),
    [
        (1, []),
        (5.9, []),
        (7, ["clock_jumped_ahead"]),
        (-5, ["clock_set_back"]),
        (3600, ["clock_jumped_ahead"]),
    ],
)
def test_r41_jump_of_the_wall_clock_is_an_event(
    now: datetime, steady: Iterator[float], passed: float, codes: list[str]
) -> None:
    watch = ClockWatch(timezone.now, monotonic=lambda: next(steady))
    for moment in (now, now + timedelta(seconds=passed), now + timedelta(seconds=passed + 1)):
        watch.look(moment, "host:1")
    assert [event.code for event in SchedulerEvent.objects.all()] == codes


def test_r41_jump_is_found_again_when_it_could_not_be_recorded(
    now: datetime, steady: Iterator[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = ClockWatch(timezone.now, monotonic=lambda: next(steady))
    watch.look(now, "host:1")
    with monkeypatch.context() as outage:
        outage.setattr(SchedulerEvent, "record", lambda *args, **params: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            watch.look(now + timedelta(hours=1), "host:1")
    watch.look(now + timedelta(hours=1, seconds=1), "host:1")
    assert SchedulerEvent.objects.get().params["seconds"] == 3599


def test_r41_jump_is_shown_for_an_hour_and_kept_in_the_event_log(
    admin_client: Client, client_of_api: APIClient
) -> None:
    for ago in (timedelta(minutes=5), timedelta(hours=2)):
        SchedulerEvent.record(timezone.now() - ago, "host:1", "clock_set_back", seconds=ago.seconds)
    page = admin_client.get(reverse("admin:index")).content.decode()
    assert "was set back by 300 seconds" in page
    assert "was set back by 7200 seconds" not in page
    log = admin_client.get(reverse("admin:scheduler_schedulerevent_changelist")).content.decode()
    assert "was set back by 7200 seconds" in log
    events = client_of_api.get("/api/scheduler/status").json()["events"]
    assert [event["process"] for event in events] == ["host:1", "host:1"]
    assert "was set back by 7200 seconds" in events[0]["message"]
