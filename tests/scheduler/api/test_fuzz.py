"""Made-up requests: each gets an answer of ours, on either database."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from scheduler.models import Job
from tests.scheduler.api.test_paths import PATHS

WORDS = [
    "enabled",
    "also_run",
    "parameters",
    "reason",
    "name",
    "job_type",
    "schedule",
    "tags",
    "rows",
    "timezone",
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["count", "0 6 * * *"])
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=12,
)
QUERY_NAMES = [
    "status",
    "trigger",
    "job",
    "enabled",
    "archived",
    "job_type",
    "tag",
    "search",
    "cursor",
    "page_size",
    "format",
]
QUERIES = st.dictionaries(
    st.sampled_from(QUERY_NAMES), st.text(max_size=12) | st.integers().map(str), max_size=3
)


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _body, _status in PATHS])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=DOCUMENTS, query=QUERIES)
def test_any_request_is_answered(
    client: APIClient, method: str, path: str, document: Any, query: dict[str, str]
) -> None:
    job = Job.objects.get_or_create(name="fuzzed", defaults={"job_type": "count", "parameters": {"rows": 1}})[
        0
    ]
    url = f"/api/scheduler/{path.format(job=job.pk, idle=job.pk, archived=job.pk, execution=1)}"
    body = "" if method == "get" else json.dumps(document)

    answer = client.generic(method.upper(), url, body, content_type="application/json", query_params=query)

    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.json()["status"] == answer.status_code
