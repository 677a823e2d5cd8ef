from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scheduler import archive
from scheduler.audit import Actor
from scheduler.models import Job, JobExecution, SchedulerProcess, Status
from tests.scheduler.admin.conftest import ClientWho, MakeExecution

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]
REFRESH = {"HX-Request": "true"}


def list_url(**query: str) -> str:
    return reverse("admin:scheduler_job_changelist", query=query)


def shown(client: Client, **query: str) -> str:
    return client.get(list_url(**query)).content.decode()


def test_list_shows_type_schedule_next_run_and_last_result(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    moment = timezone.now()
    job = make_job("count", next_run_at=moment + timedelta(hours=3, minutes=1))
    make_execution(job, Status.FAILED, completed_at=moment, started_at=moment - timedelta(minutes=5))
    make_execution(job, Status.SKIPPED, skip_reason="overlap", started_at=None)
    page = shown(admin_client)
    for text in ("Count", "Every day at 6:00", "in 3 h", "failed", "s ago"):
        assert text in page


def test_list_shows_the_progress_of_a_run(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    make_execution(make_job(), Status.RUNNING, progress_done=3, progress_total=4, progress_text="2026-11-20")
    page = shown(admin_client)
    assert 'aria-valuenow="75"' in page
    assert "3 of 4 · 2026-11-20" in page


def test_a_disabled_job_has_no_next_run(admin_client: Client, make_job: MakeJob) -> None:
    make_job(is_enabled=False, next_run_at=timezone.now() + timedelta(hours=3, minutes=1))
    assert "in 3 h" not in shown(admin_client)


def test_r43_a_job_of_an_unknown_type_is_shown_as_such_without_a_run_button(
    admin_client: Client, make_job: MakeJob
) -> None:
    job = make_job("gone")
    page = shown(admin_client)
    assert "type “gone” is not installed" in page
    assert reverse("admin:scheduler_job_run", args=[job.pk]) not in page


def test_buttons_are_shown_by_permission(client_who: ClientWho, make_job: MakeJob) -> None:
    job = make_job()
    run, disable = (reverse(f"admin:scheduler_job_{verb}", args=[job.pk]) for verb in ("run", "disable"))
    assert run not in shown(client_who("view_job"))
    page = shown(client_who("view_job", "run_job"))
    assert run in page
    assert disable not in page
    assert disable in shown(client_who("view_job", "change_job"))


def test_nothing_that_changes_something_is_a_link(admin_client: Client, make_job: MakeJob) -> None:
    job = make_job()
    page = shown(admin_client)
    for verb in ("run", "disable"):
        target = reverse(f"admin:scheduler_job_{verb}", args=[job.pk])
        assert f'formaction="{target}"' in page
        assert f'href="{target}"' not in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"is_enabled__exact": "0"}, {"sleeping"}),
        ({"type": "count"}, {"counting"}),
        ({"last": "problem"}, {"failing"}),
        ({"last": "completed"}, {"counting"}),
        ({"last": "active"}, {"failing"}),
        ({"last": "never"}, {"sleeping"}),
        ({"last": "nonsense"}, set()),
        ({"q": "coun"}, {"counting"}),
    ],
)
def test_list_filters(
    admin_client: Client,
    make_job: MakeJob,
    make_execution: MakeExecution,
    query: dict[str, str],
    names: set[str],
) -> None:
    make_job(name="sleeping", is_enabled=False)
    make_execution(make_job("count", name="counting"))
    failing = make_job(name="failing")
    make_execution(failing, Status.TIMED_OUT)
    make_execution(failing, Status.QUEUED)
    response = admin_client.get(list_url(**query))
    assert {job.name for job in response.context["cl"].result_list} == names


@pytest.mark.parametrize("headers", [{}, REFRESH], ids=["page", "refresh"])
def test_the_number_of_queries_does_not_grow_with_the_jobs(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution, headers: dict[str, str]
) -> None:
    def queries_with(count: int) -> int:
        while Job.objects.count() < count:
            job = make_job("count")
            make_execution(job)
            make_execution(job, Status.RUNNING)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert admin_client.get(list_url(), headers=headers).status_code == 200
        return len(queries)

    queries_with(1)  # content types and the like are cached
    assert queries_with(3) == queries_with(30) <= 14


def test_a_refresh_is_only_what_changes(admin_client: Client, make_job: MakeJob) -> None:
    make_job(name="quotes")
    page, news = (
        admin_client.get(list_url(q="quo"), headers=headers).content.decode() for headers in ({}, REFRESH)
    )
    assert "<html" in page
    assert "<html" not in news
    assert "quotes" in news
    assert 'id="result_list"' in news
    assert 'id="scheduler-banners"' in news
    assert len(news) < len(page) / 2


def test_a_refresh_keeps_search_and_filters(admin_client: Client, make_job: MakeJob) -> None:
    make_job(name="quotes")
    make_job(name="calendar")
    news = admin_client.get(list_url(q="quo"), headers=REFRESH).content.decode()
    assert "calendar" not in news


def test_a_refresh_is_not_taken_from_a_cache_of_the_page(admin_client: Client) -> None:
    assert "HX-Request" in admin_client.get(list_url())["Vary"]


def test_a_refresh_is_compressed_for_browsers(admin_client: Client, make_job: MakeJob) -> None:
    make_job(name="quotes")
    response = admin_client.get(list_url(), headers=REFRESH | {"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert b"quotes" in gzip.decompress(response.content)


def test_a_refresh_needs_a_login(client: Client) -> None:
    assert client.get(list_url(), headers=REFRESH).status_code == 302


@pytest.mark.parametrize(
    ("action", "permission"),
    [
        ("run_selected", "run_job"),
        ("enable_selected", "change_job"),
        ("disable_selected", "change_job"),
        ("cancel_selected", "cancel_jobexecution"),
    ],
)
def test_r47_actions_need_their_permission(
    client_who: ClientWho, make_job: MakeJob, action: str, permission: str
) -> None:
    make_job()
    offered = {"view_job", "change_job", "run_job", "cancel_jobexecution"}
    assert f'value="{action}"' not in shown(client_who(*(offered - {permission})))
    assert f'value="{action}"' in shown(client_who("view_job", permission))


def act(client: Client, action: str, *jobs: Job) -> Any:
    return client.post(list_url(), {"action": action, "_selected_action": [job.pk for job in jobs]})


def test_actions_act_on_each_selected_job_and_say_so_in_one_message(
    admin_client: Client, make_job: MakeJob
) -> None:
    jobs = [make_job(), make_job(), make_job()]
    (message,) = get_messages(act(admin_client, "run_selected", *jobs[:2]).wsgi_request)
    assert str(message).count("is queued as") == 2
    assert set(JobExecution.objects.values_list("job", flat=True)) == {job.pk for job in jobs[:2]}
    act(admin_client, "disable_selected", *jobs)
    assert not Job.objects.enabled().exists()
    act(admin_client, "enable_selected", *jobs)
    assert Job.objects.enabled().count() == 3
    act(admin_client, "cancel_selected", *jobs)
    assert not JobExecution.objects.active().exists()


def test_jobs_are_not_deleted_by_the_dozen(admin_client: Client, make_job: MakeJob) -> None:
    make_job()
    assert "delete_selected" not in shown(admin_client)


def test_the_banner_is_on_every_page_while_no_scheduler_is_alive(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    job = make_job()
    execution = make_execution(job)
    pages = [
        reverse("admin:index"),
        list_url(),
        reverse("admin:scheduler_job_add"),
        reverse("admin:scheduler_job_change", args=[job.pk]),
        reverse("admin:scheduler_job_history", args=[job.pk]),
        reverse("admin:scheduler_job_run_with", args=[job.pk]),
        reverse("admin:scheduler_jobexecution_changelist"),
        reverse("admin:scheduler_jobexecution_change", args=[execution.pk]),
        reverse("admin:scheduler_schedulerprocess_changelist"),
        reverse("admin:auth_user_changelist"),
    ]
    for page in pages:
        assert "manage.py runscheduler" in admin_client.get(page).content.decode(), page


def test_the_banner_goes_when_a_scheduler_is_alive(admin_client: Client, alive: SchedulerProcess) -> None:
    assert "manage.py runscheduler" not in shown(admin_client)
    alive.beat(timezone.now() - timedelta(minutes=5))
    assert "manage.py runscheduler" in shown(admin_client)


def test_r42_archived_jobs_are_shown_when_asked_for(
    admin_client: Client, make_job: MakeJob, actor: Actor
) -> None:
    make_job(name="in use")
    archive.archive(make_job(name="put away"), actor)
    shown = {
        query: [
            name in admin_client.get(reverse("admin:scheduler_job_changelist") + query).content.decode()
            for name in ("in use", "put away")
        ]
        for query in ("", "?archived=1", "?archived=all")
    }
    assert shown == {"": [True, False], "?archived=1": [False, True], "?archived=all": [True, True]}


def test_r42_several_are_archived_and_restored_at_once(admin_client: Client, make_job: MakeJob) -> None:
    jobs = [make_job(), make_job()]
    chosen = {"_selected_action": [job.pk for job in jobs]}
    admin_client.post(reverse("admin:scheduler_job_changelist"), {"action": "archive_selected", **chosen})
    assert Job.objects.current().count() == 0
    admin_client.post(
        reverse("admin:scheduler_job_changelist") + "?archived=1", {"action": "restore_selected", **chosen}
    )
    assert Job.objects.current().count() == 2
