"""Answers of data endpoints: rows, cut into pages, kept compressed."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from threading import Lock
from typing import Final

from jquants.standin import questions, refusals
from jquants.standin.cache import ByteCache
from jquants.standin.endpoints import Endpoint, Row
from jquants.standin.market.calendar import ONE_DAY
from jquants.standin.paging import FIRST, Place, bookmark, moment_of, opened, seal, stamp, unseal
from jquants.standin.plans import Plan
from jquants.standin.questions import Question
from jquants.standin.replies import Reply
from jquants.standin.sources import Source

CACHED_BYTES: Final = 64 << 20  # some 250 days of the whole market, compressed
OPEN_AT_ONCE: Final = 16  # queries whose next page is ready to be turned to


class Pages:
    def __init__(self, source: Source, *, plan: Plan, now: Callable[[], datetime], page_size: int) -> None:
        self._source = source
        self._plan = plan
        self._now = now
        self._page_size = page_size
        self._cache = ByteCache[Reply](CACHED_BYTES, lambda page: len(page.body))
        self._lock = Lock()
        self._books: OrderedDict[Hashable, _Book] = OrderedDict()

    def answer(self, endpoint: Endpoint, parameters: Mapping[str, str]) -> Reply:
        """Raises Refusal: not in the plan, and whatever is wrong with the parameters."""
        if not endpoint.is_open_to(self._plan):
            raise refusals.not_in_plan()
        moment = self._now()
        window = endpoint.window(self._plan, moment.date())
        question = questions.read(
            parameters, endpoint.parameters, plan=self._plan, moment=moment, window=window
        )
        if (cursor := parameters.get("cursor")) and self._plan.name in endpoint.cursor_plans:
            question = replace(question, after=opened(cursor, moment))
        query = f"{endpoint.path} {question.code} {question.on} {question.since} {question.until} {question.equal} {question.after}"
        key = parameters.get("pagination_key")
        place = unseal(key, query) if key and endpoint.is_paged else _first_place(endpoint, question)
        if place.as_of:
            question = replace(question, moment=moment_of(place.as_of, moment))
        book = query, place.as_of or (moment.date(), self._source.newest_day(endpoint, moment))
        return self._cache.get_or_make(
            (book, place.page), lambda: self._turn_to(place, endpoint, question, query, book)
        )

    def _turn_to(
        self, place: Place, endpoint: Endpoint, question: Question, query: str, name: Hashable
    ) -> Reply:
        """Read on in the book that lies open, or from its first page; a thread has a book for itself."""
        with self._lock:
            book = self._books.pop(name, None)
        if book is None or book.next.page > place.page:
            book = self._book(endpoint, question, query, place._replace(page=0))
        for page in book:
            if book.next.page > place.page:
                self._keep_open(name, book)
                return page
        raise refusals.bad_pagination_key()

    def _book(self, endpoint: Endpoint, question: Question, query: str, first: Place) -> "_Book":
        rows = self._source.rows(endpoint, question)
        cursor = bookmark(question.moment) if endpoint.gives_cursor(question) else ""
        size = min(self._page_size, endpoint.page_rows or self._page_size) if endpoint.is_paged else 0
        return _Book(rows, size, query, first, cursor, cursor_when_paged=endpoint.cursor_when_paged)

    def _keep_open(self, name: Hashable, book: "_Book") -> None:
        if book.is_read:
            return
        with self._lock:
            self._books[name] = book
            if len(self._books) > OPEN_AT_ONCE:
                self._books.popitem(last=False)


def _first_place(endpoint: Endpoint, question: Question) -> Place:
    """Where rows come one by one, the later pages are of the same moment as the first."""
    settled = question.on is not None and question.on < question.today - ONE_DAY
    return Place(0, stamp(question.moment)) if endpoint.is_live and not settled else FIRST


class _Book:
    """The pages of a query one after the other, made when they are asked for; of 0 rows each: all on one.

    `cursor` goes onto the last one; "" for none.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        size: int,
        query: str,
        first: Place,
        cursor: str,
        *,
        cursor_when_paged: bool,
    ) -> None:
        self._rows = iter(rows)
        self._size = size or None
        self._query = query
        self._ahead = self._chunk()
        self._cursor = cursor
        self._cursor_when_paged = cursor_when_paged
        self.next = first  # the page that comes next
        self.is_read = False

    def __iter__(self) -> Iterator[Reply]:
        while not self.is_read:
            rows, self._ahead = self._ahead, self._chunk()
            is_paged = self.next.page > 0
            self.next = self.next._replace(page=self.next.page + 1)
            self.is_read = not self._ahead
            key = {} if self.is_read else {"pagination_key": seal(self.next, self._query)}
            has_cursor = self.is_read and self._cursor and (self._cursor_when_paged or not is_paged)
            yield Reply.json({"data": rows, **key, **({"cursor": self._cursor} if has_cursor else {})})

    def _chunk(self) -> list[Row]:
        return list(islice(self._rows, self._size))
