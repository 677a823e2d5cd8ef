"""The buttons: POST only, each with its own permission, an audit row and a sentence about what happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from scheduler.models import Job, JobExecution, OverlapPolicy, SchedulerSettings, Status, Trigger
from tests.scheduler.admin.conftest import ClientWho, MakeExecution

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]
VERBS = {
    "run": "run_job",
    "enable": "change_job",
    "disable": "change_job",
    "cancel": "cancel_jobexecution",
    "archive": "change_job",
    "restore": "change_job",
}


def url(verb: str, job: Job) -> str:
    return reverse(f"admin:scheduler_job_{verb}", args=[job.pk])


def audited() -> list[tuple[str, str]]:
    """Return the code and the channel of each audit row."""
    rows = (json.loads(entry.change_message) for entry in LogEntry.objects.order_by("pk"))
    return [(row["code"], row["channel"]) for row in rows]


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize("verb", VERBS)
def test_r47_a_button_needs_its_own_permission(client_who: ClientWho, make_job: MakeJob, verb: str) -> None:
    job = make_job()
    others = {*VERBS.values(), "view_job", "pause_scheduler"} - {VERBS[verb]}
    assert client_who(*others).post(url(verb, job)).status_code == 403
    assert (JobExecution.objects.count(), LogEntry.objects.count()) == (0, 0)
    assert client_who(VERBS[verb]).post(url(verb, job)).status_code == 302


@pytest.mark.parametrize("verb", VERBS)
def test_a_button_is_post_only(admin_client: Client, make_job: MakeJob, verb: str) -> None:
    job = make_job()
    assert admin_client.get(url(verb, job)).status_code == 405
    assert JobExecution.objects.count() == 0


def test_a_button_is_protected_against_forged_requests(admin_user: Any, make_job: MakeJob) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert client.post(url("run", make_job())).status_code == 403


def test_buttons_are_for_staff(client: Client, make_job: MakeJob) -> None:
    response = client.post(url("run", make_job()))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("admin:login"))


def test_run_now_queues_and_links_to_the_execution(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("count")
    response = admin_client.post(url("run", job))
    execution = job.executions.get()
    assert (execution.status, execution.trigger, execution.parameters) == (
        Status.QUEUED,
        Trigger.MANUAL,
        {"rows": 3},
    )
    assert reverse("admin:scheduler_jobexecution_change", args=[execution.pk]) in said(response)[0]
    assert audited() == [("audit_run_now", "admin")]


def test_run_now_on_a_disabled_job_says_that_it_stays_disabled(
    admin_client: Client, make_job: MakeJob
) -> None:
    response = admin_client.post(url("run", make_job(is_enabled=False)))
    assert "stays disabled" in said(response)[0]


def test_run_now_twice_names_the_run_in_the_way(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job()
    admin_client.post(url("run", job))
    response = admin_client.post(url("run", job))
    assert job.executions.count() == 1
    assert f"execution {job.executions.get().pk}</a>" in said(response)[-1]


def test_run_now_twice_is_fine_where_the_job_allows_it(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job(overlap_policy=OverlapPolicy.ALLOW)
    for _ in range(2):
        admin_client.post(url("run", job))
    assert job.executions.count() == 2


def test_run_now_with_wrong_parameters_says_which(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("count", parameters={"rows": "<many>"})
    (text,) = said(admin_client.post(url("run", job)))
    assert "rows: “&lt;many&gt;”: Enter a whole number." in text
    assert job.executions.count() == 0


def test_r43_run_now_of_an_unknown_type_is_refused_with_a_way_out(
    admin_client: Client, make_job: MakeJob
) -> None:
    job = make_job("gone")
    (text,) = said(admin_client.post(url("run", job)))
    assert "gone" in text
    assert "Install the app" in text


def test_names_are_escaped_in_messages(admin_client: Client, make_job: MakeJob) -> None:
    (text,) = said(admin_client.post(url("run", make_job(name="<script>"))))
    assert "&lt;script&gt;" in text
    assert "<script>" not in text


def test_enable_and_disable_say_what_changed(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job(is_enabled=False)
    assert "is enabled" in said(admin_client.post(url("enable", job)))[0]
    job.refresh_from_db()
    assert job.is_enabled
    assert "enabled already" in said(admin_client.post(url("enable", job)))[-1]
    assert "goes on" in said(admin_client.post(url("disable", job)))[-1]
    assert audited() == [("audit_enabled", "admin"), ("audit_disabled", "admin")]


def test_cancel_ends_what_waits_and_asks_what_runs(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    waiting, running = make_job(), make_job()
    queued, held = make_execution(waiting, Status.QUEUED), make_execution(running, Status.RUNNING)
    assert "is cancelled" in said(admin_client.post(url("cancel", waiting)))[0]
    assert "asked to stop" in said(admin_client.post(url("cancel", running)))[-1]
    queued.refresh_from_db()
    held.refresh_from_db()
    assert (queued.status, held.status) == (Status.CANCELLED, Status.CANCELLING)


def test_cancel_without_anything_active_says_so(admin_client: Client, make_job: MakeJob) -> None:
    assert "nothing to cancel" in said(admin_client.post(url("cancel", make_job())))[0]


def test_an_execution_is_cancelled_with_a_reason(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    execution = make_execution(make_job(), Status.QUEUED)
    admin_client.post(
        reverse("admin:scheduler_jobexecution_cancel", args=[execution.pk]), {"reason": "wrong\x00 day"}
    )
    execution.refresh_from_db()
    assert execution.reason == "Cancelled by admin. wrong day"


def test_an_ended_execution_is_not_cancelled(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    execution = make_execution(make_job(), Status.FAILED)
    response = admin_client.post(reverse("admin:scheduler_jobexecution_cancel", args=[execution.pk]))
    assert "has ended (failed)" in said(response)[0]


def test_cancelling_an_execution_needs_its_permission(
    client_who: ClientWho, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    execution = make_execution(make_job(), Status.QUEUED)
    target = reverse("admin:scheduler_jobexecution_cancel", args=[execution.pk])
    assert client_who("view_jobexecution", "run_job", "change_job").post(target).status_code == 403
    execution.refresh_from_db()
    assert execution.status == Status.QUEUED


def test_a_button_returns_to_where_it_was(admin_client: Client, make_job: MakeJob) -> None:
    here = reverse("admin:scheduler_job_changelist") + "?q=quotes"
    response = admin_client.post(url("run", make_job()), {"next": here})
    assert response["Location"] == here


def test_a_button_never_leads_to_another_site(admin_client: Client, make_job: MakeJob) -> None:
    response = admin_client.post(url("run", make_job()), {"next": "https://example.com/"})
    assert response["Location"] == reverse("admin:scheduler_job_changelist")


def test_the_switch_pauses_with_a_reason_and_resumes(admin_client: Client) -> None:
    switch = reverse("admin:scheduler_switch")
    admin_client.post(switch, {"enabled": "0", "reason": "moving house"})
    paused = SchedulerSettings.load()
    assert (paused.is_enabled, paused.paused_reason) == (False, "moving house")
    assert "moving house" in admin_client.get(reverse("admin:index")).content.decode()
    admin_client.post(switch, {"enabled": "1"})
    assert SchedulerSettings.load().is_enabled
    assert audited() == [("audit_paused", "admin"), ("audit_resumed", "admin")]


def test_the_switch_needs_its_own_permission_and_a_post(client_who: ClientWho, admin_client: Client) -> None:
    switch = reverse("admin:scheduler_switch")
    assert client_who("change_job", "run_job").post(switch, {"enabled": "0"}).status_code == 403
    assert admin_client.get(switch).status_code == 405
    assert SchedulerSettings.load().is_enabled
