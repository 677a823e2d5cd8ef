"""Which partitions a query string asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from jquants.api import pages
from jquants.coverage.partitions import Standing, standings
from jquants.coverage.states import State
from jquants.datasets import ALL, Dataset
from jquants.ranges import reversed_range
from jquants.reading import InvalidSelection
from jquants.reading.selection import Errors
from scheduler.presentation import words

NAMES = ("dataset", "state", "from", "to")
DATASETS = {dataset.slug: dataset for dataset in ALL}
STATES = {state.value: state for state in State}


@dataclass(frozen=True)
class Question:
    """Partitions of these data sets, in their order, that stand so; `states` empty: however they stand."""

    datasets: tuple[Dataset, ...]
    states: frozenset[State]
    first: date | None
    last: date | None

    @classmethod
    def of(cls, given: QueryDict) -> Question:
        """Return what a query asks for. Raises InvalidSelection."""
        return _Reader(given).question()

    def behind(self, cursor: str) -> Iterator[Standing]:
        """Return the partitions behind the one that `cursor` names; "" is before all. Raises InvalidSelection."""
        if not cursor:
            return self._standings(self.datasets, self.first)
        at, day = self._place(cursor)
        rest = self._standings(self.datasets[at + 1 :], self.first)
        if day is None:
            return rest
        begun = self._standings(self.datasets[at : at + 1], day)
        return chain((found for found in begun if found.day and found.day > day), rest)

    def _standings(self, datasets: tuple[Dataset, ...], first: date | None) -> Iterator[Standing]:
        return standings(datasets, timezone.now(), wanted=self.states, first=first, last=self.last)

    def _place(self, cursor: str) -> tuple[int, date | None]:
        """Return the position of the data set, and the day, that a page ended with."""
        try:
            slug, day = pages.decoded(cursor)
            at = [dataset.slug for dataset in self.datasets].index(slug)
            return at, None if day is None else date.fromisoformat(day)
        except (ValueError, TypeError):
            raise pages.foreign_cursor() from None


def cursor_at(standing: Standing) -> str:
    """Return the cursor of what comes behind a partition."""
    return pages.encoded([standing.dataset, standing.day.isoformat() if standing.day else None])


class _Reader:
    def __init__(self, given: QueryDict) -> None:
        self._given = given
        self._errors: Errors = {}

    def question(self) -> Question:
        text = _("There is no such parameter for %(table)s. Known are: %(known)s.")
        for name in self._given.keys() - {*NAMES, *pages.PARAMETERS}:
            self._fail(name, text % {"table": "coverage", "known": words.listed(NAMES)})
        wanted = self._several("dataset", DATASETS)
        states = self._several("state", STATES)
        first, last = self._day("from"), self._day("to")
        if first and last and first > last:
            self._fail("to", reversed_range(first, last))
        if self._errors:
            raise InvalidSelection(self._errors)
        datasets = tuple(dataset for dataset in ALL if not wanted or dataset.slug in wanted)
        return Question(datasets, frozenset(STATES[state] for state in states), first, last)

    def _fail(self, name: str, text: str) -> None:
        self._errors.setdefault(name, []).append(text)

    def _several(self, name: str, known: Mapping[str, Any]) -> set[str]:
        texts = [text for given in self._given.getlist(name) for text in given.split(",") if text]
        for text in texts:
            if text not in known:
                told = {"value": text[:50], "name": name, "known": words.listed(known)}
                self._fail(name, _("“%(value)s” is no %(name)s; there are: %(known)s.") % told)
        return set(texts)

    def _day(self, name: str) -> date | None:
        texts = [text for text in self._given.getlist(name) if text]
        if len(texts) > 1:
            self._fail(name, _("Give one value, not several."))
        try:
            return date.fromisoformat(texts[0]) if texts else None
        except ValueError:
            self._fail(
                name, _("“%(value)s” is not a date; write it as 2026-11-20.") % {"value": texts[0][:50]}
            )
            return None
