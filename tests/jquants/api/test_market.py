"""GET /api/market/..., as a client meets it."""

from __future__ import annotations

import base64
import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission, User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from jquants import ingest
from jquants.datasets import DAILY_QUOTES, LISTED_COMPANIES, TRADING_CALENDAR
from tests.jquants.fakes import NOW, TODAY, bar, calendar_day, issue

BASE = "http://127.0.0.1/v2"
PATHS = [
    "",
    "datasets",
    "datasets/daily_quotes",
    "datasets/daily_quotes/rows",
    "issues",
    "issues/7203",
    "bars",
    "calendar",
    "coverage",
]

pytestmark = pytest.mark.django_db


def cursor_of(text: str) -> str:
    """Return a cursor that holds `text` instead of values of ours."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.fixture(autouse=True)
def _market() -> None:
    ingest.write(LISTED_COMPANIES, [issue(), issue("99840")], base_url=BASE, now=NOW)
    ingest.write(TRADING_CALENDAR, [calendar_day("2026-11-20")], base_url=BASE, now=NOW)
    for number in range(3):
        day = TODAY - timedelta(days=number)
        rows = [bar("72030", day, AdjFactor=0.5 if number == 0 else 1.0), bar("99840", day)]
        ingest.write(DAILY_QUOTES, rows, day=day, base_url=BASE, now=NOW)


@pytest.fixture
def client(person: User) -> APIClient:
    return _client_of(person)


def _client_of(user: User) -> APIClient:
    client = APIClient(headers={"Accept": "application/json", "Accept-Language": "en"})
    client.force_authenticate(user)
    return client


def get(client: APIClient, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/market/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", PATHS)
def test_path_answers_in_both_spellings(client: APIClient, path: str, slash: str) -> None:
    if path or not slash:
        assert client.get(f"/api/market/{path}{slash}").status_code == 200


def test_data_sets_are_described_with_what_is_stored(client: APIClient) -> None:
    described = {table["slug"]: table for table in get(client, "datasets")}

    quotes = described["daily_quotes"]
    assert quotes["stored"] | {"fetched_at": ""} == {
        "partitions": 3,
        "first": "2026-11-18",
        "last": "2026-11-20",
        "fetched_at": "",
    }
    assert quotes["columns"][2] | {"help": ""} == {
        "name": "open",
        "label": "open",
        "kind": "number",
        "help": "",
        "key": "O",
    }
    assert get(client, "datasets/daily_quotes") == quotes
    assert client.get(quotes["rows_url"]).status_code == 200


def test_pages_follow_one_another_without_repeating_or_missing_a_row(client: APIClient) -> None:
    seen: list[tuple[str, str]] = []
    page = get(client, "bars", page_size=4, columns="open", adjusted="true")
    while True:
        seen += [(row["open"], row["adjusted_open"]) for row in page["data"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()

    assert len(seen) == 6
    assert page["data"][0].keys() == {"open", "adjusted_open"}
    rows = get(client, "bars", columns="code,date")["data"]
    assert [(row["date"], row["code"]) for row in rows] == sorted((row["date"], row["code"]) for row in rows)


def test_one_issue_comes_with_its_adjusted_history(client: APIClient) -> None:
    rows = get(client, "bars", code="7203", adjusted="true")["data"]

    assert [row["adjusted_close"] for row in rows] == [1022.75, 1022.75, 2045.5]
    assert [row["close"] for row in rows] == [2045.5] * 3


def test_issue_has_its_history(client: APIClient) -> None:
    ingest.write(LISTED_COMPANIES, [issue(day="2026-11-24", CoName="新")], base_url=BASE, now=NOW)

    found = get(client, "issues/72030")

    assert found["company_name"] == "新"
    assert [change["effective_on"] for change in found["history"]] == ["2026-11-20", "2026-11-24"]
    assert client.get("/api/market/issues/1111").status_code == 404


@pytest.mark.parametrize(("query", "headers"), [({"format": "csv"}, {}), ({}, {"Accept": "text/csv"})])
def test_csv_is_streamed_whole(client: APIClient, query: dict[str, str], headers: dict[str, str]) -> None:
    answer = client.get(
        "/api/market/bars", {"code": "7203", "columns": "date,close"} | query, headers=headers
    )

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert list(csv.reader(io.StringIO(text))) == [
        ["date", "close"],
        ["2026-11-18", "2045.5"],
        ["2026-11-19", "2045.5"],
        ["2026-11-20", "2045.5"],
    ]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"code": "1"}, "code"),
        ({"date": "tomorrow"}, "date"),
        ({"cursor": "eyJ4IjoxfQ"}, "cursor"),
        ({"cursor": "W251bGwsbnVsbF0"}, "cursor"),
        ({"cursor": "日本"}, "cursor"),
        ({"cursor": cursor_of('["2026-11-20", "\\ud800"]')}, "cursor"),
        ({"cursor": cursor_of("[" * 5_000)}, "cursor"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "-1"}, "page_size"),
        ({"collumns": "open"}, "collumns"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_bad_parameter_is_a_problem_that_names_it(
    client: APIClient, query: dict[str, str], name: str, accept: str
) -> None:
    if accept == "text/csv" and name in ("cursor", "page_size"):
        pytest.skip("CSV has no pages")
    answer = client.get("/api/market/bars", query, headers={"Accept": accept})

    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert list(answer.json()["errors"]) == [name]


def test_a_table_needs_its_own_permission() -> None:
    user = get_user_model().objects.create_user("reader")
    user.user_permissions.add(Permission.objects.get(codename="view_tradingday"))
    client = _client_of(user)

    assert client.get("/api/market/calendar").status_code == 200
    assert [table["slug"] for table in get(client, "datasets")] == ["trading_calendar"]
    for path in ("bars", "issues", "issues/7203", "datasets/daily_quotes", "datasets/daily_quotes/rows"):
        answer = client.get(f"/api/market/{path}")
        assert (answer.status_code, answer.json()["status"]) == (403, 403)
    assert APIClient().get("/api/market/bars").status_code == 401


def test_unknown_table_names_those_there_are(client: APIClient) -> None:
    answer = client.get("/api/market/datasets/quotes/rows")

    assert answer.status_code == 404
    assert "“quotes”; there are: trading_calendar" in answer.json()["detail"]


def test_rows_are_offered_in_the_browser(client: APIClient) -> None:
    page = client.get("/api/market/bars", {"page_size": 2}, headers={"Accept": "text/html"})

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert date.fromisoformat("2026-11-18").isoformat() in page.content.decode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PATHS),
    query=st.dictionaries(
        st.sampled_from(
            ["code", "date", "from", "to", "columns", "adjusted", "cursor", "page_size", "format"]
        ),
        st.text(max_size=12)
        | st.integers().map(str)
        | st.sampled_from(["7203", "2026-11-20", "true", "csv"]),
        max_size=3,
    ),
)
def test_any_question_is_answered(client: APIClient, path: str, query: dict[str, str]) -> None:
    answer = client.get(f"/api/market/{path}", query)

    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.json()["status"] == answer.status_code


def test_schema_documents_every_path(client: APIClient) -> None:
    described = client.get("/api/schema").json()["paths"]

    for path in PATHS[1:]:
        spelled = path.replace("daily_quotes", "{slug}").replace("7203", "{code}")
        assert "get" in described[f"/api/market/{spelled}"]
    names = {parameter["name"] for parameter in described["/api/market/bars"]["get"]["parameters"]}
    assert {"code", "date", "from", "to", "adjusted", "cursor", "format"} <= names


def test_root_leads_to_every_entrance(client: APIClient) -> None:
    entrances = get(client, "")

    answers = {name: client.get(url).status_code for name, url in entrances.items()}
    assert answers.pop("backfills") == 405  # takes POST
    names = ("tables", "issues", "bars", "calendar", "statements", "coverage", "limits")
    assert answers == dict.fromkeys(names, 200)
    assert client.get("/api/").json()["market"].endswith("/api/market/")
