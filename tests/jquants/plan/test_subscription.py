"""What plan and add-ons lack, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from pytest_django import Settings

from jquants.datasets import DAILY_QUOTES
from jquants.datasets.plans import Window
from jquants.jobs import DailyJob
from jquants.models import Connection
from jquants.plan import subscription
from jquants.plan.subscription import Subscription
from tests.jquants.fakes import TODAY

BREAKDOWN = replace(DAILY_QUOTES, label="Breakdown", plans=frozenset({"premium", "standard"}))
TICKS = replace(
    DAILY_QUOTES, label="Ticks", plans=frozenset({"light", "standard", "premium"}), add_on="minute"
)


@pytest.mark.parametrize(
    ("ours", "dataset", "words"),
    [
        (Subscription("standard"), BREAKDOWN, None),
        (Subscription("light", frozenset({"minute"})), TICKS, None),
        (Subscription("light"), BREAKDOWN, ["Light, does not include “Breakdown”", "Standard or Premium"]),
        (Subscription("free", is_known=False), BREAKDOWN, ["not known yet", "manage.py jquantscheck"]),
        (
            Subscription("premium"),
            TICKS,
            ["“Ticks” needs the add-on minute bars and ticks", "JQUANTS_ADDONS"],
        ),
        (Subscription("free", frozenset({"minute"})), TICKS, ["Free, does not include “Ticks”"]),
    ],
)
def test_what_is_lacking_is_said_with_what_to_do(
    ours: Subscription, dataset: object, words: list[str] | None
) -> None:
    lack = ours.lack(dataset)  # type: ignore[arg-type]

    assert (lack is None) == (words is None)
    assert all(word in (lack or "") for word in words or [])


def test_an_add_on_covers_its_own_days() -> None:
    assert Subscription("premium").window(TODAY, TICKS) == Window(date(2024, 11, 20), None)
    assert Subscription("premium").window(TODAY, BREAKDOWN) == Window(date(2006, 11, 20), None)


def test_the_settings_win_over_what_was_found_out(db: None, settings: Settings) -> None:
    Connection.keep(plan="premium", addons=["tdnet"])
    settings.JQUANTS_PLAN, settings.JQUANTS_ADDONS = "light", ["minute"]
    assert subscription.current() == Subscription("light", frozenset({"minute"}))

    settings.JQUANTS_ADDONS = ["auto"]
    assert subscription.current() == Subscription("light", frozenset({"tdnet"}))

    settings.JQUANTS_PLAN = "auto"
    assert subscription.current() == Subscription("premium", frozenset({"tdnet"}))


def test_nothing_is_known_before_our_tables_are_there(transactional_db: None, settings: Settings) -> None:
    settings.JQUANTS_PLAN = "auto"
    with connection.schema_editor() as editor:
        editor.delete_model(Connection)
    try:
        assert subscription.current() == Subscription("free", is_known=False)
    finally:
        with connection.schema_editor() as editor:
            editor.create_model(Connection)


def test_job_type_of_a_data_set_that_the_plan_lacks_is_unavailable(settings: Settings) -> None:
    settings.JQUANTS_PLAN, settings.JQUANTS_ADDONS = "light", []

    class BreakdownJob(DailyJob):
        """Not registered: it takes over the type of the daily quotes otherwise."""

    BreakdownJob.dataset = BREAKDOWN
    assert "does not include “Breakdown”" in (BreakdownJob.unavailable() or "")
