"""The OpenAPI document, Swagger UI and the browsable API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from scheduler.models import Job
from tests.scheduler.api.test_paths import PATHS, ids  # noqa: F401 - a fixture

FOREIGN = re.compile(r"""(?:src|href|url)\s*[=(:]\s*["']?(?:https?:)?//(?!testserver)[^"'\s>]+""")


@pytest.fixture
def browser(person: User) -> Client:
    browser = Client(headers={"Accept": "text/html", "Accept-Language": "en"})
    browser.force_login(person)
    return browser


@pytest.fixture
def schema(browser: Client) -> dict[str, Any]:
    document: dict[str, Any] = browser.get("/api/schema", headers={"Accept": "application/json"}).json()
    return document


def test_schema_validates_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_schema_names_every_path_once(schema: dict[str, Any]) -> None:
    described = {
        (method, path.removeprefix("/api/scheduler/"))
        for path, verbs in schema["paths"].items()
        if path.startswith("/api/scheduler/")
        for method in verbs
    }

    assert schema["openapi"].startswith("3.1")
    assert described == {(method, re.sub(r"{\w+}", "{id}", path)) for method, path, _body, _status in PATHS}


def test_schema_describes_problems(schema: dict[str, Any]) -> None:
    run = schema["paths"]["/api/scheduler/jobs/{id}/run"]["post"]["responses"]

    assert set(run) == {"202", "400", "401", "403", "404", "406", "409", "413", "415", "422"}
    assert run["409"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }


def test_schema_is_not_for_everybody(db: None) -> None:
    assert Client().get("/api/schema").status_code == 401
    assert Client().get("/api/docs").headers["Location"] == "/admin/login/?next=/api/docs"


def test_swagger_asks_no_foreign_host(browser: Client) -> None:
    page = browser.get("/api/docs").content.decode()

    assert "swagger-ui-bundle.js" in page
    assert not FOREIGN.findall(page)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "scheduler",
        "scheduler/",
        "scheduler/status",
        "scheduler/jobs",
        "scheduler/jobs/{job}",
        "scheduler/executions",
    ],
)
def test_browsable_page_works_without_foreign_requests(
    browser: Client, make_job: Callable[..., Job], path: str
) -> None:
    answer = browser.get(f"/api/{path.format(job=make_job().pk)}")

    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "moo_markets API" in page
    assert not [link for link in FOREIGN.findall(page) if "href" not in link]


@pytest.mark.parametrize(
    ("path", "button"), [("jobs/{job}/run", "POST"), ("jobs/{job}/enabled", "PUT"), ("enabled", "PUT")]
)
def test_browsable_page_offers_the_verb(
    browser: Client, make_job: Callable[..., Job], path: str, button: str
) -> None:
    page = browser.get(f"/api/scheduler/{path.format(job=make_job().pk)}").content.decode()

    assert f"{button}</button>" in page
    assert "405" in page


@pytest.mark.parametrize(("method", "path", "body", "status"), PATHS)
def test_every_verb_works_from_the_browsable_page(
    browser: Client,
    ids: dict[str, int],  # noqa: F811
    method: str,
    path: str,
    body: Any,
    status: int,
) -> None:
    url = f"/api/scheduler/{path.format(**ids)}"

    answer = getattr(browser, method)(url, *([] if method == "get" else [body or {}, "application/json"]))

    shown = 200 if status == 204 else status  # a page has content
    assert (answer.status_code, answer.headers["Content-Type"]) == (shown, "text/html; charset=utf-8")
    assert "Unknown Path" not in answer.content.decode()


def test_browsable_page_shows_the_problem_and_the_login(db: None) -> None:
    answer = Client(headers={"Accept": "text/html"}).get("/api/scheduler/jobs")

    assert answer.status_code == 401
    assert "/api/auth/login/?next=/api/scheduler/jobs" in answer.content.decode()


@pytest.mark.parametrize("path", ["", "scheduler/enabled", "scheduler/jobs", "scheduler/jobs/1/run"])
def test_options_describes_the_path(browser: Client, path: str) -> None:
    answer = browser.options(f"/api/{path}", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["parses"]) == (200, ["application/json"])
