"""How a data set is declared: one declaration and one model are all that a new one takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import models
from django.utils.functional import Promise

from jquants.datasets.days import DayRule, trading_days
from jquants.datasets.fields import Field
from jquants.upsert import Counts, write

if TYPE_CHECKING:
    from jquants.datasets.table import Table

Row: TypeAlias = Mapping[str, Any]  # as J-Quants sends it


def always(_table: Table) -> bool:
    return True


class Partition(Enum):
    """What is fetched and stored as a whole."""

    DAY = "day"
    WHOLE = "whole"


@dataclass(frozen=True)
class Column:
    """A key of the answer, and the attribute of the model that keeps it.

    The key of an `optional` column may be absent from all rows of an answer: null then. Two columns may
    keep the same key: its number, and the mark that stands where there is none.
    """

    key: str
    name: str
    field: Field
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Rows of one form, and the model that keeps them.

    `parts` put the attributes of a long row in groups, each with a title, for who reads it.
    Where rows have no natural key of their own, `numbered_within` names columns: rows that agree in them are
    numbered from 1, and the attribute `number` is the last part of the key: in the order of their document where they
    are nested, else by content, which no order of an answer changes. Rows that agree in everything are all kept.
    `shown` are the attributes in lists; by default the first ones.
    """

    slug: str
    label: str | Promise
    path: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    natural_key: tuple[str, ...]
    numbered_within: tuple[str, ...] = ()
    parts: tuple[tuple[str | Promise, tuple[str, ...]], ...] = ()
    shown: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The attributes of a decoded row, in order."""
        names = tuple(column.name for column in self.columns)
        return (*names, "number") if self.numbered_within else names

    @cached_property
    def key_positions(self) -> tuple[int, ...]:
        return tuple(self.names.index(name) for name in self.natural_key)

    def positions(self, names: Iterable[str]) -> tuple[int, ...]:
        return tuple(self.names.index(name) for name in names)


@dataclass(frozen=True, kw_only=True)
class Related(Layout):
    """Rows nested in those of a data set, kept in a table of their own and replaced with their parents.

    `extract` yields them from one row of the answer, of which it reads `keys`; where these hold something else than
    it can read, it raises KeyError or UnexpectedShapeError (jquants.datasets.nested). Where all rows of an answer
    lack the `keys` of an `optional` one, because the plan does, nothing stored is touched. Keys of a nested row that another table keeps are
    `kept_elsewhere`. `parent` names the attribute by
    which those of one row are found: the data set's key attribute of the same name, or its day.
    """

    extract: Callable[[Row], Iterable[Row]]
    keys: frozenset[str]
    parent: str
    optional: bool = False
    kept_elsewhere: frozenset[str] = frozenset()

    @cached_property
    def known_keys(self) -> frozenset[str]:
        return self.kept_elsewhere | {column.key for column in self.columns}


@dataclass(frozen=True, kw_only=True)
class Dataset(Layout):
    """One data set of J-Quants.

    `spread` are keys whose values are objects: their members count as keys of the row, such as "Reason.Lifted".
    `day_column` names the attribute that holds a partition's day, `day_parameter` the parameter that asks for
    it ("" where J-Quants only ever answers the newest day). Times count from the midnight that begins the day
    in Tokyo: `published_after` when a day's rows should appear (None: at no known time), `lag` how many trading
    days later than their day, `final_after` until when a day that was fetched is fetched again.
    """

    description: str | Promise
    partition: Partition
    plans: frozenset[str]
    richer_on: frozenset[str] = frozenset()  # those of them on which a day has more than on the others
    add_on: str = ""  # what must be subscribed to besides the plan
    schedule: str  # of the job that is created for it
    is_bulk_only: bool = False  # no endpoint answers: its rows come as files
    is_paged: bool = True  # whether a large answer comes in pages
    spread: frozenset[str] = frozenset()
    day_column: str = "date"
    day_parameter: str = "date"
    takes_range: bool = False  # whether `from` and `to` ask for a part of what is fetched whole
    expected: DayRule = trading_days
    since: date | None = None  # the first day J-Quants has
    published_after: timedelta | None = None
    lag: int = 0
    final_after: timedelta | None = None
    is_sparse: bool = False  # days without rows are normal
    may_be_empty: bool = False  # whether a partition without rows is an answer, not a mistake
    covers_master: float = (
        0.0  # of the issues listed that day, the part that a whole day has; 0: not one a listed issue
    )
    files_suffice: Callable[[Table], bool] = (
        always  # whether a day from a CSV file needs nothing that only the API has
    )
    replaces: bool = False  # stored rows that an answer of their partition lacks are deleted
    computed: frozenset[str] = frozenset()  # keys that are not kept, because reading computes them
    related: tuple[Related, ...] = ()
    write: Callable[[Table], Counts] = write

    @cached_property
    def day_position(self) -> int:
        return self.names.index(self.day_column)

    @cached_property
    def known_keys(self) -> frozenset[str]:
        """The keys of a row that we keep, compute or keep elsewhere."""
        nested = frozenset[str]().union(*(related.keys for related in self.related))
        return self.computed | {column.key for column in self.columns} | nested

    @property
    def answers_days(self) -> bool:
        """Whether the API can be asked for a day of choice."""
        return self.partition is Partition.DAY and bool(self.day_parameter) and not self.is_bulk_only

    @property
    def family(self) -> str:
        """The first part of the path: equities, fins, markets ..."""
        return self.path.split("/")[1]
