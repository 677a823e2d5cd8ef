"""The parameters of an execution, in words."""

from scheduler.admin.parameters import told


def test_parameters_are_told_by_label_and_choice() -> None:
    given = {"order": "oldest", "dataset": "topix", "only": "", "date_from": "2026-11-20", "zzz": [1]}

    assert list(told("backfill", given)) == [
        ("Data set", "TOPIX"),
        ("From", "2026-11-20"),
        ("Order", "oldest first"),
        ("zzz", "[1]"),
    ]


def test_zero_is_told_and_no_is_not() -> None:
    assert list(told("daily_quotes", {"days": 0, "force": False})) == [("Newest trading days", "0")]
    assert list(told("gone", {"force": True})) == [("force", "yes")]
