"""What a client sees of V2: statuses, texts, parameters, windows."""

from datetime import datetime

import pytest
import requests

from tests.jquants.standin.conftest import TOKYO, Asked, Standin

BARS, MASTER, CALENDAR = "/equities/bars/daily", "/equities/master", "/markets/calendar"
TAIL = "If you want more data, please check other plans:https://jpx-jquants.com/#dataset"


@pytest.fixture
def standard(standin: Standin) -> Asked:
    return standin()


def test_key_is_required_and_checked(standard: Asked) -> None:
    url = standard.server.base_url + CALENDAR
    missing, wrong = (
        requests.get(url, headers=headers, timeout=10) for headers in ({}, {"x-api-key": "other"})
    )
    assert (missing.status_code, wrong.status_code) == (403, 403)
    assert "The api key is required" in missing.json()["message"]
    assert "invalid or expired" in wrong.json()["message"]


@pytest.mark.parametrize("path", ["/", "/nothing", "/equities", "/equities/trades", "/fins/nothing"])
def test_unknown_path_is_403_even_without_a_key(standard: Asked, path: str) -> None:
    response = requests.get(standard.server.base_url + path, timeout=10)
    assert response.status_code == 403
    assert response.json()["message"] == (
        "The requested endpoint does not exist. Please check the URL, HTTP method, and API version:"
        "https://jpx-jquants.com/spec/"
    )


def test_version_1_is_forbidden(standard: Asked) -> None:
    response = requests.get(standard.server.base_url.replace("/v2", "/v1/listed/info"), timeout=10)
    assert (response.status_code, response.json()) == (403, {"message": "Forbidden"})


def test_only_get_is_served(standard: Asked) -> None:
    response = requests.post(standard.server.base_url + CALENDAR, data="x=1", timeout=10)
    assert response.status_code == 403
    assert "HTTP method" in response.json()["message"]


@pytest.mark.parametrize("query", [{}, {"from": "20261101"}, {"code": "", "date": ""}, {"nothing": "1"}])
def test_bars_need_a_code_or_a_date(standard: Asked, query: dict[str, str]) -> None:
    message = "This API requires at least 1 parameter as follows; 'date','code'."
    assert standard.refusal(BARS, **query) == (400, message)


@pytest.mark.parametrize(
    "text", ["20240230", "2024-02-30", "2024-2-3", "2024/02/03", "202402-03", "x", "２０２４０２０３"]
)
def test_impossible_dates_are_refused(standard: Asked, text: str) -> None:
    status, message = standard.refusal(BARS, date=text)
    assert status == 400
    assert "'date'" in message


@pytest.mark.parametrize(
    ("plan", "covered", "first", "before"),
    [
        ("free", "2024-08-28 ~ 2026-08-28", "20240828", "20240827"),
        ("light", "2021-11-20 ~ ", "20211120", "20211119"),
        ("standard", "2016-11-20 ~ ", "20161120", "20161119"),
        ("premium", "2006-11-20 ~ ", "20061120", "20061119"),
    ],
)
@pytest.mark.parametrize("path", [BARS, MASTER])
def test_dates_before_the_window_are_refused(
    standin: Standin, path: str, plan: str, covered: str, first: str, before: str
) -> None:
    asked = standin(plan=plan)
    message = f"Your subscription covers the following dates: {covered}. {TAIL}"
    assert asked.refusal(path, date=before) == (400, message)
    assert asked.get(path, date=first).status_code == 200


@pytest.mark.parametrize("query", [{"date": "20260829"}, {"code": "72030", "to": "2026-08-29"}])
def test_free_sees_nothing_of_the_last_twelve_weeks(standin: Standin, query: dict[str, str]) -> None:
    asked = standin(plan="free")
    assert asked.get(BARS, **query).status_code == 400
    assert asked.get(BARS, date="20260828").json()["data"]
    assert asked.rows(BARS, code="72030")[-1]["Date"] == "2026-08-28"


def test_windows_hold_for_the_calendar_too(standin: Standin) -> None:
    asked = standin(plan="free")
    days = [row["Date"] for row in asked.rows(CALENDAR)]
    assert (days[0], days[-1]) == ("2024-08-28", "2026-08-28")
    assert asked.get(CALENDAR, to="20260829").status_code == 400


def test_a_window_that_starts_on_a_leap_day_is_moved_to_the_28th(standin: Standin) -> None:
    asked = standin(plan="light", at=datetime(2028, 2, 29, 12, tzinfo=TOKYO))
    assert asked.rows(CALENDAR)[0]["Date"] == "2023-02-28"


def test_both_date_formats_and_both_code_lengths_are_the_same_question(standard: Asked) -> None:
    rows = standard.rows(BARS, code="7203", date="20261120")
    assert rows == standard.rows(BARS, code="72030", date="2026-11-20")
    assert [row["Code"] for row in rows] == ["72030"]


def test_four_characters_mean_the_common_stock(standard: Asked) -> None:
    assert [row["Code"] for row in standard.rows(MASTER, code="2593")] == ["25930"]
    assert [row["Code"] for row in standard.rows(MASTER, code="25935")] == ["25935"]


@pytest.mark.parametrize("query", [{"date": "2026-11-21"}, {"date": "2026-11-03"}, {"date": "2027-01-04"}])
def test_days_without_trading_are_200_and_empty(standard: Asked, query: dict[str, str]) -> None:
    response = standard.get(BARS, **query)
    assert (response.status_code, response.json()) == (200, {"data": []})


def test_unknown_codes_are_200_and_empty(standard: Asked) -> None:
    assert standard.get(BARS, code="00000").json() == {"data": []}
    assert standard.get(MASTER, code="0000").json() == {"data": []}


def test_from_and_to_may_stand_alone_and_date_wins(standard: Asked) -> None:
    late = standard.rows(BARS, code="72030", from_="2026-11-18")
    early = standard.rows(BARS, code="72030", to="2016-11-22")
    assert [row["Date"] for row in late] == ["2026-11-18", "2026-11-19", "2026-11-20"]
    assert [row["Date"] for row in early] == ["2016-11-21", "2016-11-22"]
    one = standard.rows(BARS, code="72030", date="2026-11-19", from_="2026-11-01", to="2026-11-20")
    assert [row["Date"] for row in one] == ["2026-11-19"]


@pytest.mark.parametrize(("hour", "minute", "there"), [(16, 29, False), (16, 30, True)])
def test_bars_of_today_are_published_at_half_past_four(
    standin: Standin, hour: int, minute: int, there: bool
) -> None:
    asked = standin(at=datetime(2026, 11, 20, hour, minute, tzinfo=TOKYO))
    assert bool(asked.rows(BARS, date="20261120")) is there
    assert asked.rows(BARS, code="72030")[-1]["Date"] == ("2026-11-20" if there else "2026-11-19")


def test_a_running_server_shows_new_data_when_its_time_comes(standin: Standin) -> None:
    moments = [datetime(2026, 11, 20, 16, 30, tzinfo=TOKYO), datetime(2026, 11, 20, 16, 29, tzinfo=TOKYO)]
    asked = standin(now=moments.pop)
    assert asked.rows(BARS, code="72030", date="20261120") == []
    assert len(asked.rows(BARS, code="72030", date="20261120")) == 1


@pytest.mark.parametrize(
    ("hour", "asked_for", "answered"),
    [
        (18, "2026-11-20", "2026-11-20"),
        (18, "2026-11-21", "2026-11-24"),  # a holiday: the next business day
        (18, "2030-01-01", "2026-11-24"),  # however far ahead
        (17, "2026-11-20", "2026-11-20"),
        (17, "2026-11-21", None),  # published at 17:30
        (18, "2022-09-23", "2022-09-26"),
    ],
)
def test_master_answers_with_the_list_of_a_business_day(
    standin: Standin, hour: int, asked_for: str, answered: str | None
) -> None:
    asked = standin(at=datetime(2026, 11, 20, hour, tzinfo=TOKYO))
    dates = {row["Date"] for row in asked.rows(MASTER, date=asked_for)}
    assert dates == ({answered} if answered else set())


@pytest.mark.parametrize(
    ("plan", "day", "expected"),
    [
        ("standard", 20, "2026-11-20"),
        ("standard", 21, "2026-11-24"),
        ("free", 20, "2026-08-28"),
        ("free", 22, "2026-08-28"),  # the window ends on a Sunday
    ],
)
def test_master_without_a_date_is_the_list_of_now(
    standin: Standin, plan: str, day: int, expected: str
) -> None:
    asked = standin(plan=plan, at=datetime(2026, 11, day, 12, tzinfo=TOKYO))
    assert asked.rows(MASTER, code="7203")[0]["Date"] == expected


def test_master_before_2008_is_the_first_list(standin: Standin) -> None:
    assert standin(plan="premium").rows(MASTER, code="7203", date="20070104")[0]["Date"] == "2008-05-07"


def test_master_has_its_fourteen_fields_on_one_page(standard: Asked) -> None:
    document = standard.get(MASTER).json()
    assert list(document) == ["data"]
    assert len(document["data"]) > 4_000
    assert list(document["data"][0]) == (
        [
            "Date",
            "Code",
            "CoName",
            "CoNameEn",
            "S17",
            "S17Nm",
            "S33",
            "S33Nm",
            "ScaleCat",
            "Mkt",
            "MktNm",
            "Mrgn",
            "MrgnNm",
            "ProdCat",
        ]
    )


def test_calendar_reaches_the_end_of_next_year_from_the_end_of_march(standin: Standin) -> None:
    march = standin(at=datetime(2026, 3, 30, 12, tzinfo=TOKYO))
    april = standin(at=datetime(2026, 4, 1, 12, tzinfo=TOKYO))
    assert march.rows(CALENDAR)[-1] == {"Date": "2026-12-31", "HolDiv": "0"}
    assert april.rows(CALENDAR)[-1] == {"Date": "2027-12-31", "HolDiv": "0"}


@pytest.mark.parametrize("name", ["hol_div", "holidayDivision"])
def test_calendar_is_filtered_by_division_and_days(standard: Asked, name: str) -> None:
    query = {name: "3", "from": "20261101", "to": "20261130"}
    assert standard.rows(CALENDAR, **query) == [
        {"Date": "2026-11-03", "HolDiv": "3"},
        {"Date": "2026-11-23", "HolDiv": "3"},
    ]


def test_a_slash_at_the_end_does_not_matter(standard: Asked) -> None:
    assert standard.get(CALENDAR + "/", from_="20261201", to="20261201").json() == {
        "data": [{"Date": "2026-12-01", "HolDiv": "1"}]
    }


def test_requests_are_remembered_as_they_came(standard: Asked) -> None:
    standard.get(BARS, code="7203", date="20261120")
    standard.get("/nothing")
    assert standard.server.requests == [(BARS, {"code": "7203", "date": "20261120"}), ("/nothing", {})]
