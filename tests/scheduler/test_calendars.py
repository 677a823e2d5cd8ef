"""Calendars by name."""

from datetime import date

import pytest
from django.utils.translation import override

from scheduler import calendars, messages


class Mondays:
    name = "mondays"

    def is_open(self, day: date) -> bool:
        return day.weekday() == 0

    def is_provisional(self, day: date) -> bool:
        return True


@pytest.fixture(autouse=True)
def mondays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "_registry", {})
    calendars.register("mondays", "Mondays", Mondays)


def test_calendar_is_asked_for_anew_each_time() -> None:
    assert calendars.get("mondays").is_open(date(2026, 11, 23))
    assert calendars.get("mondays") is not calendars.get("mondays")
    assert calendars.source("mondays") is Mondays


def test_choices_are_names_with_labels_in_order() -> None:
    calendars.register("a_market", "A market", lambda: Mondays())

    assert calendars.names() == ["a_market", "mondays"]
    assert calendars.choices() == [("a_market", "A market"), ("mondays", "Mondays")]


def test_unknown_calendar_is_refused_with_those_known() -> None:
    with pytest.raises(calendars.UnknownCalendar, match="“moon” is not a calendar") as refused:
        calendars.get("moon")

    assert "known: mondays." in str(refused.value)
    assert messages.render(refused.value.code, refused.value.params) == str(refused.value)
    with pytest.raises(calendars.UnknownCalendar):
        calendars.source("")


def test_unknown_calendar_without_any_known_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "_registry", {})

    with pytest.raises(calendars.UnknownCalendar, match="no installed app registers one"):
        calendars.get("moon")


def test_unknown_calendar_is_told_in_the_language_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    some = calendars.UnknownCalendar("moon")
    monkeypatch.setattr(calendars, "_registry", {})
    none = calendars.UnknownCalendar("moon")

    for error, told in ((some, "使えるのは mondays です。"), (none, "カレンダーを登録するアプリ")):
        assert messages.render(error.code, error.params) == str(error)
        with override("ja"):
            assert told in messages.render(error.code, error.params)


def test_name_of_another_calendar_is_refused() -> None:
    calendars.register("mondays", "Mondays", Mondays)  # the same again is none

    with pytest.raises(ValueError, match="“mondays” is registered already"):
        calendars.register("mondays", "Other Mondays", lambda: Mondays())
