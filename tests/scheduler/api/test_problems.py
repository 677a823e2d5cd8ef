"""Whatever a client sends, the answer is a problem document, and never a 500."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from rest_framework.test import APIClient

from scheduler import control
from scheduler.models import Job, JobExecution

JOBS = "/api/scheduler/jobs"
EXECUTIONS = "/api/scheduler/executions"


def send(client: APIClient, path: str, body: str | bytes, content_type: str = "application/json") -> Any:
    return client.generic("POST", path, body, content_type=content_type)  # type: ignore[arg-type]  # bytes work


def test_r46_problem_has_the_members_of_the_rfc(client: APIClient) -> None:
    answer = client.put("/api/scheduler/enabled", {"enabled": "true"})

    assert answer.headers["Content-Type"] == "application/problem+json"
    sentence = "“true” is neither true nor false. Write the JSON value true or false, without quotes."
    assert answer.json() == {
        "type": "urn:moo-markets:problem:invalid",
        "title": "The request does not validate",
        "status": 422,
        "detail": f"enabled: {sentence}",
        "instance": "/api/scheduler/enabled",
        "errors": {"enabled": [sentence]},
    }


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{", "not JSON"),
        ("{'enabled': true}", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        ('{"parameters": {"rows": NaN}}', "not a finite number"),
        ('{"parameters": {"rows": 1e999}}', "not a finite number"),
        ('{"parameters": {"rows": ' + "9" * 5000 + "}}", "not JSON"),
        ('{"reason": "a\\u0000b"}', "cannot be stored"),
        ('{"parameters": {"\\u0000": 1}}', "cannot be stored"),
        ('{"parameters": {"rows": "\\ud800"}}', "cannot be stored"),
        ('{"parameters": ' + "[" * 40 + "]" * 40 + "}", "nested deeper than 32"),
        ("[" * 100_000, "nested deeper than 32"),
    ],
)
def test_malformed_body_is_400(
    client: APIClient, make_job: Callable[..., Job], body: str | bytes, text: str
) -> None:
    answer = send(client, f"{JOBS}/{make_job('count').pk}/run", body)

    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert text in answer.json()["detail"]


def test_emoji_are_no_lone_surrogates(client: APIClient, make_job: Callable[..., Job]) -> None:
    answer = send(client, f"{JOBS}/{make_job().pk}/run", '{"reason": "\\ud83d\\udc04"}')

    assert (answer.status_code, answer.json()["request_reason"]) == (202, "🐄")


def test_large_body_is_413(client: APIClient, make_job: Callable[..., Job]) -> None:
    answer = send(client, f"{JOBS}/{make_job().pk}/run", '{"reason": "' + "x" * 1_048_576 + '"}')

    assert (answer.status_code, answer.json()["detail"]) == (413, "The body is larger than 1048576 bytes.")


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
)
def test_other_media_type_is_415_and_says_what_to_send(
    client: APIClient, make_job: Callable[..., Job], content_type: str
) -> None:
    answer = send(client, f"{JOBS}/{make_job().pk}/run", "reason=x", content_type)

    assert answer.status_code == 415
    assert "Content-Type: application/json" in answer.json()["detail"]


@pytest.mark.parametrize("charset", ["hex", "rot13", "zlib", "utf-16"])
def test_json_is_utf_8_whatever_the_charset_says(
    client: APIClient, make_job: Callable[..., Job], charset: str
) -> None:
    content_type = f"application/json; charset={charset}"

    answer = send(client, f"{JOBS}/{make_job().pk}/run", '{"reason": "再実行"}'.encode(), content_type)

    assert (answer.status_code, answer.json()["request_reason"]) == (202, "再実行")


@pytest.mark.parametrize("accept", ["text/csv", "application/xml"])
def test_other_accept_is_406(client: APIClient, accept: str) -> None:
    answer = client.get(JOBS, headers={"Accept": accept})

    assert (answer.status_code, answer.headers["Content-Type"]) == (406, "application/problem+json")


@pytest.mark.parametrize("id_", ["0", "99999999999999999999", "9" * 5000, "1%00", "1%20", "-1", "１"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "jobs/{}"),
        ("patch", "jobs/{}"),
        ("post", "jobs/{}/run"),
        ("get", "jobs/{}/executions"),
        ("get", "executions/{}"),
        ("get", "executions/{}/logs"),
        ("post", "executions/{}/cancel"),
    ],
)
def test_odd_id_is_404(client: APIClient, method: str, path: str, id_: str) -> None:
    answer = getattr(client, method)(f"/api/scheduler/{path.format(id_)}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "field", "text"),
    [
        (f"{EXECUTIONS}?status=done", "status", "done"),
        (f"{EXECUTIONS}?status=failed&status=done", "status", "done"),
        (f"{EXECUTIONS}?trigger=cat", "trigger", "cat"),
        (f"{EXECUTIONS}?job=987654", "job", "There is no job “987654”."),
        (f"{EXECUTIONS}?job=x", "job", "There is no job “x”."),
        (f"{EXECUTIONS}?job=99999999999999999999", "job", "99999999999999999999"),
        (f"{EXECUTIONS}?job=%00", "job", "Null"),
        (
            f"{EXECUTIONS}?statsu=failed",
            "statsu",
            "Known are: cursor, format, job, page_size, status, trigger.",
        ),
        (f"{EXECUTIONS}?page_size=many", "page_size", "“many”"),
        (f"{EXECUTIONS}?page_size=0", "page_size", "“0”"),
        (f"{EXECUTIONS}?cursor=nonsense", "cursor", "not one of ours"),
        (f"{EXECUTIONS}?cursor=cD1hYmM=", "cursor", "not one of ours"),
        (f"{JOBS}?cursor=cD0lMDA=", "cursor", "not one of ours"),
        (f"{JOBS}?format=xml", "format", "“xml” is not known here; there are: json"),
        (f"{JOBS}?enabled=yes", "enabled", "yes"),
        (f"{JOBS}?job_type=nonsense", "job_type", "nonsense"),
        (f"{JOBS}?search=%00", "search", "Null"),
        (f"{JOBS}?status=failed", "status", "no such query parameter"),
    ],
)
def test_unknown_filter_is_422_and_named(client: APIClient, path: str, field: str, text: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 422, answer.content
    assert text in " ".join(answer.json()["errors"][field])


@pytest.mark.parametrize("cursor", ["cD05OTk5OTk5OTk5OTk5OTk5OTk5", "bz05OTk=", "cj0x"])
def test_odd_but_possible_cursor_is_an_empty_or_first_page(client: APIClient, cursor: str) -> None:
    assert client.get(f"{EXECUTIONS}?cursor={cursor}").status_code == 200


def test_problem_follows_the_language(client: APIClient) -> None:
    answer = client.put("/api/scheduler/enabled", {}, headers={"Accept-Language": "ja"})

    assert answer.json()["errors"] == {"enabled": ["この項目は必須です。"]}
    assert answer.headers["Content-Language"] == "ja"


def test_name_taken_in_the_same_moment_is_422(
    client: APIClient, make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_the_race(*args: object, **kwargs: object) -> None:
        raise IntegrityError("duplicate key")

    monkeypatch.setattr(control, "save_definition", lose_the_race)

    answer = client.patch(f"{JOBS}/{make_job().pk}", {"name": "new"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["name"])


def test_job_deleted_meanwhile_is_404(
    client: APIClient, make_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job()
    monkeypatch.setattr(
        "scheduler.api.views.jobs.idempotency_key", lambda request: Job.objects.all().delete()
    )

    assert client.post(f"{JOBS}/{job.pk}/run").status_code == 404
    assert not JobExecution.objects.exists()


def test_our_own_fault_is_not_dressed_up(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("scheduler.api.views.scheduler.SchedulerStatus.read", break_down)

    with pytest.raises(ZeroDivisionError):
        client.get("/api/scheduler/status")
