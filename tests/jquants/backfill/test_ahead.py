"""Parts that a thread prepares: in order, bounded, and never after they are wanted no more."""

from collections.abc import Iterator

import pytest

from jquants.backfill.ahead import Ahead


def counted(seen: list[int], *parts: int) -> Iterator[int]:
    for part in parts:
        seen.append(part)
        yield part


def ahead(parts: Iterator[int], *, most: int) -> Ahead[int]:
    return Ahead(parts, weigh=lambda part: part, most=most)


def test_parts_come_in_order_and_an_error_in_its_place() -> None:
    def broken() -> Iterator[int]:
        yield 2
        yield 1
        raise ValueError("broken")

    with ahead(broken(), most=10) as parts:
        reading = iter(parts)
        assert [next(reading), next(reading)] == [2, 1]
        with pytest.raises(ValueError, match="broken"):
            next(reading)


def test_no_more_is_prepared_than_may_be_held() -> None:
    seen: list[int] = []
    with ahead(counted(seen, 3, 4, 4, 4), most=12) as parts:
        reading = iter(parts)
        first, second, third = (next(reading) for _ in range(3))
        assert (first, second, third) == (3, 4, 4)
        assert seen == [3, 4, 4]
        parts.done(first)
        assert next(reading) == 4


def test_a_part_above_the_bound_is_alone() -> None:
    seen: list[int] = []
    with ahead(counted(seen, 50, 50), most=10) as parts:
        reading = iter(parts)
        first = next(reading)
        assert seen == [50]
        parts.done(first)
        assert next(reading) == 50


def test_leaving_ends_the_thread() -> None:
    seen: list[int] = []
    with ahead(counted(seen, 6, 6, 6), most=10) as parts:
        next(iter(parts))
    assert seen == [6]
