"""/metrics: right figures, counters that never fall, few queries, and not for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from knox.models import get_token_model
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries

from moo_markets.environment import Environment
from scheduler import control, metrics, retention, ticks, totals
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, SchedulerProcess, Status, Trigger
from scheduler.models.process import Role

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]
PLAIN = "text/plain"
QUERIES = 6


@pytest.fixture(autouse=True)
def _only_the_jobs_of_the_test(db: None) -> None:
    Job.objects.all().delete()


def ended(job: Job, at: datetime, status: Status = Status.COMPLETED, **fields: Any) -> JobExecution:
    times = {"started_at": at - timedelta(minutes=1), "completed_at": at}
    run = ticks.new_run(job, Trigger.MANUAL, at, status=status, **times | fields)
    run.save()
    return run


def samples(now: datetime) -> dict[tuple[str, ...], float]:
    """Return the figures of a scrape by name and labels."""
    text = metrics.exposition(now, PLAIN)[0].decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


# --- figures ------------------------------------------------------------------------------------------


def test_due_ticks_and_their_lag(make_job: MakeJob, now: datetime, actor: Actor) -> None:
    make_job(next_run_at=now + timedelta(seconds=1))
    assert (samples(now)["scheduler_ticks_due",], samples(now)["scheduler_lag_seconds",]) == (0, 0)
    make_job(next_run_at=now - timedelta(seconds=90))
    make_job(next_run_at=now)
    found = samples(now)
    assert (found["scheduler_ticks_due",], found["scheduler_lag_seconds",]) == (2, 90)


def test_paused_scheduler_says_so_and_has_nothing_due(make_job: MakeJob, now: datetime, actor: Actor) -> None:
    make_job(next_run_at=now)
    assert samples(now)["scheduler_paused",] == 0
    control.set_scheduler_enabled(False, actor)
    assert (samples(now)["scheduler_paused",], samples(now)["scheduler_ticks_due",]) == (1, 0)


def test_active_executions_by_type_and_status(make_job: MakeJob, now: datetime, actor: Actor) -> None:
    control.run_now(make_job("count"), actor, now=now)
    found = samples(now)
    assert found["scheduler_executions_active", "count", "queued"] == 1
    assert found["scheduler_executions_active", "count", "running"] == 0
    assert ("scheduler_executions_total", "count", "queued") not in found


def test_ended_executions_with_durations_and_rows(make_job: MakeJob, now: datetime) -> None:
    job = make_job("count")
    for _ in range(2):
        ended(job, now, rows_fetched=7, rows_inserted=4, rows_updated=2, rows_unchanged=1)
    ended(job, now, Status.FAILED, rows_fetched=1)
    found = samples(now)
    assert found["scheduler_executions_total", "count", "completed"] == 2
    assert found["scheduler_execution_duration_seconds_count", "count", "completed"] == 2
    assert found["scheduler_execution_duration_seconds_sum", "count", "completed"] == 120
    assert found["scheduler_executions_total", "count", "failed"] == 1
    kinds = ("fetched", "inserted", "updated", "unchanged")
    assert [found["scheduler_rows_total", "count", kind] for kind in kinds] == [15, 8, 4, 2]


def test_counters_begin_at_zero(now: datetime) -> None:
    found = samples(now)
    assert found["scheduler_executions_total", "daily_quotes", "failed"] == 0
    assert found["scheduler_rows_total", "daily_quotes", "fetched"] == 0
    assert ("scheduler_execution_duration_seconds_count", "daily_quotes", "skipped") not in found


def test_counters_are_the_same_before_and_after_pruning(
    make_job: MakeJob, now: datetime, settings: Any
) -> None:
    settings.SCHEDULER_KEEP_RUNS = 1
    job = make_job("count")
    for age in range(400, 800, 50):
        ended(job, now - timedelta(days=age, microseconds=age), rows_fetched=age)
        ended(job, now - timedelta(days=age), Status.FAILED, started_at=None)
    found = [samples(now)]
    while totals.count_ended(3):
        found.append(samples(now))
    while chosen := retention.choose(job, now, 3):
        retention.delete_executions(chosen)
        found.append(samples(now))
    assert job.executions.count() == 1
    assert len(found) > 8
    assert all(each == found[0] for each in found)


def test_counters_stay_with_the_type_that_the_executions_had(make_job: MakeJob, now: datetime) -> None:
    job = make_job("count")
    ended(job, now)
    totals.count_ended(10)
    Job.objects.filter(pk=job.pk).update(job_type="nothing")
    job.refresh_from_db()
    ended(job, now)
    totals.count_ended(10)
    found = samples(now)
    assert found["scheduler_executions_total", "count", "completed"] == 1
    assert found["scheduler_executions_total", "nothing", "completed"] == 1


def test_scheduler_processes_alive_by_role(now: datetime) -> None:
    SchedulerProcess.register(Role.SCHEDULER, now)
    SchedulerProcess.register(Role.SCHEDULER, now - timedelta(minutes=5))
    SchedulerProcess.register(Role.COMMAND, now)
    found = samples(now)
    assert found["scheduler_processes", "scheduler"] == 1
    assert found["scheduler_processes", "crontab"] == 0


# --- contributors -------------------------------------------------------------------------------------


@pytest.fixture
def _keep_contributors() -> Iterator[None]:
    before = list(metrics._contributors)
    yield
    metrics._contributors[:] = before


@pytest.mark.usefixtures("_keep_contributors")
def test_apps_contribute_once(now: datetime) -> None:
    def contribute(moment: datetime) -> list[Metric]:
        assert moment == now
        return [GaugeMetricFamily("shops_open", "Shops.", 3)]

    metrics.register(contribute)
    metrics.register(contribute)
    assert metrics.exposition(now, PLAIN)[0].decode().count("\nshops_open 3.0\n") == 1


# --- cost ---------------------------------------------------------------------------------------------


def test_a_scrape_costs_six_queries_whatever_there_is(
    make_job: MakeJob, now: datetime, actor: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        job = make_job("count", next_run_at=now)
        ended(job, now)
        control.run_now(job, actor, now=now)
        SchedulerProcess.register(Role.SCHEDULER, now)
        if number == 2:
            totals.count_ended(10)
    with django_assert_num_queries(QUERIES):
        metrics.exposition(now, PLAIN)


# --- who may ask --------------------------------------------------------------------------------------


@pytest.fixture
def taro() -> User:
    return get_user_model().objects.create_user("taro", is_staff=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_scrape(client: Client, address: str) -> None:
    response = client.get("/metrics", REMOTE_ADDR=address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    assert b"# HELP scheduler_executions_total Executions that ended." in response.content


def test_openmetrics_is_answered_to_who_asks_for_it(client: Client) -> None:
    response = client.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert response["Content-Type"].startswith("application/openmetrics-text")
    assert response.content.endswith(b"# EOF\n")


@pytest.mark.parametrize("address", ["192.0.2.7", "", "unix:"])
def test_other_machines_may_not(client: Client, address: str) -> None:
    response = client.get("/metrics", REMOTE_ADDR=address)
    assert (response.status_code, b"METRICS_ALLOW" in response.content) == (403, True)


def test_networks_may_be_allowed(client: Client, settings: Any) -> None:
    settings.METRICS_ALLOW = [ip_network("192.0.2.0/24")]
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.get("/metrics").status_code == 403


def test_what_is_no_network_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_ALLOW", "127.0.0.1,10.0.0.7/8")
    with pytest.raises(
        ImproperlyConfigured, match=r"METRICS_ALLOW is '127.0.0.1,10.0.0.7/8': .*host bits set"
    ):
        Environment().networks("METRICS_ALLOW", default=[])


@pytest.mark.parametrize(
    ("is_behind_proxy", "forwarded", "status"),
    [
        (False, "127.0.0.1", 403),  # whoever sends this; a proxy we were not told of makes everybody local
        (True, "192.0.2.7", 403),
        (True, "127.0.0.1, 192.0.2.7", 403),  # the proxy adds the last one, the rest is what the client says
        (True, "192.0.2.7, 127.0.0.1", 200),
    ],
)
def test_what_comes_through_a_proxy_is_judged_by_what_the_proxy_says(
    client: Client, settings: Any, is_behind_proxy: bool, forwarded: str, status: int
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if is_behind_proxy else None
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"}
    assert client.get("/metrics", headers=headers).status_code == status


def test_a_proxy_that_tells_no_address_opens_nothing(client: Client, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert client.get("/metrics", headers={"X-Forwarded-Proto": "https"}).status_code == 403


def test_staff_may_scrape_with_a_session(client: Client, taro: User) -> None:
    client.force_login(taro)
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_staff_may_scrape_with_a_token(client: Client, taro: User) -> None:
    token = get_token_model().objects.create(user=taro)[1]
    for sent, status in ((token, 200), ("0" * 64, 403)):
        headers = {"Authorization": f"Token {sent}"}
        assert client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers=headers).status_code == status


def test_others_with_a_login_may_not(client: Client, taro: User) -> None:
    taro.is_staff = False
    taro.save()
    client.force_login(taro)
    token = get_token_model().objects.create(user=taro)[1]
    for headers in ({}, {"Authorization": f"Token {token}"}):
        assert client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers=headers).status_code == 403


@pytest.mark.parametrize("secret", ["SECRET_KEY", "JQUANTS_API_KEY"])
def test_no_secret_is_told(now: datetime, settings: Any, secret: str) -> None:
    assert getattr(settings, secret).encode() not in metrics.exposition(now, PLAIN)[0]
