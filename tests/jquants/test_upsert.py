"""What the fast way into a table makes of values that its text format could take for something else."""

import json

import pytest

from jquants import upsert
from jquants.models import UnknownValues

pytestmark = pytest.mark.django_db

NAMES = ("dataset", "day", "row", "values")


@pytest.mark.parametrize("values", ["1", '{"a": "\\"b\\""}'], ids=["plain", "quoted"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        '"null"',
        'a "quoted" part',
        "a,b",
        "],[",
        "]\n[",
        "two\nlines",
        "\r\n",
        "\t",
        "\\.",
        "\\N",
        "\\",
        " ｆｕｌｌ　ｗｉｄｔｈ ",
        "'",
    ],
)
def test_text_arrives_as_it_is(text: str, values: str) -> None:
    upsert.insert(UnknownValues, NAMES, [("a", "2026-11-20", text, values), ("a", None, text, "null")])

    stored = UnknownValues.objects.order_by("pk").values_list("row", "day", "values")
    assert [row for row, _day, _values in stored] == [text, text]
    assert [str(day) for _row, day, _values in stored] == ["2026-11-20", "None"]
    assert [values for _row, _day, values in stored] == [json.loads(values), None]


def test_rows_of_many_steps_arrive_whatever_is_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upsert, "ROWS_A_PART", 3)
    texts = ["a", "b", "c", "d", "\\", "e", "f", "g", "],[", "h"]

    upsert.insert(UnknownValues, NAMES, [("a", None, text, "1") for text in texts])

    assert list(UnknownValues.objects.order_by("pk").values_list("row", flat=True)) == texts
