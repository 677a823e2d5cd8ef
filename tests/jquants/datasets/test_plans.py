from datetime import date

import pytest

from jquants.datasets.plans import Window, window


@pytest.mark.parametrize(
    ("plan", "today", "first", "last"),
    [
        ("free", date(2026, 6, 13), date(2024, 3, 21), date(2026, 3, 21)),
        ("light", date(2026, 11, 20), date(2021, 11, 20), None),
        ("standard", date(2026, 9, 21), date(2016, 9, 21), None),
        ("premium", date(2026, 11, 20), date(2006, 11, 20), None),
        ("light", date(2028, 2, 29), date(2023, 2, 28), None),
    ],
)
def test_window_of_a_plan(plan: str, today: date, first: date, last: date | None) -> None:
    assert window(plan, today) == Window(first, last)


def test_window_contains_both_its_edges() -> None:
    days = Window(date(2026, 1, 5), date(2026, 1, 7))

    assert [date(2026, 1, day) in days for day in (4, 5, 7, 8)] == [False, True, True, False]
    assert date(2099, 1, 1) in Window(date(2026, 1, 5), None)
