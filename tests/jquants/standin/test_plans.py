"""Who may call what: the table of the plans, and the window of each."""

import pytest

from jquants.standin.endpoints import ENDPOINTS
from jquants.standin.plans import PLANS
from tests.jquants.standin.conftest import Standin

REFUSED = (
    "This API is not available on your subscription. If you want more data, please check other plans:"
    "https://jpx-jquants.com/#dataset"
)
DAY = {"date": "2026-08-20"}
CALLS = {
    "/equities/bars/daily/am": {},
    "/equities/bars/minute": {**DAY, "code": "7203"},
    "/equities/investor-types": {"from": "2026-08-20"},
    "/equities/earnings-calendar": {},
    "/markets/margin-interest": DAY,
    "/markets/margin-alert": DAY,
    "/markets/short-ratio": DAY,
    "/markets/short-sale-report": {"disc_date": "2026-08-20"},
    "/markets/breakdown": {**DAY, "code": "7203"},
    "/indices/bars/daily": DAY,
    "/indices/bars/daily/topix": {"from": "2026-08-20"},
    "/equities/valuation": {**DAY, "code": "7203"},
    "/fins/summary": DAY,
    "/fins/details": DAY,
    "/fins/dividend": DAY,
    "/fins/earnings-date": DAY,
    "/derivatives/bars/daily/futures": DAY,
    "/derivatives/bars/daily/options": {**DAY, "category": "TOPIXE"},
    "/derivatives/bars/daily/options/225": DAY,
    "/edinet/major-shareholders": DAY,
    "/edinet/cross-shareholdings": DAY,
    "/edinet/large-volume-shareholders": DAY,
    "/td/list": DAY,
}
FREE = {"/equities/earnings-calendar", "/equities/valuation", "/fins/summary"}
LIGHT = {
    *FREE,
    *("/equities/bars/minute", "/equities/investor-types", "/indices/bars/daily/topix"),
    *("/fins/earnings-date", "/td/list"),
}
STANDARD = {
    *LIGHT,
    *("/markets/margin-interest", "/markets/margin-alert", "/markets/short-ratio"),
    *("/markets/short-sale-report", "/indices/bars/daily", "/derivatives/bars/daily/options/225"),
    *("/edinet/major-shareholders", "/edinet/cross-shareholdings", "/edinet/large-volume-shareholders"),
}
OPEN = {"free": FREE, "light": LIGHT, "standard": STANDARD, "premium": set(CALLS)}
WITHOUT_FILES = ("/equities/bars/daily/am", "/equities/earnings-calendar", "/edinet/", "/td/")
FILES = {path for path in CALLS if not path.startswith(WITHOUT_FILES)}


@pytest.mark.parametrize("plan", PLANS)
def test_plan_opens_what_the_table_says(standin: Standin, plan: str) -> None:
    asked = standin(plan=plan)
    for path, query in CALLS.items():
        response = asked.get(path, **query)
        assert response.status_code == (200 if path in OPEN[plan] else 403), path
        if path not in OPEN[plan]:
            assert response.json() == {"message": REFUSED}


@pytest.mark.parametrize("plan", PLANS)
def test_files_are_those_of_the_data_sets_a_plan_has(standin: Standin, plan: str) -> None:
    asked = standin(plan=plan)
    wanted = FILES & OPEN[plan] if plan != "free" else set()
    for path in CALLS:
        status = asked.get("/bulk/list", endpoint=path).status_code
        expected = 400 if path not in FILES else 200 if path in wanted else 403
        assert status == expected, path


@pytest.mark.parametrize(("plan", "before"), [("light", "2021-11-19"), ("standard", "2016-11-18")])
def test_days_before_the_window_are_refused(standin: Standin, plan: str, before: str) -> None:
    asked = standin(plan=plan)
    for path, query in CALLS.items():
        if path in OPEN[plan] and query and not ENDPOINTS[path].years:
            shifted = {name: before if value.startswith("2026") else value for name, value in query.items()}
            status, message = asked.refusal(path, **shifted)
            assert (status, message.startswith("Your subscription covers the following dates:")) == (
                400,
                True,
            )
