"""What the fast way into a table makes of values that its text format could take for something else."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jquants import upsert
from jquants.datasets import DAILY_QUOTES
from jquants.datasets.table import decode
from jquants.models import UnknownValues
from tests.jquants.fakes import bar

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


def test_whether_days_are_new_is_told_by_an_index() -> None:
    """Else a load takes longer the more is stored, up to a second for each of its transactions."""
    if connection.vendor == "postgresql":  # as a table is whose rows nobody has counted yet
        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE daily_quotes; DELETE FROM pg_statistic WHERE starelid = 'daily_quotes'::regclass"
            )
    first = date(2026, 1, 1)
    days = [first + timedelta(number) for number in range(72)]
    for day in days[:60]:
        upsert.write(decode(DAILY_QUOTES, [bar(str(code), day) for code in range(13010, 13210)], day=day))

    with CaptureQueriesContext(connection) as queries:
        assert upsert.are_new([decode(DAILY_QUOTES, [bar("13010", day)], day=day) for day in days[60:]])

    query = queries[0]  # the other is about the rows nested in them
    plan = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{plan} {query['sql']}")
        steps = str(cursor.fetchall())
    assert "daily_quotes_by_date" in steps
    assert "Seq Scan" not in steps
