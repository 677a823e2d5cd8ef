import threading
import weakref
from collections.abc import Iterator

import pytest

from jquants.prefetch import DEPTH, FetchAhead
from scheduler.errors import Interrupted


def go_on() -> None:
    """Nobody asks the run to stop."""


def fetch_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "jquants-fetch"]


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    yield
    assert fetch_threads() == []


def test_each_yields_items_with_answers_in_order() -> None:
    with FetchAhead[int, str](go_on) as ahead:
        assert list(ahead.each(str, range(7))) == [(number, str(number)) for number in range(7)]


def test_each_asks_in_a_thread_and_not_too_far_ahead() -> None:
    asked: list[int] = []
    enough = threading.Event()

    def ask(number: int) -> int:
        assert threading.current_thread() is not threading.main_thread()
        asked.append(number)
        if len(asked) == 1 + DEPTH + 1:  # one stored, those in the queue, one held for it
            enough.set()
        return number

    with FetchAhead[int, int](go_on) as ahead:
        first = next(ahead.each(ask, range(100)))
        assert enough.wait(5)
        assert first == (0, 0)
        assert len(asked) == 1 + DEPTH + 1


def test_each_raises_an_error_at_its_item() -> None:
    with FetchAhead[int, float](go_on) as ahead:
        answers = ahead.each(lambda number: 1 / (2 - number), range(5))

        assert [next(answers), next(answers)] == [(0, 0.5), (1, 1.0)]
        with pytest.raises(ZeroDivisionError):
            next(answers)


def test_each_says_when_it_has_to_wait() -> None:
    waited = threading.Event()

    def ask(number: int) -> int:
        assert waited.wait(5)
        return number

    with FetchAhead[int, int](go_on, idle=waited.set) as ahead:
        assert list(ahead.each(ask, range(2))) == [(0, 0), (1, 1)]


def test_each_tells_an_error_that_is_an_answer_from_one_that_was_raised() -> None:
    with FetchAhead[int, KeyError](go_on) as ahead:
        assert [repr(answer) for _, answer in ahead.each(KeyError, range(2))] == [
            "KeyError(0)",
            "KeyError(1)",
        ]


class Heavy:
    pass


def test_a_heavy_answer_is_gone_before_the_next_is_asked_for() -> None:
    there: weakref.WeakSet[object] = weakref.WeakSet()

    def ask(number: int) -> Heavy:
        assert not there
        answer = Heavy()
        there.add(answer)
        return answer

    with FetchAhead[int, Heavy](go_on, weigh=lambda _: 10, most=10) as ahead:
        numbers = []
        for number, answer in ahead.each(ask, range(5)):
            numbers.append(number)
            del answer
    assert numbers == list(range(5))


def test_each_holds_as_much_as_it_may_and_one_answer() -> None:
    there: weakref.WeakSet[object] = weakref.WeakSet()
    most: list[int] = []

    def ask(number: int) -> Heavy:
        answer = Heavy()
        there.add(answer)
        most.append(len(there))
        return answer

    with FetchAhead[int, Heavy](go_on, weigh=lambda _: 10, most=25) as ahead:
        for _number, answer in ahead.each(ask, range(20)):
            del answer
    assert len(most) == 20
    assert max(most) <= 3


def test_leaving_early_ends_the_thread() -> None:
    with FetchAhead[int, int](go_on) as ahead:
        next(ahead.each(int, range(100)))


def test_each_stops_when_the_run_is_asked_to_while_it_waits() -> None:
    asking = threading.Event()

    def check_stop() -> None:
        if asking.is_set():
            raise Interrupted

    def ask(number: int) -> int:
        asking.set()
        ahead.wait(60)  # as the client does at its rate limit
        raise AssertionError("nobody woke it")

    with pytest.raises(Interrupted), FetchAhead[int, int](check_stop) as ahead:
        list(ahead.each(ask, range(3)))
