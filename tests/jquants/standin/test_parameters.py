"""What an endpoint declares about its parameters, and what becomes of a query."""

import pytest

from jquants.standin.plans import PLANS
from jquants.standin.questions import Equal, Parameters, Question, read
from jquants.standin.refusals import Refusal
from tests.jquants.standin.conftest import EVENING

REPORTS = Parameters(
    requires=("code", "disc_date", "calc_date"),
    on="disc_date",
    since="disc_date_from",
    until="disc_date_to",
    range_with="code",
    equal={"calc_date": Equal("CalcDate", is_day=True), "s33": Equal("S33", lambda text: text.zfill(4))},
    excludes={"calc_date": ("disc_date",)},
)
ANNOUNCED = Parameters(exactly_one=("code", "date", "scheduled_date"))


def asked(accepted: Parameters, **query: str) -> Question:
    plan = PLANS["standard"]
    return read(query, accepted, plan=plan, moment=EVENING, window=plan.window(EVENING.date()))


def refused(accepted: Parameters, **query: str) -> str:
    with pytest.raises(Refusal) as refusal:
        asked(accepted, **query)
    assert refusal.value.status == 400
    return refusal.value.message


def test_days_have_the_names_that_are_declared() -> None:
    question = asked(REPORTS, code="7203", disc_date_from="20261101", disc_date_to="2026-11-05", date="x")
    assert (question.code, str(question.since), str(question.until)) == ("72030", "2026-11-01", "2026-11-05")
    assert question.on is None


def test_other_days_choose_by_their_field() -> None:
    question = asked(REPORTS, calc_date="20261102")
    assert question.equal == (("CalcDate", "2026-11-02"),)
    assert str(question.wanted_day("CalcDate")) == "2026-11-02"


def test_values_are_decoded_as_declared() -> None:
    assert asked(REPORTS, code="7203", s33="50").wanted("S33") == "0050"
    assert asked(Parameters(code=str), code="0000").code == "0000"
    assert asked(Parameters(code=None), code="72030").code is None


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, "This API requires at least 1 parameter as follows; 'code','disc_date','calc_date'."),
        (
            {"calc_date": "20261102", "disc_date_to": "20261105"},
            "This API requires at least 1 parameter as follows; 'code'.",
        ),
        (
            {"calc_date": "20261102", "disc_date": "20261105"},
            "Specify only one of the following parameters: calc_date, disc_date.",
        ),
    ],
)
def test_what_is_lacking_or_contradictory_is_told(query: dict[str, str], text: str) -> None:
    assert refused(REPORTS, **query) == text


def test_every_day_must_lie_in_the_window() -> None:
    assert "2016-11-20 ~ ." in refused(REPORTS, calc_date="20161118")
    assert "'calc_date'" in refused(REPORTS, calc_date="20160230")


@pytest.mark.parametrize("query", [{}, {"code": "7203", "date": "20261102"}])
def test_exactly_one_is_one(query: dict[str, str]) -> None:
    text = "Specify exactly one of the following parameters: code, date, or scheduled_date."
    assert refused(ANNOUNCED, **query) == text
    assert asked(ANNOUNCED, date="20261102").on
