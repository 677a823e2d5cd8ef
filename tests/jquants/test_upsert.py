"""What the fast way into a table makes of values that its text format could take for something else."""

import pytest

from jquants import upsert
from jquants.models import UnknownValues

pytestmark = pytest.mark.django_db

NAMES = ("dataset", "day", "row", "values")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        '"null"',
        'a "quoted" part',
        "a,b",
        "two\nlines",
        "\r\n",
        "\\.",
        "\\N",
        "\\",
        " ｆｕｌｌ　ｗｉｄｔｈ ",
        "'",
    ],
)
def test_text_arrives_as_it_is(text: str) -> None:
    upsert.insert(
        UnknownValues, NAMES, [("a", "2026-11-20", text, '{"a": "\\"b\\""}'), ("a", None, text, "null")]
    )

    stored = UnknownValues.objects.order_by("pk").values_list("row", "day", "values")
    assert [row for row, _day, _values in stored] == [text, text]
    assert [str(day) for _row, day, _values in stored] == ["2026-11-20", "None"]
    assert [values for _row, _day, values in stored] == [{"a": '"b"'}, None]
