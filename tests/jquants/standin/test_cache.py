from jquants.standin.cache import ByteCache


def test_entries_are_made_once() -> None:
    cache = ByteCache[bytes](100, len)
    made: list[str] = []

    def make() -> bytes:
        made.append("x")
        return b"body"

    assert [cache.get_or_make("key", make) for _ in range(3)] == [b"body"] * 3
    assert made == ["x"]


def test_least_recently_used_entries_go_first() -> None:
    cache = ByteCache[bytes](20, len)
    for key in "abc":
        cache.get_or_make(key, lambda: b"8 bytes.")
        cache.get_or_make("a", lambda: b"8 bytes.")
    assert cache.get_or_make("a", lambda: b"anew") == b"8 bytes."
    assert cache.get_or_make("c", lambda: b"anew") == b"8 bytes."
    assert cache.get_or_make("b", lambda: b"anew") == b"anew"


def test_an_entry_larger_than_the_cache_is_still_answered() -> None:
    cache = ByteCache[bytes](4, len)
    assert cache.get_or_make("large", lambda: b"0123456789") == b"0123456789"
