import copy
import pickle
import re
from datetime import date

import pytest
from django.utils import translation
from django.utils.functional import Promise

from jquants import errors, messages
from jquants.errors import JQuantsError, WindowError, error_for
from jquants.source import MixedSourcesError
from scheduler.messages import render

KINDS: list[type[JQuantsError]] = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, JQuantsError)
]
WITH_A_SENTENCE: list[JQuantsError] = [
    *(kind(path="/x", status=400, detail="seen") for kind in KINDS),
    MixedSourcesError(stored="http://here", asked="http://there"),
]


def told(error: JQuantsError) -> str:
    return render(error.code, error.params)


def window(text: str) -> tuple[date | None, date | None]:
    error = WindowError(server_message=text)
    return error.first, error.last


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "This API requires at least 1 parameter as follows; 'date','code'.", errors.ParameterError),
        (
            400,
            "Your subscription covers the following dates: 2016-09-21 ~ . If you want more data, "
            "please check other plans:https://jpx-jquants.com/#dataset",
            errors.WindowError,
        ),
        (400, "", errors.ParameterError),
        (400, "No approval received", errors.PlanError),
        (401, "Unauthorized", errors.ApiKeyError),
        (403, "This API is not available on your subscription.", errors.PlanError),
        (403, "There is no active subscription.", errors.PlanError),
        (403, "The api key is required.", errors.ApiKeyError),
        (403, "The API key is invalid or expired.", errors.ApiKeyError),
        (403, "The requested endpoint does not exist. Please check the URL.", errors.UnknownPathError),
        (403, "Forbidden", errors.UnknownPathError),
        (403, "Request blocked.", errors.AccessError),
        (404, "", errors.UnknownPathError),
        (413, "Response data is too large.", errors.TooLargeError),
        (422, "", errors.ParameterError),
        (429, "Too Many Requests", errors.RateLimitError),
        (500, "Unexpected error. Please try again later.", errors.ServerError),
        (503, "<html>", errors.ServerError),
        (301, "moved to https://elsewhere.example/", errors.MalformedError),
        (204, "", errors.MalformedError),
    ],
)
def test_error_kind_follows_status_and_text(status: int, message: str, kind: type[JQuantsError]) -> None:
    error = error_for(status, message, path="/equities/master", retry_after=7.0)

    assert type(error) is kind
    assert (error.status, error.server_message, error.path) == (status, message, "/equities/master")
    assert error.retry_after == 7.0


def test_error_is_retryable_only_where_another_try_can_help() -> None:
    retryable = {kind.__name__ for kind in KINDS if kind.retryable}

    assert retryable == {
        "RateLimitError",
        "ServerError",
        "UnreachableError",
        "TimedOutError",
        "UnreadableError",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-21 ~ 2026-03-21. If you want", (date(2024, 3, 21), date(2026, 3, 21))),
        ("2016-09-21 ~ . If you want", (date(2016, 9, 21), None)),
        (" ~ 2026-03-21.", (None, date(2026, 3, 21))),
        ("2016/9/1~2026/03/21", (date(2016, 9, 1), date(2026, 3, 21))),
        ("20160921 〜 20260321", (date(2016, 9, 21), date(2026, 3, 21))),
        ("2016-13-45 ~ 2026-03-21", (None, date(2026, 3, 21))),
        ("all of them", (None, None)),
        ("", (None, None)),
    ],
)
def test_window_error_reads_the_dates_of_the_plan(
    text: str, expected: tuple[date | None, date | None]
) -> None:
    assert window(f"Your subscription covers the following dates: {text}") == expected


def test_error_text_names_reason_circumstances_and_the_servers_words() -> None:
    error = error_for(403, "This API is not available on your subscription.", path="/fins/details")

    assert str(error) == (
        "The J-Quants plan does not include this endpoint; choose a higher plan or disable the job "
        "[GET /fins/details; status 403; "
        "J-Quants says: This API is not available on your subscription.]"
    )


def test_error_text_without_a_request_is_the_sentence_alone() -> None:
    assert str(errors.ApiKeyError(detail="it is empty")).endswith("dashboard/api-keys: it is empty")


@pytest.mark.parametrize("kind", KINDS)
def test_error_survives_a_process_boundary(kind: type[JQuantsError]) -> None:
    error = kind(path="/x", status=400, server_message="no", detail="seen", retry_after=3.0)

    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own bytes
        assert type(twin) is kind
        assert str(twin) == str(error)
        assert twin.retry_after == 3.0


@pytest.mark.parametrize("error", WITH_A_SENTENCE, ids=lambda error: error.code)
def test_message_of_every_error_can_be_said(error: JQuantsError) -> None:
    sentence = told(error)

    assert sentence
    assert not re.search(r"%\(|\(\)", sentence)
    assert isinstance(messages.SENTENCES[error.code], Promise)


def test_message_codes_are_those_of_the_errors() -> None:
    codes = [error.code for error in WITH_A_SENTENCE]

    assert len(codes) == len(set(codes))
    assert set(codes) == set(messages.SENTENCES)


def test_message_tells_the_window_of_the_plan() -> None:
    text = "Your subscription covers the following dates: 2024-03-21 ~ 2026-03-21."

    assert "(2024-03-21 ~ 2026-03-21)" in told(error_for(400, text, path="/equities/bars/daily"))


def test_refused_parameters_are_told_in_the_words_of_j_quants() -> None:
    error = error_for(400, "The file is 100 %s gone.", path="/td/files")

    with translation.override("en"):
        assert "/td/files: “The file is 100 %s gone.”" in told(error)
