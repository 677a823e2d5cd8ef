from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scheduler.admin.execution import LOG_LINES
from scheduler.models import ExecutionLog, Job, JobExecution, SchedulerProcess, SkipReason, Status
from tests.scheduler.admin.conftest import ClientWho, MakeExecution

pytestmark = pytest.mark.django_db

MakeJob = Callable[..., Job]
REFRESH = {"HX-Request": "true"}
LIST = "admin:scheduler_jobexecution_changelist"


def page_url(execution: JobExecution) -> str:
    return reverse("admin:scheduler_jobexecution_change", args=[execution.pk])


@pytest.fixture
def execution(make_job: MakeJob, make_execution: MakeExecution) -> JobExecution:
    return make_execution(
        make_job("count", name="quotes"),
        Status.FAILED,
        error_message="J-Quants answered 503.",
        traceback="Traceback (most recent call last):\n  <module>",
        rows_fetched=4412,
        rows_inserted=4400,
        request_reason="to try",
    )


def test_executions_are_read_only_for_everybody(admin_client: Client, execution: JobExecution) -> None:
    assert admin_client.get(reverse("admin:scheduler_jobexecution_add")).status_code == 403
    assert admin_client.post(page_url(execution), {"status": "completed"}).status_code == 403
    delete = reverse("admin:scheduler_jobexecution_delete", args=[execution.pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403
    execution.refresh_from_db()
    assert execution.status == Status.FAILED


def test_the_page_shows_counts_reason_error_and_traceback(
    admin_client: Client, execution: JobExecution
) -> None:
    page = admin_client.get(page_url(execution)).content.decode()
    for text in ("failed", "4,412", "4,400", "to try", "J-Quants answered 503.", "&lt;module&gt;"):
        assert text in page


def test_the_header_calls_it_by_its_own_name_and_leads_to_its_history(
    admin_client: Client, execution: JobExecution
) -> None:
    page = admin_client.get(page_url(execution)).content.decode()
    header = page[page.index("<h1") : page.index("</h1>")]
    assert str(execution) == str(execution).lower()
    assert str(execution) in header
    assert "Executions" in header
    assert f"/{execution.pk}/history/" in page


def test_the_page_shows_the_newest_lines_of_the_log(admin_client: Client, execution: JobExecution) -> None:
    moment = timezone.now()
    ExecutionLog.objects.bulk_create(
        ExecutionLog(execution=execution, at=moment, level=30, message=f"line {number} of the log")
        for number in range(LOG_LINES + 1)
    )
    page = admin_client.get(page_url(execution)).content.decode()
    assert "line 0 of the log" not in page
    assert page.index("line 1 of the log") < page.index(f"line {LOG_LINES} of the log")
    assert page.count("moo-level-30") == LOG_LINES
    assert "Only the newest lines" in page


def test_an_active_execution_refreshes_itself_and_can_be_cancelled(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    running = make_execution(make_job(), Status.RUNNING, progress_done=1, progress_total=4)
    cancel = reverse("admin:scheduler_jobexecution_cancel", args=[running.pk])
    page = admin_client.get(page_url(running)).content.decode()
    assert 'id="poll"' in page
    assert cancel in page
    news = admin_client.get(page_url(running), headers=REFRESH).content.decode()
    assert "<html" not in news
    assert 'aria-valuenow="25"' in news


def test_an_ended_execution_is_left_in_peace(admin_client: Client, execution: JobExecution) -> None:
    page = admin_client.get(page_url(execution)).content.decode()
    assert 'id="poll"' not in page
    assert reverse("admin:scheduler_jobexecution_cancel", args=[execution.pk]) not in page


def test_the_cancel_button_needs_its_permission(
    client_who: ClientWho, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    running = make_execution(make_job(), Status.RUNNING)
    cancel = reverse("admin:scheduler_jobexecution_cancel", args=[running.pk])
    reader, canceller = (
        client_who("view_jobexecution"),
        client_who("view_jobexecution", "cancel_jobexecution"),
    )
    for target in (page_url(running), reverse(LIST)):
        assert cancel not in reader.get(target).content.decode()
        assert cancel in canceller.get(target).content.decode()


def test_r3_a_skipped_range_is_shown_as_one(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    moment = timezone.now()
    make_execution(
        make_job(),
        Status.SKIPPED,
        skip_reason=SkipReason.MISSED,
        scheduled_for=moment - timedelta(days=12),
        scheduled_until=moment - timedelta(days=1),
        tick_count=12,
    )
    page = admin_client.get(reverse(LIST)).content.decode()
    assert "12 ticks" in page
    assert "no scheduler was running" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"status__exact": "failed"}, 1),
        ({"trigger__exact": "manual"}, 2),
        ({"q": "503"}, 1),
        ({"q": "quotes"}, 1),
        ({"job": "0"}, 0),
        ({"job": "x"}, 0),
    ],
)
def test_the_list_filters_and_searches(
    admin_client: Client,
    execution: JobExecution,
    make_job: MakeJob,
    make_execution: MakeExecution,
    query: dict[str, str],
    count: int,
) -> None:
    make_execution(make_job(name="calendar"))
    assert len(admin_client.get(reverse(LIST), query).context["cl"].result_list) == count


def test_the_number_of_queries_does_not_grow_with_the_executions(
    admin_client: Client, make_job: MakeJob, make_execution: MakeExecution
) -> None:
    def queries_with(count: int) -> int:
        while JobExecution.objects.count() < count:
            make_execution(make_job(), requested_by_id=admin_client.session["_auth_user_id"])
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(reverse(LIST)).status_code == 200
        return len(queries)

    queries_with(1)
    assert queries_with(3) == queries_with(30) <= 12


def test_processes_are_listed_and_read_only(admin_client: Client, alive: SchedulerProcess) -> None:
    page = admin_client.get(reverse("admin:scheduler_schedulerprocess_changelist")).content.decode()
    assert alive.host in page
    assert "alive" in page
    assert admin_client.get(reverse("admin:scheduler_schedulerprocess_add")).status_code == 403
