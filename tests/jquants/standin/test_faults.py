"""Each fault, as a client meets it."""

import pytest
import requests

from jquants.standin import FAULTS, StandinError, StandinServer
from jquants.standin.app import App, Request
from jquants.standin.faults import Faults
from jquants.standin.replies import Reply
from tests.jquants.standin.conftest import EVENING, Asked, Standin

BARS = "/equities/bars/daily"
EDITS = (
    *("dup-row", "bad-value", "missing-key", "null-row", "nested", "new-key"),
    *("wrong-day", "other-code", "changed-row"),
)
DAYS = {"code": "7203", "from_": "20261116", "to": "20261120"}


@pytest.fixture(scope="module")
def app() -> App:
    return StandinServer(now=lambda: EVENING, per_minute=10_000).app


def faulty(standin: Standin, fault: str, **options: float) -> Asked:
    return standin(faults=[fault], **options)


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("429", 429, "application/json"),
        ("429-bare", 429, "application/json"),
        ("500", 500, "application/json"),
        ("502", 502, "text/html"),
        ("503", 503, "application/json"),
        ("504", 504, "application/json"),
        ("html", 200, "text/html"),
        ("wrong-key", 403, "application/json"),
        ("plan", 403, "application/json"),
        ("210", 210, "application/json"),
        ("401", 401, "application/json"),
        ("413", 413, "application/json"),
    ],
)
def test_status_faults(standin: Standin, fault: str, status: int, kind: str) -> None:
    response = faulty(standin, fault).get(BARS, **DAYS)
    assert (response.status_code, response.headers["Content-Type"]) == (status, kind)
    assert response.text
    assert '"data"' not in response.text
    assert response.headers.get("Retry-After") == ("1" if fault == "429" else None)


def test_5xx_takes_its_statuses_in_turn(standin: Standin) -> None:
    asked = faulty(standin, "5xx")
    assert [asked.get(BARS, **DAYS).status_code for _ in range(5)] == [500, 502, 503, 504, 500]


def test_slow_answers_late(standin: Standin) -> None:
    asked = faulty(standin, "slow")
    with pytest.raises(requests.ReadTimeout):
        asked.session.get(
            asked.server.base_url + BARS, headers={"x-api-key": "standin"}, params=DAYS, timeout=0.2
        )


def test_slow_answers_at_last(standin: Standin) -> None:
    assert len(faulty(standin, "slow", stall_seconds=0.01).rows(BARS, **DAYS)) == 5


def test_cut_ends_in_the_middle_of_the_body(standin: Standin) -> None:
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        faulty(standin, "cut").get(BARS, **DAYS)


def test_reset_ends_before_the_first_byte(standin: Standin) -> None:
    with pytest.raises(requests.ConnectionError):
        faulty(standin, "reset").get(BARS, **DAYS)


def test_malformed_has_its_length_right(standin: Standin) -> None:
    response = faulty(standin, "malformed").get(BARS, **DAYS)
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert response.text.startswith('{"data":[{"Date":"2026-11-16"')
    with pytest.raises(requests.JSONDecodeError):
        response.json()


def test_empty_is_200_without_a_byte(standin: Standin) -> None:
    response = faulty(standin, "empty").get(BARS, **DAYS)
    assert (response.status_code, response.content) == (200, b"")


def test_data_is_null_or_absent(standin: Standin) -> None:
    assert faulty(standin, "null-data").get(BARS, **DAYS).json() == {"data": None}
    assert faulty(standin, "no-data").get(BARS, **DAYS).json() == {}


def test_loop_leads_to_the_same_page_for_ever(standin: Standin) -> None:
    asked = standin(faults=["loop"], page_size=2)
    first = asked.get(BARS, **DAYS).json()
    again = asked.get(BARS, **DAYS, pagination_key=first["pagination_key"]).json()
    assert again == first


def test_rows_are_repeated_spoilt_or_lacking(standin: Standin) -> None:
    right = standin().rows(BARS, **DAYS)
    assert faulty(standin, "dup-row").rows(BARS, **DAYS) == [*right, right[0]]
    assert faulty(standin, "bad-value").rows(BARS, **DAYS)[2] == {**right[2], "O": "abc"}
    assert right[2].keys() - faulty(standin, "missing-key").rows(BARS, **DAYS)[2].keys() == {"ExRT"}


def test_row_faults_leave_empty_answers_alone(standin: Standin) -> None:
    for fault in EDITS:
        assert faulty(standin, fault).get(BARS, date="20261121").json() == {"data": []}


def test_not_gzip_claims_to_be(standin: Standin) -> None:
    asked = faulty(standin, "not-gzip")
    with pytest.raises(requests.exceptions.ContentDecodingError):
        asked.get(BARS, **DAYS)


def test_faults_come_after_the_key_and_before_the_parameters(standin: Standin) -> None:
    asked = faulty(standin, "500")
    assert requests.get(asked.server.base_url + BARS, timeout=10).status_code == 403
    assert asked.get(BARS).status_code == 500


def test_real_refusals_outlast_faults_of_the_body(standin: Standin) -> None:
    assert faulty(standin, "malformed").refusal(BARS)[0] == 400


def test_downloads_are_spared(standin: Standin) -> None:
    asked = faulty(standin, "500:0.5")
    urls = [
        response for _ in range(20) if (response := asked.get("/bulk/get", endpoint="/markets/calendar")).ok
    ]
    downloads = [requests.get(response.json()["url"], timeout=10) for response in urls]
    assert 0 < len(urls) < 20
    assert all(download.ok for download in downloads)


def test_rate_and_seed_decide_which_requests_are_hit() -> None:
    right = Reply.json({"data": []})

    def hits(seed: int) -> list[bool]:
        faults = Faults(["500:0.3"], seed)
        return [faults.answer(lambda: right).status == 500 for _ in range(1_000)]

    assert hits(1) == hits(1)
    assert hits(1) != hits(2)
    assert 250 < sum(hits(1)) < 350


def test_first_fault_that_hits_wins() -> None:
    faults = Faults(["503:0", "429", "500"], 1)
    assert faults.answer(lambda: Reply.json({"data": []})).status == 429


@pytest.mark.parametrize("text", ["nothing", "", "500:2", "500:-1", "500:x", "500:", "500:nan"])
def test_unknown_faults_and_rates_are_refused(text: str) -> None:
    with pytest.raises(StandinError) as error:
        Faults([text], 1)
    assert text.partition(":")[0] in str(error.value)


def test_every_fault_says_what_it_does() -> None:
    assert all(fault.summary for fault in FAULTS.values())


def test_there_are_enough_of_every_kind() -> None:
    assert len(FAULTS) == 40


def test_redirect_leads_elsewhere(standin: Standin) -> None:
    asked = faulty(standin, "redirect")
    url, key = asked.server.base_url + BARS, {"x-api-key": "standin"}
    response = requests.get(url, params=DAYS, headers=key, timeout=10, allow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (302, "https://example.com/")


def test_rows_are_changed_in_one_place(standin: Standin) -> None:
    right = standin().rows(BARS, **DAYS)
    changed = {fault: faulty(standin, fault).rows(BARS, **DAYS) for fault in EDITS}
    assert changed["null-row"] == [*right[:2], None, *right[3:]]
    assert changed["nested"][2] == {**right[2], "O": {"abc": [1]}}
    assert changed["new-key"] == [{**row, "BrandNew": 1.0} for row in right]
    assert changed["wrong-day"][2] == {**right[2], "Date": "2025-11-19"}
    assert changed["other-code"][2] == {**right[2], "Code": "72039"}
    assert changed["changed-row"] == [*right, {**right[0], "O": right[0]["O"] + 1}]


def test_nested_data_becomes_a_word(standin: Standin) -> None:
    rows = faulty(standin, "nested").rows("/markets/margin-alert", date="20261120")
    assert [row["PubReason"] for row in rows].count("abc") == 1


def test_bodies_that_are_no_document_of_v2(standin: Standin) -> None:
    assert faulty(standin, "bom").get(BARS, **DAYS).content.startswith(b"\xef\xbb\xbf{")
    utf_16 = faulty(standin, "charset").get(BARS, **DAYS).content
    assert utf_16.decode("utf-16").startswith('{"data"')
    assert isinstance(faulty(standin, "array").get(BARS, **DAYS).json(), list)


def test_huge_and_trickling_bodies_are_whole(standin: Standin) -> None:
    right = standin().rows(BARS, **DAYS)
    huge = faulty(standin, "huge").get(BARS, **DAYS)
    assert len(huge.content) > 16_000_000
    assert huge.json()["data"] == faulty(standin, "trickle").rows(BARS, **DAYS) == right


@pytest.mark.parametrize(
    ("fault", "sizes"),
    [("empty-page", [0, 2, 0, 2, 0, 1]), ("last-key", [2, 2, 1, 0]), ("empty-key", [2, 2, 1])],
)
def test_paging_faults_lose_no_row(standin: Standin, fault: str, sizes: list[int]) -> None:
    asked = standin(faults=[fault], page_size=2)
    key, found, rows = "", [], []
    while True:
        document = asked.get(BARS, **DAYS, pagination_key=key).json()
        found.append(len(document["data"]))
        rows += document["data"]
        if not (key := document.get("pagination_key", "")):
            break
    assert found == sizes
    assert rows == standin().rows(BARS, **DAYS)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/markets/margin-alert", {"date": "20261120"}),
        ("/equities/earnings-calendar", {}),
        ("/indices/bars/daily/topix", {"from": "20261116"}),
        ("/bulk/list", {"endpoint": "/markets/calendar"}),
        ("/bulk/get", {"endpoint": "/markets/calendar"}),
    ],
)
def test_every_fault_works_everywhere(path: str, query: dict[str, str], fault: str, app: App) -> None:
    request = Request("GET", f"/v2{path}", query, "standin", "localhost")
    faults = Faults([fault], 1)
    reply = faults.answer(lambda: app.handle(request))
    assert reply.status in range(200, 505)
