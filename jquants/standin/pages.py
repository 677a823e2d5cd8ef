"""Answers of data endpoints: rows, cut into pages, kept compressed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from jquants.standin import questions, refusals
from jquants.standin.cache import ByteCache
from jquants.standin.endpoints import Endpoint
from jquants.standin.paging import seal, unseal
from jquants.standin.plans import Plan
from jquants.standin.questions import Question
from jquants.standin.replies import Reply
from jquants.standin.sources import Source

CACHED_BYTES: Final = 64 << 20  # some 250 days of the whole market, compressed


class Pages:
    def __init__(self, source: Source, *, plan: Plan, now: Callable[[], datetime], page_size: int) -> None:
        self._source = source
        self._plan = plan
        self._now = now
        self._page_size = page_size
        self._cache = ByteCache[list[Reply]](
            CACHED_BYTES, lambda pages: sum(len(page.body) for page in pages)
        )

    def answer(self, endpoint: Endpoint, parameters: Mapping[str, str]) -> Reply:
        """Raises Refusal: not in the plan, and whatever is wrong with the parameters."""
        if self._plan.name not in endpoint.plans:
            raise refusals.not_in_plan()
        moment = self._now()
        question = questions.read(
            parameters, plan=self._plan, moment=moment, requires=endpoint.requires, filters=endpoint.filters
        )
        query = f"{endpoint.path} {question.code} {question.on} {question.since} {question.until} {question.equal}"
        key = parameters.get("pagination_key")
        number = unseal(key, query) if key and endpoint.is_paged else 0
        edition = moment.date(), moment.time() >= endpoint.published_at
        pages = self._cache.get_or_make((query, edition), lambda: self._pages(endpoint, question, query))
        if number >= len(pages):
            raise refusals.bad_pagination_key()
        return pages[number]

    def _pages(self, endpoint: Endpoint, question: Question, query: str) -> list[Reply]:
        rows = self._source.rows(endpoint, question)
        size = self._page_size if endpoint.is_paged else len(rows)
        chunks = [rows[start : start + size] for start in range(0, len(rows), size or 1)] or [[]]
        pages = [
            Reply.json({"data": chunk, "pagination_key": seal(n, query)})
            for n, chunk in enumerate(chunks[:-1], 1)
        ]
        return [*pages, Reply.json({"data": chunks[-1]})]
