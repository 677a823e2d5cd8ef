from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scheduler import archive
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, Status
from tests.scheduler.admin.conftest import ClientWho, MakeExecution

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]
ADD = "admin:scheduler_job_add"


def change_url(job: Job) -> str:
    return reverse("admin:scheduler_job_change", args=[job.pk])


def filled(**changes: Any) -> dict[str, Any]:
    """Return the form as a browser posts it; None leaves a field out."""
    fields: dict[str, Any] = {
        "name": "quotes",
        "job_type": "count",
        "parameters-rows": "7",
        "description": "",
        "schedule": "0 6 * * *",
        "timezone": "Asia/Tokyo",
        "is_enabled": "on",
        "overlap_policy": "forbid",
        "missed_policy": "run_once",
        "max_catchup": "5",
        "start_deadline_seconds": "",
        "timeout_seconds": "3600",
        "warn_after_seconds": "",
        "orphan_policy": "requeue",
        "max_retries": "3",
        "retry_backoff_seconds": "30",
        "tags": "prices, daily",
        "notes": "",
    } | changes
    return {name: value for name, value in fields.items() if value is not None}


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200, "the form was accepted"
    errors: dict[str, list[str]] = response.context["adminform"].form.errors
    return errors


def test_r24_adding_a_job_writes_its_first_cursor(admin_client: Client) -> None:
    assert admin_client.post(reverse(ADD), filled()).status_code == 302
    job = Job.objects.get()
    assert (job.parameters, job.tags) == ({"rows": 7}, ["prices", "daily"])
    assert job.next_run_at is not None
    assert job.next_run_at > timezone.now()
    assert [json.loads(entry.change_message)["code"] for entry in LogEntry.objects.all()] == ["audit_created"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("warn_after_seconds", 10**12), ("start_deadline_seconds", 10**12), ("keep_days", 40_000)],
)
def test_number_that_no_clock_can_count_by_is_refused(admin_client: Client, name: str, value: int) -> None:
    assert list(errors_of(admin_client.post(reverse(ADD), filled(**{name: str(value)})))) == [name]


def test_nothing_runs_by_surprise_after_saving(admin_client: Client) -> None:
    admin_client.post(reverse(ADD), filled())
    assert not JobExecution.objects.exists()


def test_r23_also_run_once_now_queues_one_run(admin_client: Client) -> None:
    response = admin_client.post(reverse(ADD), filled(also_run_now="on"))
    assert JobExecution.objects.get().parameters == {"rows": 7}
    assert any("is queued as" in str(message) for message in get_messages(response.wsgi_request))


@pytest.mark.parametrize(("permissions", "is_offered"), [(("run_job",), True), ((), False)])
def test_also_run_once_now_is_offered_to_those_who_may_run(
    client_who: ClientWho, make_job: MakeJob, permissions: tuple[str, ...], is_offered: bool
) -> None:
    client = client_who("view_job", "change_job", *permissions)
    assert ('name="also_run_now"' in client.get(change_url(make_job())).content.decode()) is is_offered


def test_also_run_once_now_needs_the_permission_to_run(client_who: ClientWho, make_job: MakeJob) -> None:
    job = make_job("count", name="quotes")
    client = client_who("view_job", "change_job")
    assert client.post(change_url(job), filled(also_run_now="on", notes="mine")).status_code == 403
    job.refresh_from_db()
    assert (job.notes, job.executions.count()) == ("", 0)


@pytest.mark.parametrize("zone", ["", "../etc/passwd", "Asia/\x00", "Mars/Olympus"])
def test_the_preview_refuses_what_is_no_time_zone(admin_client: Client, zone: str) -> None:
    target = reverse("admin:scheduler_job_schedule")
    page = admin_client.get(target, {"schedule": "0 6 * * *", "timezone": zone}).content.decode()
    assert "moo-error" in page


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"schedule": "61 6 * * *"}, "schedule", "61"),
        ({"schedule": "@reboot"}, "schedule", "@reboot"),
        ({"timezone": "Asia/Tokio"}, "timezone", "Asia/Tokio"),
        ({"parameters-rows": "many"}, "parameters", "marked"),
        ({"parameters-rows": ""}, "parameters", "marked"),
        ({"job_type": "gone"}, "job_type", "gone"),
        ({"name": ""}, "name", "required"),
        ({"timeout_seconds": "0"}, "timeout_seconds", "1"),
    ],
)
def test_bad_input_is_named_and_nothing_is_saved(
    admin_client: Client, make_job: MakeJob, changes: dict[str, str], field: str, text: str
) -> None:
    job = make_job("count", name="quotes", schedule="30 7 * * *")
    errors = errors_of(admin_client.post(change_url(job), filled(**changes)))
    assert set(errors) == {field}
    assert text in errors[field][0]
    job.refresh_from_db()
    assert (job.schedule, job.parameters) == ("30 7 * * *", {"rows": 3})
    assert not LogEntry.objects.exists()


def test_a_wrong_parameter_is_marked_at_its_own_field(admin_client: Client) -> None:
    page = admin_client.post(reverse(ADD), filled(**{"parameters-rows": "many"})).content.decode()
    assert "Enter a whole number." in page
    assert 'value="many"' in page


def test_saving_never_writes_what_the_scheduler_writes(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("count", name="quotes", parameters={"rows": 7}, tags=["prices", "daily"])
    ran_at = timezone.now() - timedelta(minutes=1)
    admin_client.get(change_url(job))
    Job.objects.update(last_run_at=ran_at, next_run_at=ran_at + timedelta(days=1))
    admin_client.post(change_url(job), filled(notes="checked"))
    job.refresh_from_db()
    assert (job.notes, job.last_run_at, job.next_run_at) == ("checked", ran_at, ran_at + timedelta(days=1))
    assert job.schedule_version == 1


def test_r47_saving_leaves_one_audit_row_that_names_the_fields(
    admin_client: Client, make_job: MakeJob
) -> None:
    job = make_job("count", name="quotes", parameters={"rows": 7}, tags=["prices", "daily"])
    admin_client.post(change_url(job), filled(notes="checked", timeout_seconds="60"))
    (entry,) = LogEntry.objects.all()
    assert json.loads(entry.change_message)["params"] == {"fields": "notes, timeout_seconds"}


def test_saving_without_a_change_leaves_no_trace(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("count", name="quotes", parameters={"rows": 7}, tags=["prices", "daily"])
    admin_client.post(change_url(job), filled())
    assert not LogEntry.objects.exists()


def test_r23_a_new_schedule_moves_the_cursor(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("count", name="quotes", next_run_at=timezone.now() + timedelta(days=300))
    admin_client.post(change_url(job), filled(schedule="*/5 * * * *"))
    job.refresh_from_db()
    assert job.schedule_version == 2
    assert job.next_run_at is not None
    assert job.next_run_at <= timezone.now() + timedelta(minutes=5)


def test_zero_is_a_parameter_like_any_other(admin_client: Client) -> None:
    admin_client.post(reverse(ADD), filled(**{"parameters-rows": "0"}))
    assert Job.objects.get().parameters == {"rows": 0}


def test_another_type_brings_its_own_parameters(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("count", name="quotes")
    admin_client.post(change_url(job), filled(job_type="wait", **{"parameters-seconds": "1.5"}))
    job.refresh_from_db()
    assert (job.job_type, job.parameters) == ("wait", {"seconds": 1.5})


def test_the_parameters_of_a_chosen_type_are_fetched(admin_client: Client) -> None:
    target = reverse("admin:scheduler_job_parameters")
    assert 'name="parameters-seconds"' in admin_client.get(target, {"job_type": "wait"}).content.decode()
    assert "takes no parameters" in admin_client.get(target, {"job_type": "nothing"}).content.decode()


def test_the_preview_puts_a_schedule_into_words_with_its_next_times(admin_client: Client) -> None:
    target = reverse("admin:scheduler_job_schedule")
    page = admin_client.get(
        target, {"schedule": "0 6 * * *", "timezone": "America/New_York"}
    ).content.decode()
    assert "Every day at 6:00" in page
    assert page.count("<li>") == 20
    assert "America/New_York" in page


def test_the_preview_follows_a_calendar(admin_client: Client) -> None:
    target = reverse("admin:scheduler_job_schedule")
    asked = {"schedule": "@trading 24:30", "timezone": "Asia/Tokyo", "calendar": "jpx"}
    page = admin_client.get(target, asked).content.decode()
    assert "Every trading day at 24:30" in page
    assert page.count("provisional") == 20  # nothing is stored
    assert page.count("· of ") == 20


def test_the_preview_crosses_out_ticks_on_closed_days(admin_client: Client) -> None:
    target = reverse("admin:scheduler_job_schedule")
    asked = {"schedule": "0 6 * * SUN", "timezone": "Asia/Tokyo", "calendar": "jpx"}
    assert admin_client.get(target, asked).content.decode().count("closed, skipped") == 20


@pytest.mark.parametrize(
    ("calendar", "told"), [("", "the job has no calendar"), ("nowhere", "“nowhere” is not a calendar")]
)
def test_the_preview_says_which_calendar_is_missing(admin_client: Client, calendar: str, told: str) -> None:
    target = reverse("admin:scheduler_job_schedule")
    asked = {"schedule": "@trading 16:45", "timezone": "Asia/Tokyo", "calendar": calendar}
    assert told in admin_client.get(target, asked).content.decode()


def test_the_preview_says_what_is_wrong(admin_client: Client) -> None:
    target = reverse("admin:scheduler_job_schedule")
    page = admin_client.get(target, {"schedule": "0 25 * * *", "timezone": "Asia/Tokyo"}).content.decode()
    assert "moo-error" in page
    assert "25" in page


def test_previews_are_for_who_may_edit(client_who: ClientWho) -> None:
    client = client_who("view_job")
    for name in ("schedule", "parameters"):
        assert client.get(reverse(f"admin:scheduler_job_{name}")).status_code == 403


def test_r43_a_job_of_an_unknown_type_is_shown_and_kept(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("gone", name="quotes", parameters={"rows": 3})
    page = admin_client.get(change_url(job)).content.decode()
    assert "gone (not installed)" in page
    assert "&quot;rows&quot;: 3" in page
    assert set(errors_of(admin_client.post(change_url(job), filled(job_type="gone")))) == {"job_type"}
    job.refresh_from_db()
    assert job.parameters == {"rows": 3}


def test_a_reader_sees_the_job_without_a_form_to_save(client_who: ClientWho, make_job: MakeJob) -> None:
    job = make_job("count", name="quotes")
    client = client_who("view_job")
    assert client.get(change_url(job)).status_code == 200
    assert client.post(change_url(job), filled(notes="mine")).status_code == 403


def delete_url(job: Job) -> str:
    return reverse("admin:scheduler_job_delete", args=[job.pk])


def test_r42_only_an_archived_job_is_deleted(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    job = make_job()
    make_execution(job)
    assert delete_url(job) not in admin_client.get(change_url(job)).content.decode()
    for response in (admin_client.get(delete_url(job)), admin_client.post(delete_url(job))):
        said = [str(message) for message in get_messages(response.wsgi_request)]
        assert "Archive “a job 0” first" in said[-1]
    assert Job.objects.filter(pk=job.pk).exists()


@pytest.mark.parametrize("key", ["0", "x", "9" * 30, "9" * 5000])
def test_job_that_is_not_there_is_not_deleted(admin_client: Client, key: str) -> None:
    assert admin_client.post(reverse("admin:scheduler_job_delete", args=[key])).status_code == 404


def test_r42_an_archived_job_is_read_only_and_offers_the_way_out(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    job = make_job()
    make_execution(job)
    admin_client.post(reverse("admin:scheduler_job_archive", args=[job.pk]))
    page = admin_client.get(change_url(job)).content.decode()
    assert delete_url(job) in page
    assert reverse("admin:scheduler_job_restore", args=[job.pk]) in page
    assert f'formaction="{reverse("admin:scheduler_job_run", args=[job.pk])}"' not in page
    assert admin_client.post(change_url(job), filled(notes="mine")).status_code == 403
    assert "1 execution goes with it" in admin_client.get(delete_url(job)).content.decode()
    admin_client.post(delete_url(job))
    assert not Job.objects.exists()


def test_r42_deleting_for_good_needs_its_own_permission(
    client_who: ClientWho, make_job: MakeJob, actor: Actor
) -> None:
    job = make_job()
    archive.archive(job, actor)
    assert client_who("view_job", "change_job").post(delete_url(job)).status_code == 403
    assert client_who("delete_job").post(delete_url(job)).status_code == 302
    assert not Job.objects.exists()


def test_run_with_is_prefilled_with_the_parameters_of_the_job(
    admin_client: Client, make_job: MakeJob
) -> None:
    job = make_job("count", parameters={"rows": 41})
    page = admin_client.get(reverse("admin:scheduler_job_run_with", args=[job.pk])).content.decode()
    assert 'value="41"' in page
    assert not job.executions.exists()


def test_run_with_queues_one_run_and_leaves_the_job_alone(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("count")
    response = admin_client.post(
        reverse("admin:scheduler_job_run_with", args=[job.pk]),
        {"parameters-rows": "9", "reason": "one more time"},
    )
    execution = job.executions.get()
    assert response["Location"] == reverse("admin:scheduler_jobexecution_change", args=[execution.pk])
    assert (execution.parameters, execution.request_reason) == ({"rows": 9}, "one more time")
    job.refresh_from_db()
    assert job.parameters == {"rows": 3}


def test_run_with_can_empty_a_parameter_of_the_job(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("fail", parameters={"message": "no", "permanent": True})
    admin_client.post(reverse("admin:scheduler_job_run_with", args=[job.pk]), {"parameters-message": "no"})
    assert job.executions.get().parameters["permanent"] is False


def test_run_with_wrong_parameters_queues_nothing(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("count")
    target = reverse("admin:scheduler_job_run_with", args=[job.pk])
    assert "whole number" in admin_client.post(target, {"parameters-rows": "x"}).content.decode()
    assert not job.executions.exists()


def test_run_with_needs_the_permission_to_run(client_who: ClientWho, make_job: MakeJob) -> None:
    target = reverse("admin:scheduler_job_run_with", args=[make_job("count").pk])
    client = client_who("view_job", "change_job")
    assert client.get(target).status_code == 403
    assert client.post(target, {"parameters-rows": "9"}).status_code == 403


def test_the_page_refreshes_its_state_without_the_form(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    job = make_job("count")
    make_execution(job, Status.RUNNING, progress_done=1, progress_total=2)
    news = admin_client.get(change_url(job), headers={"HX-Request": "true"}).content.decode()
    assert 'id="job-state"' in news
    assert 'aria-valuenow="50"' in news
    assert 'name="schedule"' not in news


def test_the_history_words_its_audit_rows(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job("count", is_enabled=False)
    admin_client.post(reverse("admin:scheduler_job_enable", args=[job.pk]))
    page = admin_client.get(reverse("admin:scheduler_job_history", args=[job.pk])).content.decode()
    assert "Enabled" in page
    assert "audit_enabled" not in page
