"""What is kept out of stored texts."""

from scheduler.masking import mask


def test_what_no_database_stores_is_marked() -> None:
    assert mask("a\0b \ud83d c") == "a\N{REPLACEMENT CHARACTER}b ? c"
